import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { shrink } from '../../../harness/explore/shrink.ts';
import { systems } from '../../../systems/registry.ts';
import { plannedOf } from '../../systems/cell.ts';
import { HUNTS, huntOf } from '../../systems/hunts.ts';

function shrunk(name: string, leastNodes?: number) {
  const system = systems.find((one) => one.name === name)!;
  const cell = huntOf(system);
  const planned = plannedOf(cell, HUNTS[name]!.seed);
  const anomaly = system.flaw!.anomaly;
  return inMacrotask(() => shrink(cell, planned, anomaly, leastNodes === undefined ? {} : { leastNodes }));
}

describe('a shrunk run', () => {
  // Claims are for sessions that stay with their node: a client
  // that roams only since it was shrunk would accuse sound designs.
  it('has no client that talks to two nodes where none did before', async () => {
    const { calls } = (await shrunk('tunable-store/slide'))!.planned.plan;
    const places = new Set(calls.map(({ client, node }) => `${client} at ${node}`));
    expect(places.size).toBe(new Set(calls.map(({ client }) => client)).size);
    expect(places.size).toBeGreaterThan(1);
  });

  it('keeps as many nodes as it is told to', async () => {
    expect((await shrunk('no-replication'))!.planned.nodes).toHaveLength(2);
    expect((await shrunk('no-replication', 3))!.planned.nodes).toHaveLength(3);
  });
});
