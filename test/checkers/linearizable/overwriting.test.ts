/** The search for registers whose values repeat, without the one depth first that hides it: against every order. */
import {
  type Api,
  type History,
  type Linearization,
  linearizable,
  type Model,
  type Operation,
  type Register,
  register,
  type Value,
  verifyLinearization,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

const SEEDS = 600;

/** The register through the search for any model, which knows nothing of what is overwritten. */
const searched: Model<Register, Value | undefined> = { ...register };

function call(swaps: number, values: number): (c: Chance) => { f: string; input: unknown } {
  return (c) => {
    if (c.maybe(0.4)) return { f: 'read', input: null };
    return c.maybe(swaps) ? { f: 'cas', input: [c.int(values), c.int(values)] } : { f: 'write', input: c.int(values) };
  };
}

function drawn(seed: number, operations: number): History<Register> {
  const random = chance(seed);
  return randomHistory(random, register, {
    operations,
    processes: 2 + random.int(6),
    call: call(random.pick([0, 0.3, 0.6]), 2 + random.int(2)),
    initial: random.pick([null, 0]),
    info: random.pick([0, 0.1, 0.25]),
    fail: random.pick([0, 0.1]),
    damage: random.pick([0, 1, 2, 3]),
    slow: random.pick([1, 3, 6]),
  });
}

function text(history: History): string {
  return [...history].map((o: Operation) => JSON.stringify(o)).join('\n');
}

/** The verdict of the search alone; an order that it shows is replayed. */
function judged(history: History<Register>, seed: number): string {
  const verdict = linearizable(register, { early: 0, certificate: true }).check(history);
  if (verdict.type === 'valid') {
    const wrong = verifyLinearization(history, register, verdict.certificate as Linearization);
    if (wrong !== undefined) expect.fail(`seed ${seed}: ${wrong}\n${text(history as unknown as History)}`);
  }
  return verdict.type;
}

test('says of small histories what the definition does', () => {
  const counts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    const history = drawn(seed, 9);
    const expected = bruteLinearizable(history as unknown as History, register as unknown as Model<Api, unknown>)
      ? 'valid'
      : 'invalid';
    const type = judged(history, seed);
    if (type !== expected)
      expect.fail(`seed ${seed} is ${expected}, not ${type}\n${text(history as unknown as History)}`);
    counts[expected]++;
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(SEEDS / 10);
});

test('says of histories of forty operations what the search for any model does', () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < SEEDS / 5; seed++) {
    const history = drawn(seed, 40);
    const { type } = linearizable(searched, { maxSteps: 200_000 }).check(history);
    const ours = judged(history, seed);
    if (type !== 'unknown') expect({ seed, type: ours }).toEqual({ seed, type });
    counts[type]++;
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(SEEDS / 50);
});
