/**
 * Makes one run of a campaign and says what its cell needs of it.
 * Whatever goes wrong is the run's error and no other's.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessFailure } from '../failure.ts';
import { kindsAmong } from '../faults/meanings.ts';
import type { Result, Run } from '../judging/result.ts';
import { runPrepared } from '../running/run.ts';
import { commandOf } from '../setting/command.ts';
import type { Prepared } from '../setting/prepared.ts';
import { prepare } from '../setting/setting.ts';
import { newFolder, type RunFolder, storeRun } from '../store/store.ts';
import { figuresOf } from './figures.ts';
import type { Planned } from './matrix.ts';
import type { CellRun } from './sum.ts';
import type { SummaryRun } from './summary.ts';

/** Called with every run that has just been made; writes its report, say. A failure here changes no verdict. */
export type OnRun = (run: Run, folder: string, command: string) => void;

/** Makes a run, in a new folder of its own where one is named. Never rejects. */
export async function makeRun(planned: Planned, path: string | undefined, onRun?: OnRun): Promise<CellRun> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  let command = '';
  try {
    const prepared = await prepare(planned.wanted);
    command = commandOf(prepared);
    const run = await (path === undefined ? runPrepared(prepared) : storedRun(prepared, path, command, onRun));
    return summarised(planned, run, command, took());
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    const { run } = lostRun(planned, says);
    return { run: { ...run, ms: took(), command } };
  }
}

async function storedRun(prepared: Prepared, path: string, command: string, onRun: OnRun | undefined): Promise<Run> {
  let stored: RunFolder | undefined;
  try {
    stored = storeRun(newFolder(path, 'run'), prepared);
    const { logFolder } = stored;
    const run = await runPrepared(prepared, { sink: (line) => stored?.sink(line), logFolder });
    const [unwritten] = stored.finish(run, command);
    if (unwritten === undefined) report(run, path, command, onRun);
    // What was refuted stays so, whether or not its folder is whole: a resumed campaign makes it again.
    else if (run.result.verdict !== 'invalid') throw new HarnessFailure(unwritten);
    return run;
  } finally {
    stored?.close();
  }
}

function report(run: Run, path: string, command: string, onRun: OnRun | undefined): void {
  try {
    onRun?.(run, path, command);
  } catch (error) {
    writeFileSync(join(path, 'report-error.txt'), String(error));
  }
}

/** How the campaign names the system, where its cells call it otherwise. */
function sourceIn({ system, wanted }: Pick<Planned, 'system' | 'wanted'>): Pick<SummaryRun, 'source'> {
  return wanted.system === system ? {} : { source: wanted.system };
}

/** What is known of a run beforehand; where its folder lies is found out by whoever names it. */
function common({ id, system, wanted }: Planned, command: string, ms: number) {
  const { workload, faults, seed, cluster = 'processes' } = wanted;
  return { id, folder: '', system, ...sourceIn({ system, wanted }), workload, faults, cluster, seed, ms, command };
}

/** A run that is an error, as whoever made it died of it. */
export function lostRun(planned: Planned, says: string): CellRun {
  return { run: { ...common(planned, '', 0), verdict: 'error', says, anomalies: [], operations: 0 } };
}

function summarised(planned: Planned, { setting, plan, result, history }: Run, command: string, ms: number): CellRun {
  const { verdict, says, claims, tally, metrics } = result;
  return {
    run: {
      ...common(planned, command, ms),
      ...{ verdict, says, anomalies: brokenClaims(result), operations: history.length },
      ...(metrics ? { figures: figuresOf(result, metrics) } : {}),
    },
    tally,
    claims: claims.map((claim) => ({ claim: claim.claim, type: claim.verdict.type })),
    functions: Object.keys(setting.options.mix),
    kinds: kindsAmong(plan.faults),
  };
}

function brokenClaims(result: Result): readonly string[] {
  const anomalies = result.claims.flatMap(({ verdict }) => (verdict.type === 'invalid' ? verdict.anomalies : []));
  return [...new Set(anomalies.map(({ name }) => name))];
}
