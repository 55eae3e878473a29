import {
  type Api,
  counter,
  linearizable,
  type Model,
  multiRegister,
  queue,
  register,
  sequential,
  sequentialObjects,
  set,
  stack,
} from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { bruteSequential } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

type Draw = (chance: Chance, drawn: number) => { f: string; input: unknown };
const any = <A extends Api, S>(model: Model<A, S>): Model<Api, unknown> => model as unknown as Model<Api, unknown>;
const read = { f: 'read', input: null };

const subjects: readonly (readonly [string, Model<Api, unknown>, Draw])[] = [
  ['registers', any(register), (c) => (c.maybe(0.5) ? read : { f: 'write', input: c.int(3) })],
  [
    'registers with swaps',
    any(register),
    (c) => c.pick([read, { f: 'write', input: c.int(3) }, { f: 'cas', input: [c.int(3), c.int(3)] }]),
  ],
  ['counters', any(counter), (c) => (c.maybe(0.5) ? read : { f: 'add', input: 1 })],
  ['queues', any(queue), (c, n) => (c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null })],
  ['stacks', any(stack), (c, n) => (c.maybe(0.5) ? { f: 'push', input: n } : { f: 'pop', input: null })],
  ['sets', any(set), (c) => c.pick([read, { f: 'add', input: c.int(3) }, { f: 'remove', input: c.int(3) }])],
  [
    'multi-registers',
    any(multiRegister),
    (c) => ({
      f: 'txn',
      input: [c.maybe(0.5) ? ['r', c.pick(['x', 'y']), null] : ['w', c.pick(['x', 'y']), c.int(3)]],
    }),
  ],
];

describe('the search for an interleaving agrees with the definition on random histories of', () => {
  test.each(subjects)('%s', (_, model, call) => {
    const counts = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < 1000; seed++) {
      const random = chance(seed);
      const history = randomHistory(random, model, {
        operations: 4 + random.int(5),
        processes: 2 + random.int(3),
        call,
        info: random.pick([0, 0.15]),
        fail: random.pick([0, 0.1]),
        damage: 2 + random.int(6),
        slow: random.pick([1, 3]),
      });
      const expected = bruteSequential(history, model) ? 'valid' : 'invalid';
      counts[expected]++;
      const { type } = sequentialObjects(model, { certificate: random.maybe(0.5) }).check(history);
      expect({ seed, type }).toEqual({ seed, type: expected });
      if (expected === 'invalid') expect(linearizable(model).check(history).type).toBe('invalid');
    }
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(100);
  });
});

test('both searches for sequential consistency agree on registers of several keys', () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const history = randomHistory(random, register, {
      operations: 10 + random.int(20),
      processes: 2 + random.int(3),
      keys: ['x', 'y'],
      call: (c, n) => (c.maybe(0.5) ? read : { f: 'write', input: n + 1 }),
      info: random.pick([0, 0.1]),
      damage: 1 + random.int(5),
      slow: random.pick([1, 3]),
    });
    const { type } = sequential().check(history);
    counts[type]++;
    expect({ seed, type: sequentialObjects(register).check(history).type }).toEqual({ seed, type });
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(20);
});
