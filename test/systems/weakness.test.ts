/**
 * A claim that is weaker than it need be is as dishonest as one that is
 * too strong: what a sound design does not claim, some run must refute.
 */
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { systems } from '../../systems/registry.ts';
import type { Claim, Design } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { anomaliesOf, runOnce, SMALL, toleratedFaults } from './cell.ts';

const sound = systems.filter(({ flaw }) => !flaw);
const MOST_RUNS = 1500;

function workloadOf({ datatype }: Design, checker?: string) {
  return workloads.find(
    (one) => one.datatype === datatype && (!checker || one.checkers.some(({ name }) => name === checker)),
  );
}

/** The first seed whose run breaks this claim with one of these anomalies, were it made. */
function refutedBy(
  system: Design,
  claim: Claim,
  checker: string | undefined,
  anomalies: RegExp,
): Promise<number | undefined> {
  const workload = workloadOf(system, checker)!;
  const boasting = { ...system, claims: [claim] };
  const cell = { system: boasting, workload, faults: toleratedFaults(system), ...SMALL };
  return inMacrotask(() => {
    for (let seed = 1; seed <= MOST_RUNS; seed++)
      if (anomaliesOf(runOnce(cell, seed).result).some((name) => anomalies.test(name))) return seed;
    return undefined;
  });
}

describe('what a sound design does not claim', () => {
  const fleeting = sound.filter((system) => system.claims[0]?.durable === 'no' && workloadOf(system, 'lost-writes'));
  it.each(fleeting)('$name does lose acknowledged writes', async (system) => {
    const claim: Claim = { ...system.claims[0]!, durable: 'always' };
    expect(await refutedBy(system, claim, 'lost-writes', /lost/)).toBeDefined();
  });

  // Availability is judged by reads and writes.
  const partly = sound.filter(
    (system) => system.claims[0]?.available !== 'total' && workloadOf(system)?.mix.read !== undefined,
  );
  it.each(partly)('$name does not answer everywhere', async (system) => {
    const claim: Claim = { ...system.claims[0]!, available: 'total' };
    expect(await refutedBy(system, claim, undefined, /^unavailable$/)).toBeDefined();
  });

  const weak = sound.filter(
    (system) => !system.claims.some(({ model }) => model === 'linearizable') && workloadOf(system, 'linearizable'),
  );
  it.each(weak)('$name is not linearizable', async (system) => {
    const claim: Claim = { ...system.claims[0]!, model: 'linearizable' };
    expect(await refutedBy(system, claim, 'linearizable', /read|write|lineariz/)).toBeDefined();
  });
});
