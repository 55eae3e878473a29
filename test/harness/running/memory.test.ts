import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { simulateNow } from '../../../harness/clusters/simulation/simulate.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import type { Setting } from '../../../harness/setting/plan.ts';
import type { Grant } from '../../../systems/lock/guarded.ts';
import { systems } from '../../../systems/registry.ts';
import { workloads } from '../../../workloads/registry.ts';
import type { PlannedCall } from '../../../workloads/workload.ts';

const system = systems.find(({ name }) => name === 'lock/fenced')!;
const workload = workloads.find(({ name }) => name === 'lease-lock')!;
const nodes = ['n1', 'n2', 'n3'];

/** The inputs of a client's calls, as they were filled in. */
async function inputs(calls: readonly object[], faults: readonly Fault[] = []): Promise<readonly unknown[]> {
  const planned = calls.map((call, i) => ({ id: i + 1, client: 0, node: 'n1', atMs: i * 60, key: 'x', ...call }));
  const options = { clients: 1, nodes, durationMs: 2000, ratePerSecond: 1, keys: 1, mix: { acquire: 1 } };
  const plan = { calls: planned as unknown as PlannedCall[], faults, links: { seed: 1, calm: true, odd: {} } };
  const setting: Setting = {
    system: system.name,
    workload: workload.name,
    cluster: 'simulation',
    seed: 1,
    nodes,
    options,
    faults: [],
    callTimeoutMs: 50,
  };
  const { history } = await inMacrotask(() =>
    simulateNow({ setting, plan, system, workload, journal: false, claimsOnly: true }),
  );
  return [...history].slice(0, calls.length).map(({ input }) => input);
}

const acquire = { f: 'acquire', input: { ttlMs: 1000, wait: false, grant: null } };
const use = { f: 'use', input: { grant: { $answer: 1 }, token: { $answer: 1, field: 'token' } } };
const NOTHING = { grant: null, token: null };

describe('{ $answer: id }', () => {
  it('is what an earlier call of the client was answered, or a field of it', async () => {
    const [, filled] = (await inputs([acquire, use])) as [unknown, { grant: Grant; token: number }];
    expect(filled).toEqual({ grant: { session: expect.any(String), token: 1 }, token: 1 });
  });

  it('is nothing where that call did not succeed', async () => {
    const [, , , filled] = await inputs([acquire, use, acquire, { ...use, input: { grant: { $answer: 3 } } }]);
    expect(filled).toEqual({ grant: null });
  });

  it('is nothing to a process that came after it', async () => {
    const pause: Fault = { id: 1, fromMs: 55, toMs: 300, kind: 'pause', targets: ['n1'] };
    const [, , later] = await inputs([acquire, use, { ...use, atMs: 500 }], [pause]);
    expect(later).toEqual(NOTHING);
  });
});
