import {
  type Api,
  type History,
  historyOf,
  linearizable,
  type Model,
  queue,
  type Register,
  register,
  text,
  type Value,
} from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

/** The register through the search for any model, which knows nothing of zones, chains or pruning. */
const searched: Model<Register, Value | undefined> = { ...register };

function uniqueCall(swaps: boolean): (c: Chance, n: number) => { f: string; input: unknown } {
  return (c, n) => {
    if (c.maybe(0.5)) return { f: 'read', input: null };
    return swaps && c.maybe(0.4)
      ? { f: 'cas', input: [Math.max(0, n - c.int(4)) || null, n + 1] }
      : { f: 'write', input: n + 1 };
  };
}

describe('two engines agree on histories of a hundred operations', () => {
  const kinds: readonly [string, (c: Chance, n: number) => { f: string; input: unknown }][] = [
    ['zones and search', uniqueCall(false)],
    ['chains and search', uniqueCall(true)],
    [
      'search with pruning and without',
      (c, n) =>
        c.maybe(0.5)
          ? { f: 'read', input: null }
          : c.maybe(0.3)
            ? { f: 'cas', input: [c.int(4), c.int(4)] }
            : { f: 'write', input: c.maybe(0.5) ? c.int(4) : n + 4 },
    ],
  ];
  test.each(kinds)('%s', (_, call) => {
    const counts = { valid: 0, invalid: 0, unknown: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const random = chance(seed);
      const history = randomHistory(random, register, {
        operations: 60 + random.int(60),
        processes: 3 + random.int(3),
        keys: random.pick([['x'], ['x', 'y']]),
        call,
        info: random.pick([0, 0.02, 0.06]),
        fail: random.pick([0, 0.05]),
        damage: random.pick([0, 1, 2]),
        slow: random.pick([1, 2]),
      });
      const { type } = linearizable(searched).check(history);
      counts[type]++;
      expect({ seed, type: linearizable(register).check(history).type }).toEqual({ seed, type });
    }
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(60);
    expect(counts.unknown).toBe(0);
  });
});

/** The operations that an anomaly names, alone. */
function named(history: History, operations: readonly number[]): History {
  return historyOf([...history].filter((o) => operations.includes(o.start)));
}

describe('the operations that an anomaly names are wrong by themselves', () => {
  const subjects: readonly [string, Model<Api, unknown>, (c: Chance, n: number) => { f: string; input: unknown }][] = [
    ['for unique writes', register as unknown as Model<Api, unknown>, uniqueCall(false)],
    ['for unique writes and swaps', register as unknown as Model<Api, unknown>, uniqueCall(true)],
    [
      'for repeated writes and swaps',
      register as unknown as Model<Api, unknown>,
      (c) =>
        c.pick([
          { f: 'read', input: null },
          { f: 'write', input: c.int(3) },
          { f: 'cas', input: [c.int(3), c.int(3)] },
        ]),
    ],
    [
      'for queues',
      queue as unknown as Model<Api, unknown>,
      (c, n) => (c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null }),
    ],
    [
      'for texts',
      text as unknown as Model<Api, unknown>,
      (c, n) => (c.maybe(0.5) ? { f: 'get', input: null } : { f: 'append', input: `${n} ` }),
    ],
  ];
  test.each(subjects)('%s', (_, model, call) => {
    let invalid = 0;
    for (let seed = 0; seed < 800; seed++) {
      const random = chance(seed);
      const history = randomHistory(random, model, {
        operations: 8,
        processes: 2 + random.int(3),
        call,
        info: random.pick([0, 0.15]),
        fail: random.pick([0, 0.1]),
        damage: 1 + random.int(4),
        slow: random.pick([1, 3]),
      });
      const verdict = linearizable(model).check(history);
      if (verdict.type !== 'invalid') continue;
      invalid++;
      for (const anomaly of verdict.anomalies) {
        // What failed is part of an aborted read's proof, and does not count as having happened.
        const alone = named(history, anomaly.operations);
        expect({ seed, anomaly, valid: bruteLinearizable(alone, model) }).toEqual({ seed, anomaly, valid: false });
        expect(anomaly.steps.length).toBeGreaterThan(0);
      }
    }
    expect(invalid).toBeGreaterThan(200);
  });
});
