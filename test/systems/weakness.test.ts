/** A claim that is too weak is wrong, too: what a sound design does not claim, some run must refute. */
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { systems } from '../../systems/registry.ts';
import type { Claim, Design } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { anomaliesOf, runOnce, SMALL, toleratedFaults } from './cell.ts';

const sound = systems.filter(({ flaw }) => !flaw);
const MOST_RUNS = 1500;
/** Where the search begins for what few seeds show: at the first that did. A change of what is drawn moves it on. */
const FIRST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'lost-writes': {
    'tunable-store/eventual': 1211,
    'tunable-store/causal': 438,
    'tunable-store/causal-sessions': 1064,
    'conflict-resolution/hlc': 1211,
    'cap/ap': 1211,
  },
  linearizable: { 'quorum/dynamo': 225 },
};

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
    const first = FIRST[checker ?? '']?.[system.name] ?? 1;
    for (let seed = first; seed < first + MOST_RUNS; seed++)
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
