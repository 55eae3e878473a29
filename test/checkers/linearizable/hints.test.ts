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

type Commuting = NonNullable<Model<Api, unknown>['commutes']>;

/** Three places: what is put into one, copied from one to another, and taken out, which tells what was there. */
const places = (commutes?: Commuting): Model<Api, readonly number[]> => ({
  name: 'places',
  init: [0, 0, 0],
  step: {
    put: (held: readonly number[], [at, value]: [number, number]) => [held.with(at, value), null],
    copy: (held: readonly number[], [from, to]: [number, number]) => [held.with(to, held[from] as number), null],
    take: (held: readonly number[], at: number) => [held.with(at, 0), held[at]],
  } as never,
  observes: ['take'],
  ...(commutes ? { commutes } : {}),
});

type Placed = Parameters<Commuting>[0];
const written = ({ f, input }: Placed): unknown =>
  f === 'take' ? input : (input as readonly number[])[f === 'copy' ? 1 : 0];
const touched = (call: Placed): readonly unknown[] =>
  call.f === 'copy' ? (call.input as readonly unknown[]) : [written(call)];
const apart: Commuting = (a, b) => !touched(a).includes(written(b)) && !touched(b).includes(written(a));

it('what commutes is tried in one order, with the verdict of the search without the hint', () => {
  const told = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < 200; seed++) {
    const c = chance(seed);
    const inputs = { put: () => [c.int(3), 1 + c.int(9)], copy: () => [c.int(3), c.int(3)], take: () => c.int(3) };
    const call = () => {
      const f = c.pick(['put', 'copy', 'take', 'take'] as const);
      return { f, input: inputs[f]() };
    };
    const shape = { operations: 8, processes: 4, keys: ['x'], call, info: 0.1, fail: 0, damage: c.int(4), slow: 6 };
    const history = randomHistory(c, places() as never, shape) as unknown as History;
    const plain = linearizable(places()).check(history).type;
    const hinted = linearizable(places(apart)).check(history).type;
    if (hinted !== plain) expect.fail(`seed ${seed}: ${hinted} with the hint, ${plain} without`);
    const wrong = linearizable(places((a, b) => a.f !== b.f)).check(history);
    if (wrong.type === 'unknown')
      expect(wrong.reason).toMatch(/^the model places says that .* commute, and in .* their order/);
    told[plain]++;
    told.unknown += wrong.type === 'unknown' ? 1 : 0;
  }
  expect(Math.min(...Object.values(told)), JSON.stringify(told)).toBeGreaterThan(15);
});

/** Who likes a page. */
const likes = (commutes?: Commuting): Model<Api, readonly number[]> => ({
  name: 'likes',
  init: [],
  step: {
    like: (users: readonly number[], user: number) => [[...new Set([...users, user])].sort(), null],
    count: (users: readonly number[]) => [users, users.length],
  } as never,
  observes: ['count'],
  readOnly: (f) => f === 'count',
  ...(commutes ? { commutes } : {}),
});

it('many at once take as many steps as there are of them, and not as there are selections', () => {
  const open = 24;
  const both: Commuting = (a, b) => a.f === 'like' && b.f === 'like';
  const operation = (process: number, f: string, start: number, end: number, output: unknown): Operation =>
    ({ process, f, input: process, outcome: { type: 'ok', output }, start, end, startNs: start, endNs: end }) as never;
  const all = Array.from({ length: open }, (_, user) => operation(user, 'like', user, 100 + user, null));
  const history = (counted: number): History =>
    historyOf([...all, operation(open, 'count', 200, 201, counted)]) as History;
  const check = (hint: Commuting | undefined, counted: number): string =>
    linearizable(likes(hint), { maxSteps: 2000 }).check(history(counted)).type;
  expect(check(both, open)).toBe('valid');
  expect(check(both, open - 1)).toBe('invalid');
  expect(check(undefined, open - 1)).toBe('unknown');
});
