import {
  type Api,
  counter,
  type Linearization,
  linearizable,
  type Model,
  multiRegister,
  mutex,
  priorityQueue,
  queue,
  type Register,
  register,
  semaphore,
  set,
  stack,
  text,
  type Value,
  verifyLinearization,
} from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

interface Subject {
  readonly name: string;
  readonly model: Model<Api, unknown>;
  readonly call: (chance: Chance, drawn: number) => { f: string; input: unknown };
}

function subject<A extends Api, S>(name: string, model: Model<A, S>, call: Subject['call']): Subject {
  return { name, model: model as unknown as Model<Api, unknown>, call };
}

const read = { f: 'read', input: null };
const registerCall = (c: Chance): { f: string; input: unknown } =>
  c.maybe(0.4) ? read : c.maybe(0.6) ? { f: 'write', input: c.int(3) } : { f: 'cas', input: [c.int(3), c.int(3)] };

const shy: Model<Register, Value | undefined> = { name: 'register', init: null, step: register.step };

const subjects: readonly Subject[] = [
  subject('registers with repeated values', register, registerCall),
  subject('registers taken for any model', { ...register }, registerCall),
  subject('registers that do not tell their reads', shy, registerCall),
  subject('unique registers taken for any model', { ...register }, (c, n) =>
    c.maybe(0.5) ? read : { f: 'write', input: n },
  ),
  subject('multi-registers', multiRegister, (c) => ({
    f: 'txn',
    input: Array.from({ length: 1 + c.int(2) }, () =>
      c.maybe(0.5) ? ['r', c.pick(['x', 'y']), null] : ['w', c.pick(['x', 'y']), c.int(3)],
    ),
  })),
  subject('counters', counter, (c) => (c.maybe(0.5) ? read : { f: 'add', input: c.pick([1, 1, 2, -1]) })),
  subject('queues', queue, (c, n) => (c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null })),
  subject('stacks', stack, (c, n) => (c.maybe(0.5) ? { f: 'push', input: n } : { f: 'pop', input: null })),
  subject('priority queues', priorityQueue, (c, n) =>
    c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null },
  ),
  subject('sets', set, (c) =>
    c.pick([read, { f: 'add', input: c.int(3) }, { f: 'remove', input: c.int(3) }, { f: 'contains', input: c.int(3) }]),
  ),
  subject('mutexes', mutex, (c) => ({ f: c.pick(['acquire', 'release']), input: null })),
  subject('semaphores', semaphore(2), (c) => ({ f: c.pick(['acquire', 'release']), input: null })),
  subject('texts', text, (c, n) =>
    c.pick([
      { f: 'get', input: null },
      { f: 'put', input: '' },
      { f: 'append', input: `${n % 3}` },
    ]),
  ),
];

describe('the search agrees with the definition on random histories of', () => {
  test.each(subjects)('$name', ({ model, call }) => {
    const counts = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < 1000; seed++) {
      const random = chance(seed);
      const history = randomHistory(random, model, {
        operations: 4 + random.int(5),
        processes: 2 + random.int(4),
        call,
        info: random.pick([0, 0.15]),
        fail: random.pick([0, 0.1]),
        damage: random.int(6),
        slow: random.pick([1, 3]),
      });
      const expected = bruteLinearizable(history, model) ? 'valid' : 'invalid';
      counts[expected]++;
      const verdict = linearizable(model, { certificate: true }).check(history);
      expect({ seed, type: verdict.type }).toEqual({ seed, type: expected });
      if (verdict.type === 'valid')
        expect(verifyLinearization(history, model, verdict.certificate as Linearization)).toBeUndefined();
    }
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(100);
  });
});
