/** A model that says of itself what its steps contradict gets no verdict, and is told where. */
import {
  type Api,
  type History,
  historyOf,
  linearizable,
  type Model,
  type Operation,
  sequentialObjects,
} from 'elle-ts';
import { expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

/** A ticket counter: `take` returns the next number, `show` how many were taken. */
const tickets = (readOnly?: (f: string) => boolean): Model<Api, number> => ({
  name: 'tickets',
  init: 0,
  step: { take: (taken: number) => [taken + 1, taken], show: (taken: number) => [taken, taken] } as never,
  ...(readOnly ? { readOnly } : {}),
});

const histories = Array.from({ length: 200 }, (_, seed): History => {
  const c = chance(seed);
  const call = (): { f: string; input: unknown } => ({ f: c.pick(['take', 'show']), input: null });
  const shape = { operations: 7, processes: 3, keys: ['x'], call, info: 0.1, fail: 0.1, damage: c.int(3), slow: 2 };
  return randomHistory(c, tickets() as never, shape) as unknown as History;
});

it('a right hint changes no verdict, and a wrong one makes it unknown with the step that contradicts it', () => {
  const told = { valid: 0, invalid: 0, unknown: 0 };
  for (const history of histories)
    for (const check of [linearizable, sequentialObjects]) {
      const plain = check(tickets()).check(history);
      expect(check(tickets((f) => f === 'show')).check(history).type).toBe(plain.type);
      const wrong = check(tickets(() => true)).check(history);
      // Where no step was taken that contradicts it, it was not wrong of anything met.
      if (wrong.type === 'unknown') expect(wrong.reason).toMatch(/^the model tickets says that take null is read-only/);
      else expect(wrong.type).toBe(plain.type);
      told[wrong.type]++;
    }
  expect(told.unknown).toBeGreaterThan(300);
});

it('names the states', () => {
  const taken = { process: 0, f: 'take', input: null, outcome: { type: 'ok', output: 0 }, startNs: 0, endNs: 0 };
  const history = historyOf([{ ...taken, start: 0, end: 1 }] as unknown as Operation[]);
  expect(linearizable(tickets(() => true)).check(history)).toEqual({
    type: 'unknown',
    reason:
      'the model tickets says that take null is read-only, and its step makes 1 of 0: readOnly must be true only of what leaves every state as it is',
  });
});
