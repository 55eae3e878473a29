/**
 * Whoever dies at whichever message of a commit: all or nothing
 * of the transaction is there in the end, and nothing stays in doubt.
 */
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { simulateNow } from '../../../harness/clusters/simulation/simulate.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import type { Result } from '../../../harness/judging/result.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { systems } from '../../../systems/registry.ts';
import type { Design } from '../../../systems/system.ts';
import { workloads } from '../../../workloads/registry.ts';
import { SMALL, settingOf } from '../cell.ts';

const workload = workloads.find(({ name }) => name === 'bank')!;
const sound = systems.filter(({ datatype, flaw }) => datatype === 'transactions' && !flaw);

/** What a commit is made of, in one design or another. */
const MESSAGES = ['begin', 'write', 'prepare', 'prewrite', 'commit', 'ended', 'outcome', 'fate'];
const NTHS = [1, 2, 3, 4, 5, 6];

/** A crash at the nth message of each kind, at its sender or receiver. */
const CRASHES = MESSAGES.flatMap((message) =>
  (['from', 'to'] as const).flatMap((at) => NTHS.map((nth) => ({ message, nth, at }))),
);

function runWith(system: Design, on: (typeof CRASHES)[number]): Result {
  const cell = { system, workload, faults: [], ...SMALL, ratePerSecond: 30, durationMs: 1000 };
  const setting = settingOf(cell, on.nth);
  const crash: Fault = { id: 1, kind: 'crash', targets: 'one', disk: 'kept', fromMs: 0, toMs: 300, on };
  const drawn = { ...plan(setting, workload), faults: [crash] };
  return simulateNow({ setting, plan: drawn, system, workload, journal: false, claimsOnly: true }).result;
}

function runsOf(system: Design): Promise<readonly Result[]> {
  return inMacrotask(() => CRASHES.map((on) => runWith(system, on)));
}

const refuted = (results: readonly Result[]) =>
  results.flatMap(({ verdict, says }) => (verdict === 'invalid' ? [says] : []));

describe('a crash at any message of a commit', () => {
  it.each(sound)('does no harm to $name', async (system) => {
    const results = await runsOf(system);
    expect(refuted(results)).toEqual([]);
    const crashed = results.filter(({ faults }) =>
      faults.some(({ began }) => began !== 'indeterminate' && began.targets.length > 0),
    );
    expect(crashed.length).toBeGreaterThan(2 * NTHS.length);
  });

  it('shows that a promise must be on disk', async () => {
    const system = systems.find(({ name }) => name === 'mvcc/vote-not-logged')!;
    expect(refuted(await runsOf(system))).not.toEqual([]);
  });
});
