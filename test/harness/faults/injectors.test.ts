import { afterEach, describe, expect, it } from 'vitest';
import { injectors as ofProcesses } from '../../../harness/clusters/processes/injectors.ts';
import { injectors as ofSimulation } from '../../../harness/clusters/simulation/injectors.ts';
import { BadInput } from '../../../harness/failure.ts';
import type { FaultEffect } from '../../../harness/faults/effect.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { faultText, hadEffect, meanings } from '../../../harness/faults/meanings.ts';
import type { PartitionFault } from '../../../harness/faults/partition.ts';
import { partition } from '../../../harness/faults/partition.ts';
import { run } from '../../../harness/running/run.ts';
import { prepare } from '../../../harness/setting/setting.ts';
import type { FaultKind } from '../../../systems/system.ts';

const KINDS = Object.keys(meanings) as FaultKind[];
/** Those that can be asked for of a design: a chore is a database's own, and programs alone have services. */
const NAMED = KINDS.filter((kind) => kind !== 'chore' && kind !== 'services');
const CLUSTERS = { simulation: ofSimulation, processes: ofProcesses };
/** Where injectors are: a cluster's own by kind, and by cluster those of a kind that is made of others. */
type Injectors = Record<string, unknown>;
const composed = (kind: FaultKind) => meanings[kind].injectors as Injectors | undefined;
const all = [ofSimulation, ofProcesses, ...KINDS.flatMap((kind) => composed(kind) ?? [])] as Injectors[];
const kept = all.map((injectors) => ({ ...injectors }));
afterEach(() => {
  for (const [i, injectors] of all.entries()) Object.assign(injectors, kept[i]);
});

describe.each(['simulation', 'processes'] as const)('a fault that the cluster %s has no injector for', (cluster) => {
  it.each(NAMED)('is refused before the run: %s', async (kind) => {
    const asked = { system: 'quorum/abd', cluster, faults: [kind], seed: 1, options: { durationMs: 3000 } };
    await expect(prepare(asked)).resolves.toBeDefined();
    delete (CLUSTERS[cluster] as Injectors)[kind];
    delete composed(kind)?.[cluster];
    await expect(prepare(asked)).rejects.toThrow(new RegExp(`cannot (make|be given) the fault ${kind}`));
    await expect(prepare(asked)).rejects.toBeInstanceOf(BadInput);
  });
});

describe.each(['simulation', 'processes'] as const)('the cluster %s', (cluster) => {
  it.each([
    [{ kind: 'chore', chore: 'reindex' }, /cannot (make|be given) the fault chore/],
    [{ kind: 'crash', targets: 'one', disk: 'synced' }, /no device .*that could lose power/],
  ])('refuses what no cluster of designs can make: %j', async (sort, why) => {
    const fault = { id: 1, fromMs: 0, toMs: 500, ...sort } as Fault;
    const plan = { calls: [], faults: [fault], links: { seed: 1, calm: false, odd: {} } };
    await expect(prepare({ system: 'quorum/abd', cluster, seed: 1, plan })).rejects.toThrow(why);
  });
});

it('a role that is isolated is cut from all others, whoever has it when the fault begins', async () => {
  const wanted = {
    system: 'sync-replication/sound',
    cluster: 'simulation',
    faults: ['primary-alone'],
    nodes: 5,
  } as const;
  let isolated = 0;
  for (const seed of [1, 2, 3, 4, 5]) {
    const { result } = await run({ ...wanted, seed, options: { durationMs: 3000 } });
    for (const injected of result.faults) {
      if (injected.began === 'indeterminate' || injected.ended === 'indeterminate') continue;
      const { targets } = injected.began;
      expect(injected.fault).toMatchObject({ kind: 'partition', cut: [], isolate: 'primary' });
      expect(targets).toHaveLength(1);
      expect(faultText(injected)).toBe(`partition ${targets[0]} | the others`);
      const others = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((node) => !targets.includes(node));
      const sides = partition.sides(injected.fault as PartitionFault, targets, [...others, ...targets]);
      expect(sides).toEqual([
        ['majority', others],
        ['minority', targets],
      ]);
      if (hadEffect(injected)) isolated++;
    }
  }
  expect(isolated).toBeGreaterThan(3);
});

it('a kind of fault that does not exist is refused with its nearest name', async () => {
  const fault = { id: 1, kind: 'partitoin', fromMs: 0, toMs: 10, cut: [['n1', 'n2']] } as unknown as Fault;
  const plan = { calls: [], faults: [fault], links: { seed: 1, calm: false, odd: {} } };
  const asked = { system: 'quorum/abd', cluster: 'simulation', seed: 1, plan } as const;
  await expect(prepare(asked)).rejects.toThrow(/no kind of fault is called "partitoin".*partition/);
});

describe('what was not seen to do anything had no effect', () => {
  const seen: FaultEffect = { targets: ['n1'] };
  it.each(KINDS)('%s', (kind) => {
    const fault = {
      id: 1,
      kind,
      fromMs: 0,
      toMs: 10,
      targets: ['n1'],
      cut: [],
      among: ['n1', 'n2'],
    } as unknown as Fault;
    expect(hadEffect({ fault, began: seen, ended: seen })).toBe(false);
    expect(hadEffect({ fault, began: 'indeterminate', ended: seen })).toBe(false);
  });
});
