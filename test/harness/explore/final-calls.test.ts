/** A plan owns its final calls: leaving out calls does not change them, and no call's own is ever left out. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { shrink } from '../../../harness/explore/shrink.ts';
import { type Planned, runNow, shows } from '../../../harness/explore/trial.ts';
import { askedAtLast, finalCalls, type Plan } from '../../../harness/setting/plan.ts';
import { drawsFrom } from '../../../harness/setting/random.ts';
import { systems } from '../../../systems/registry.ts';
import { workloads } from '../../../workloads/registry.ts';
import { anomaliesOf, type Cell, plannedOf, SMALL, toleratedFaults } from '../../systems/cell.ts';
import { huntOf } from '../../systems/hunts.ts';

const sound: readonly Cell[] = systems
  .filter(({ flaw }) => !flaw)
  .flatMap((system) =>
    workloads
      .filter(({ datatype }) => datatype === system.datatype)
      .map((workload) => ({ system, workload, faults: toleratedFaults(system), ...SMALL })),
  );

/** One cell for each workload. */
const cells = [...new Map(sound.map((cell) => [cell.workload.name, cell])).values()];

function withFinal(planned: Planned, final: Plan['final']): Planned {
  const { final: _, ...plan } = planned.plan;
  return { ...planned, plan: final === undefined ? plan : { ...plan, final } };
}

describe('the final calls of a plan', () => {
  it.each(cells.map((cell) => [cell.workload.name, cell] as const))(
    'are drawn with it, and a plan that has none is run with the same ones: %s',
    async (_, cell) => {
      const planned = plannedOf(cell, 1);
      expect(planned.plan.final?.length).toBeGreaterThan(0);
      const older = withFinal(planned, undefined);
      expect(finalCalls(older.plan, cell.workload)).toEqual(planned.plan.final);
      const [now, then] = await inMacrotask(() => [runNow(cell, planned), runNow(cell, older)]);
      expect([...now!.history]).toEqual([...then!.history]);
      expect(now!.trace).toEqual(then!.trace);
    },
  );

  it.each(sound.map((cell) => [cell.system.name, cell.workload.name, cell] as const))(
    'accuse no sound design where they ask for more than the calls do: %s, %s',
    async (_name, _workload, cell) => {
      const planned = plannedOf(cell, 3);
      const chance = drawsFrom(3);
      const calls = planned.plan.calls.filter(({ needs }) => needs === undefined && chance('is made') < 0.5);
      const fewer = { ...planned, plan: { ...planned.plan, calls } };
      const { result } = await inMacrotask(() => runNow(cell, fewer));
      expect(result.verdict, result.says).not.toBe('invalid');
    },
  );
});

describe('a shrunk run', () => {
  const NAMES = ['quorum/small-quorums', 'sync-replication/slide', 'async-replication/slide'];
  const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
  const RUNS = 2;

  it.each(NAMES)('of %s has calls and final calls of one key alone, and all that they ask for', async (name) => {
    const system = systems.find((one) => one.name === name)!;
    const cell = { ...huntOf(system), keys: 3 };
    let shrunk = 0;
    for (const seed of SEEDS) {
      const planned = plannedOf(cell, seed);
      const found = await inMacrotask(() => anomaliesOf(runNow(cell, planned).result)[0]);
      if (found === undefined) continue;
      const small = (await inMacrotask(() => shrink(cell, planned, found)))!;
      const { calls, final = [] } = small.planned.plan;
      expect(new Set([...calls, ...final].map(({ key }) => key)).size, `seed ${seed}`).toBe(1);
      // What was written and is not read in the end would seem to be lost.
      const asked = askedAtLast(calls, cell.workload);
      expect(final).toEqual(expect.arrayContaining([...asked]));
      for (const call of final.filter((one) => !asked.some((other) => isDeepStrictEqual(one, other)))) {
        const fewer = final.filter((other) => other !== call);
        const shown = await inMacrotask(() => shows(cell, withFinal(small.planned, fewer), found));
        expect(shown, `seed ${seed}`).toBe(undefined);
      }
      if (++shrunk === RUNS) break;
    }
    expect(shrunk).toBe(RUNS);
  });
});
