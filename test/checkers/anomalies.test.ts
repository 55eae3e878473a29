import { anomalyKinds, datatypes, historyOf, judge, lattice, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { systems } from '../../systems/registry.ts';
import { drawOperations } from './datatypes/drawn-calls.ts';

const known = new Set(anomalyKinds.map(({ name }) => name));

describe('the list of anomalies', () => {
  it('has each once, with a sentence', () => {
    expect(known.size).toBe(anomalyKinds.length);
    for (const { name, says } of anomalyKinds) expect(says, name).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('has every name that a checker tells of random histories', () => {
    const told = new Map<string, string>();
    for (const { name: type } of datatypes)
      for (let seed = 0; seed < 150; seed++) {
        const history = historyOf(drawOperations(seed, type, 10) as unknown as Operation[]);
        for (const { name } of judge(history, { type, budget: 20_000 }).anomalies) told.set(name, type);
      }
    expect(told.size).toBeGreaterThan(40);
    expect([...told].filter(([name]) => !known.has(name))).toEqual([]);
  });

  it('has every anomaly that a broken design shows, but for the invariants of designs', () => {
    for (const { name, flaw, invariants } of systems)
      if (flaw && !Object.hasOwn(invariants ?? {}, flaw.anomaly)) expect([...known], name).toContain(flaw.anomaly);
  });

  it('has every anomaly of the lattice that is told', () => {
    const groups = /^(G1|G-?SI.*|G-(cursor|monotonic|MSR|SIb|update)|.*cycle-exists|G1-(process|realtime))$/;
    const all = Object.values(lattice.prohibits).flat();
    expect(all.filter((name) => !known.has(name) && !groups.test(name))).toEqual([]);
  });
});
