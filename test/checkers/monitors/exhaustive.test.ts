/** All tiny histories: they cover what random ones miss, such as ties and the first and last events. */
import {
  type Api,
  type Checker,
  cache,
  counter,
  counterMonitor,
  elementSet,
  fifoQueue,
  growOnlySet,
  historyOf,
  largestFirst,
  lifoStack,
  type Model,
  mutex,
  mutualExclusion,
  NEVER,
  type Operation,
  priorityQueue,
  queue,
  set,
  stack,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { linearizableByDefinition } from './brute.ts';

/** An operation without its times: its input and its output. */
type Asked = readonly [f: string, input: unknown, output: unknown];

/**
 * All ways to put n operations into time: each begins before
 * it ends, and all events are distinct. Operations begin in order.
 */
function intervals(n: number): readonly (readonly (readonly [number, number])[])[] {
  const all: (readonly [number, number])[][] = [];
  const extend = (time: number, begun: number, ends: readonly number[], starts: readonly number[]): void => {
    if (time === 2 * n) {
      all.push(starts.map((start, i) => [start, ends[i] as number] as const));
      return;
    }
    if (begun < n) extend(time + 1, begun + 1, [...ends, -1], [...starts, time]);
    ends.forEach((end, i) => {
      if (end < 0) extend(time + 1, begun, ends.with(i, time), starts);
    });
  };
  extend(0, 0, [], []);
  return all;
}

/** Every sequence of n of these operations, in every arrangement in time, with every one of them crashed or none. */
function everyHistory(
  n: number,
  asked: readonly Asked[],
  distinct: (asked: readonly Asked[]) => boolean,
  see: (history: ReturnType<typeof historyOf>) => void,
): void {
  const times = intervals(n);
  const choose = (chosen: readonly Asked[]): void => {
    if (chosen.length < n) {
      for (const one of asked) choose([...chosen, one]);
      return;
    }
    if (!distinct(chosen)) return;
    for (const spans of times) {
      for (let crashed = -1; crashed < n; crashed++) {
        see(
          historyOf(
            chosen.map(([f, input, output], i) => {
              const [start, end] = spans[i] as readonly [number, number];
              const info = i === crashed;
              const outcome = info ? { type: 'info', error: 'crashed' } : { type: 'ok', output };
              const ended = info ? NEVER : end;
              return {
                process: i,
                f,
                input,
                outcome,
                start,
                end: ended,
                startNs: start,
                endNs: ended,
              } as unknown as Operation;
            }),
          ),
        );
      }
    }
  };
  choose([]);
}

function agrees<S>(
  n: number,
  model: Model<never, S>,
  checker: unknown,
  asked: readonly Asked[],
  adds = '',
): { valid: number; invalid: number } {
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  const once = (chosen: readonly Asked[]): boolean => {
    // Of four operations, each once: two values that go in and come out.
    const added = n > 3 ? chosen : chosen.filter(([f]) => f === adds).map(([, input]) => input);
    return new Set(added).size === added.length;
  };
  everyHistory(n, asked, once, (history) => {
    const verdict = (checker as Checker).check(history);
    seen[verdict.type]++;
    const expected = linearizableByDefinition(history, model as unknown as Model<Api, S>) ? 'valid' : 'invalid';
    if (verdict.type !== expected) expect({ verdict, history: [...history] }).toBe(expected);
  });
  expect(seen.unknown).toBe(0);
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(20);
  return seen;
}

const container = (add: string, remove: string): readonly Asked[] => [
  [add, 1, null],
  [add, 2, null],
  [remove, null, 1],
  [remove, null, 2],
  [remove, null, null],
];

test('every queue history of three operations is judged as by definition', () => {
  agrees(3, queue as never, fifoQueue({ certificate: true }), container('enqueue', 'dequeue'), 'enqueue');
});

test('every queue history of two values in and out is judged as by definition', () => {
  agrees(4, queue as never, fifoQueue({ certificate: true }), container('enqueue', 'dequeue').slice(0, 4), 'enqueue');
});

test('every stack history of three operations is judged as by definition', () => {
  agrees(3, stack as never, lifoStack({ certificate: true }), container('push', 'pop'), 'push');
});

test('every stack history of two values in and out is judged as by definition', () => {
  agrees(4, stack as never, lifoStack({ certificate: true }), container('push', 'pop').slice(0, 4), 'push');
});

test('every priority queue history of three operations is judged as by definition', () => {
  agrees(3, priorityQueue as never, largestFirst({ certificate: true }), container('enqueue', 'dequeue'), 'enqueue');
});

test('every counter history of three operations is judged as by definition', () => {
  agrees(3, counter as never, counterMonitor({ certificate: true }), [
    ['add', 1, null],
    ['read', null, 0],
    ['read', null, 1],
    ['read', null, 2],
  ]);
});

test('every grow-only set history of three operations is judged as by definition', () => {
  agrees(3, set as never, growOnlySet({ certificate: true }), [
    ['add', 1, null],
    ['add', 2, null],
    ['read', null, []],
    ['read', null, [1]],
    ['read', null, [2]],
    ['read', null, [1, 2]],
  ]);
});

test('every set history of three operations on one element is judged as by definition', () => {
  agrees(3, set as never, elementSet(), [
    ['add', 1, null],
    ['remove', 1, null],
    ['contains', 1, true],
    ['contains', 1, false],
  ]);
});

test('every lock history of three operations is judged as by definition', () => {
  agrees(3, mutex as never, mutualExclusion(), [
    ['acquire', null, null],
    ['release', null, null],
  ]);
});

test('every cache history of three operations is judged as by definition', () => {
  const forgetful = {
    name: 'cache',
    init: null,
    step: {
      get: (held: unknown) => [held, held],
      set: (_: unknown, value: unknown) => [value, null],
      invalidate: () => [null, null],
    },
    same: (f: string, expected: unknown, observed: unknown) =>
      f !== 'get' || observed === null || observed === expected,
  };
  agrees(
    3,
    forgetful as never,
    cache(),
    [
      ['set', 1, null],
      ['set', 2, null],
      ['invalidate', null, null],
      ['get', null, 1],
      ['get', null, 2],
      ['get', null, null],
    ],
    'set',
  );
});
