import { describe, expect, it } from 'vitest';
import { runProcesses } from '../../harness/clusters/processes/run-processes.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import { plan } from '../../harness/setting/plan.ts';
import { systems } from '../../systems/registry.ts';
import type { Design, FaultKind } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { toleratedFaults } from './cell.ts';

const sound = systems.filter(({ flaw }) => !flaw);
const NODES = ['n1', 'n2', 'n3'];
const PATIENCE_MS = 60_000;

/**
 * How soon all answer again is what this machine makes of it;
 * everything else that is claimed must hold, however slow it is.
 */
const patient = (system: Design): Design => ({
  ...system,
  claims: system.claims.map((claim) => ({ ...claim, recoversMs: PATIENCE_MS })),
});

/** One kind of fault for each system, so that all are met. */
function faultsFor(system: Design): readonly FaultKind[] {
  const kinds = toleratedFaults(system);
  return kinds.length > 0 ? [kinds[sound.indexOf(system) % kinds.length]!] : [];
}

function settingOf(system: Design, workload: string, mix: Readonly<Record<string, number>>): Setting {
  return {
    system: system.name,
    workload,
    cluster: 'processes',
    seed: 1,
    nodes: NODES,
    options: { clients: 6, nodes: NODES, durationMs: 1500, ratePerSecond: 60, keys: 2, mix },
    faults: faultsFor(system),
    callTimeoutMs: 500,
  };
}

describe('as real processes', () => {
  it.concurrent.each(sound)('$name keeps its claims', async (system) => {
    const workload = workloads.find(({ datatype }) => datatype === system.datatype)!;
    const mix = Object.fromEntries(Object.entries(workload.mix).filter(([f]) => !system.without?.includes(f)));
    const setting = settingOf(system, workload.name, mix);
    const run = {
      setting,
      plan: plan(setting, workload),
      system: patient(system),
      source: { name: system.name },
      workload,
    };
    const { plan: made, result } = await runProcesses(run);
    expect(result.claims.length).toBeGreaterThan(0);
    for (const { claim, verdict } of result.claims)
      expect(verdict, `${claim.model}: ${result.says}`).toEqual({ type: 'valid' });
    expect(made.faults.length).toBeGreaterThan(0);
    expect(Object.values(result.tally.succeeded).some((count) => count > 0)).toBe(true);
    expect(result.tally.finalAnswered).toBe(result.tally.finalAsked);
  });
});
