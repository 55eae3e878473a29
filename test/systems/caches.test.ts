import type { Operation } from 'elle-ts';
import { expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { simulateNow } from '../../harness/clusters/simulation/simulate.ts';
import { plan } from '../../harness/setting/plan.ts';
import { systems } from '../../systems/registry.ts';
import type { Design } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { SMALL, settingOf } from './cell.ts';

const workload = workloads.find(({ name }) => name === 'cache')!;
const caches = systems.filter(({ datatype, flaw }) => datatype === 'cache' && !flaw);

/** What the reads of a hundred runs without faults found. */
function found(system: Design): { readonly reads: number; readonly found: number; readonly expiring: number } {
  const count = { reads: 0, found: 0, expiring: 0 };
  for (let seed = 1; seed <= 100; seed++) {
    const setting = settingOf({ system, workload, faults: [], ...SMALL }, seed);
    const run = simulateNow({
      setting,
      plan: plan(setting, workload),
      system,
      workload,
      journal: false,
      claimsOnly: true,
    });
    const operations = [...run.history] as unknown as readonly Operation[];
    const expiring = new Set(
      operations.flatMap(({ f, input }) => (f === 'set' ? [(input as { value?: unknown }).value] : [])),
    );
    for (const { f, outcome } of operations) {
      if (f !== 'get' || outcome.type !== 'ok') continue;
      count.reads++;
      if (outcome.output !== null) count.found++;
      if (outcome.output !== null && expiring.has(outcome.output)) count.expiring++;
    }
  }
  return count;
}

it.each(caches)(
  '$name finds things, also such as expire: one that always misses would keep the claim too',
  async (system) => {
    const { reads, found: hits, expiring } = await inMacrotask(() => found(system));
    expect(hits / reads).toBeGreaterThan(0.3);
    expect(expiring).toBeGreaterThan(50);
  },
);
