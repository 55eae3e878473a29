import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type History, nameOf, readHistory, type Verdict, worst } from 'elle-ts';
import { afterAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../../cli/check-run.ts';
import { agreement } from '../../../harness/judging/agreement.ts';
import { checkedBy, judgedAgain, partsOf } from '../../../harness/judging/by-history.ts';
import type { Result } from '../../../harness/judging/result.ts';
import { runPrepared } from '../../../harness/running/run.ts';
import type { Prepared } from '../../../harness/setting/prepared.ts';
import { prepare } from '../../../harness/setting/setting.ts';
import { storeRun } from '../../../harness/store/store.ts';
import { systems } from '../../../systems/registry.ts';
import type { Claim } from '../../../systems/system.ts';
import { workloads } from '../../../workloads/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-agrees-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAULTS = [[], ['partition'], ['crash'], ['partition', 'link']];
/** What the history decides of a run: of convergence the answers, but not what nodes showed of themselves. */
function decided({ claims, checkers }: Result, { workload }: Prepared, history: History): Verdict {
  const answers = agreement(history, nameOf(workload.datatype));
  const convergence: Verdict = answers.type === 'invalid' ? answers : { type: 'valid' };
  if (answers.type === 'invalid') expect(checkers.convergence?.type ?? 'invalid').toBe('invalid');
  return worst(claims.flatMap(({ claim }) => partsOf(claim, workload, { ...checkers, convergence })));
}

/** Of each workload's systems sound and broken ones in turn; every one of them is in some case. */
const CASES = workloads.flatMap((workload) => {
  const fitting = systems.filter(({ datatype }) => datatype === workload.datatype);
  return fitting.map((system, i) => [workload.name, system.name, i % FAULTS.length] as const);
});

function small(workload: string, system: string, seed: number): Promise<Prepared> {
  const heeds = workloads.find(({ name }) => name === workload)!.heeds.includes('keys');
  const options = { durationMs: 1000, ratePerSecond: 50, clients: 4, ...(heeds ? { keys: 2 } : {}) };
  const faults = FAULTS[seed % FAULTS.length]!;
  return prepare({ ...{ system, workload, cluster: 'simulation', seed, faults, options } });
}

const shape = (verdict: Verdict) =>
  verdict.type === 'invalid' ? verdict.anomalies.map(({ name, operations }) => [name, operations]) : verdict.type;

describe('a stored history', () => {
  it('has the verdicts of its run, for every system and workload', async () => {
    for (const [workloadName, system, seed] of CASES) {
      const prepared = await small(workloadName, system, seed + 1);
      const lines: string[] = [];
      const { result } = await runPrepared(prepared, { sink: (line) => lines.push(line) });
      const { history } = readHistory(`${lines.join('\n')}\n`);
      const again = checkedBy(prepared.workload, history);
      for (const [name, verdict] of Object.entries(again))
        expect(shape(verdict), `${system} ${workloadName} ${name}`).toEqual(shape(result.checkers[name]!));
      const claims: readonly Claim[] = result.claims.map(({ claim }) => claim);
      if (claims.length === 0) continue;
      const then = decided(result, prepared, history);
      expect(judgedAgain(prepared.workload, claims, history).type, `${system} ${workloadName}`).toBe(then.type);
    }
  });
});

describe('check of a run folder', () => {
  it('ends as the run did where the history decides, for every workload', async () => {
    for (const { name, datatype } of workloads) {
      const fitting = systems.filter((system) => system.datatype === datatype);
      const chosen = [fitting.find(({ flaw }) => !flaw), fitting.find(({ flaw }) => flaw)].flatMap((one) => one ?? []);
      for (const system of chosen) {
        const prepared = await small(name, system.name, 1);
        const path = mkdtempSync(join(folder, 'run-'));
        const stored = storeRun(path, prepared);
        const done = await runPrepared(prepared, { sink: (line) => stored.sink(line) });
        stored.finish(done, 'test');
        // A run that was held to nothing has no verdict that a check could agree with.
        if (done.result.claims.length === 0) continue;
        let out = '';
        const told = {
          out: (text: string) => (out += text),
          err: (text: string) => (out += text),
          began() {},
          ended() {},
        };
        const code = await runCheck([path], { map: [] }, told);
        const { type } = decided(done.result, prepared, done.history);
        // Of a run that was refuted by what no history shows its history affirms nothing.
        const says = type === 'valid' && done.result.verdict === 'invalid' ? 'unknown' : type;
        expect(code, `${system.name} ${name}: ${out.slice(0, 300)}`).toBe({ valid: 0, invalid: 1, unknown: 2 }[says]);
        if (type !== done.result.verdict) expect(out).toContain(`the run itself was ${done.result.verdict}`);
      }
    }
  });
});
