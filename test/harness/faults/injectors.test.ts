import { afterEach, describe, expect, it } from 'vitest';
import { injectors as ofProcesses } from '../../../harness/clusters/processes/injectors.ts';
import { injectors as ofSimulation } from '../../../harness/clusters/simulation/injectors.ts';
import { BadInput } from '../../../harness/failure.ts';
import type { FaultEffect } from '../../../harness/faults/effect.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { hadEffect, meanings } from '../../../harness/faults/meanings.ts';
import { prepare } from '../../../harness/setting/setting.ts';
import type { FaultKind } from '../../../systems/system.ts';

const KINDS = Object.keys(meanings) as FaultKind[];
const CLUSTERS = { simulation: ofSimulation, processes: ofProcesses };
const kept = { simulation: { ...ofSimulation }, processes: { ...ofProcesses } };
afterEach(() => {
  Object.assign(ofSimulation, kept.simulation);
  Object.assign(ofProcesses, kept.processes);
});

describe.each(['simulation', 'processes'] as const)('a fault that the cluster %s has no injector for', (cluster) => {
  it.each(KINDS)('is refused before the run: %s', async (kind) => {
    const asked = { system: 'quorum/abd', cluster, faults: [kind], seed: 1, options: { durationMs: 3000 } };
    await expect(prepare(asked)).resolves.toBeDefined();
    delete (CLUSTERS[cluster] as Partial<Record<FaultKind, unknown>>)[kind];
    await expect(prepare(asked)).rejects.toThrow(new RegExp(`cannot (make|be given) a ${kind} fault: take --cluster`));
    await expect(prepare(asked)).rejects.toBeInstanceOf(BadInput);
  });
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
