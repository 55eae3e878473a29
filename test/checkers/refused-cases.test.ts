/** Failures that are observations, as files have them and as a model of one's own declares them. */
import {
  type Anomaly,
  datatypes,
  historyOf,
  type Judgement,
  judge,
  linearizable,
  type Model,
  NEVER,
  type Operation,
  readHistory,
  sequentialObjects,
} from 'elle-ts';
import { describe, expect, it, test } from 'vitest';

type Line = readonly [process: number, type: string, f: string, value: unknown, error?: string];

const ASKS_NOTHING = new Set(['read', 'dequeue', 'acquire', 'release']);

/** A history whose operations follow each other, each of two lines. */
function said(type: string, operations: readonly Line[], model?: string): Judgement {
  const text = operations.flatMap(([process, ended, f, value, error], i) => [
    { index: 2 * i, time: 2 * i, process, type: 'invoke', f, value: ASKS_NOTHING.has(f) ? null : value },
    { index: 2 * i + 1, time: 2 * i + 1, process, type: ended, f, value, ...(error === undefined ? {} : { error }) },
  ]);
  const { history } = readHistory(text.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return judge(history, { type, ...(model === undefined ? {} : { model }) });
}

const swapThatMatched: readonly Line[] = [
  [0, 'ok', 'write', 1],
  [0, 'fail', 'cas', [1, 2], 'mismatch'],
];

describe('a refusal', () => {
  it.each<[what: string, type: string, operations: readonly Line[], linearizable: boolean, sequential?: boolean]>([
    ['of a swap that would have matched', 'cas-register', swapThatMatched, false],
    [
      'of a swap that did not match',
      'cas-register',
      [
        [0, 'ok', 'write', 1],
        [0, 'ok', 'write', 2],
        [1, 'fail', 'cas', [1, 3], 'mismatch'],
      ],
      true,
    ],
    [
      'of a swap without a reason',
      'cas-register',
      [
        [0, 'ok', 'write', 1],
        [1, 'fail', 'cas', [1, 2]],
      ],
      true,
    ],
    ['of the initial value', 'cas-register', [[0, 'fail', 'cas', [null, 2], 'mismatch']], false],
    [
      'where a write that never returned may have been first',
      'cas-register',
      [
        [0, 'info', 'write', 7],
        [1, 'fail', 'cas', [null, 2], 'mismatch'],
      ],
      true,
    ],
    [
      'of a dequeue from a queue that was empty',
      'queue',
      [
        [0, 'ok', 'enqueue', 1],
        [1, 'ok', 'dequeue', 1],
        [1, 'fail', 'dequeue', null, 'empty'],
      ],
      true,
    ],
    [
      'of a dequeue from a queue that was not',
      'queue',
      [
        [0, 'ok', 'enqueue', 1],
        [1, 'fail', 'dequeue', null, 'empty'],
        [1, 'ok', 'dequeue', 1],
      ],
      false,
      true,
    ],
    ['of a free lock', 'mutex', [[0, 'ok', 'acquire', false]], false],
    [
      'of a held lock',
      'mutex',
      [
        [0, 'ok', 'acquire', true],
        [1, 'ok', 'acquire', false],
        [1, 'ok', 'release', false],
      ],
      true,
    ],
    [
      'of an element that is not there',
      'lin-set',
      [
        [0, 'ok', 'add', 1],
        [0, 'ok', 'remove', 1],
        [0, 'fail', 'add', 1, 'present'],
      ],
      false,
    ],
    [
      'of removing what is there',
      'lin-set',
      [
        [0, 'ok', 'add', 1],
        [1, 'fail', 'remove', 1, 'absent'],
      ],
      false,
      true,
    ],
    [
      'is none in a set that only grows',
      'set',
      [
        [0, 'fail', 'add', 1, 'present'],
        [0, 'ok', 'read', []],
      ],
      true,
    ],
  ])('%s', (_, type, operations, valid, inSessions = valid) => {
    expect(said(type, operations, 'linearizable').valid).toBe(valid);
    expect(said(type, operations, 'sequential').valid).toBe(inSessions);
  });

  it('is left out by the models that do not judge it, which say so', () => {
    const causal = said('register', swapThatMatched, 'causal');
    expect(causal.valid).toBe(true);
    expect(causal.notes).toEqual(['1 failed operation that is an observation (cas: mismatch) was not used for causal']);
    expect(said('register', swapThatMatched, 'linearizable').notes).toBeUndefined();
    const all = said('register', swapThatMatched);
    expect(all.models).toMatchObject({ linearizable: false, sequential: false, causal: true });
    expect(all.notes?.[0]).toMatch(/not used for causal/);
  });

  it.each(['linearizable', 'sequential'])('is named with what it found: %s', (model) => {
    const [anomaly] = said('register', swapThatMatched, model).anomalies as [Anomaly];
    expect(anomaly.message).toContain("process 0's cas([1,2]) found another value than 1 (failed with mismatch)");
    expect(anomaly.operations).toEqual([0, 2]);
  });
});

/** A door that opens once it is unlocked: a model of a user, which says what its refusals mean. */
type Door = { unlock(input: null): string; open(input: null): null };
const door: Model<Door, boolean> = {
  name: 'door',
  init: false,
  step: { unlock: () => [true, 'click'], open: (unlocked) => [unlocked, null] },
  refuses: { open: { locked: (unlocked) => !unlocked } },
  observes: ['unlock'],
};

test('a model of one’s own declares which of its failures are observations', () => {
  const operation = (process: number, f: string, start: number, end: number, outcome: object): Operation =>
    ({ process, f, input: null, start, end, startNs: start, endNs: end, outcome }) as unknown as Operation;
  const unlocked = operation(0, 'unlock', 0, 1, { type: 'ok', output: 'click' });
  const refused = (start: number, end: number, error: string) =>
    operation(1, 'open', start, end, { type: 'fail', error });
  const verdicts = (...operations: Operation[]): string[] =>
    [linearizable(door), sequentialObjects(door)].map((checker) => checker.check(historyOf(operations) as never).type);
  expect(verdicts(unlocked, refused(2, 3, 'locked'))).toEqual(['invalid', 'valid']);
  expect(verdicts(unlocked, { ...refused(2, 3, 'locked'), process: 0 })).toEqual(['invalid', 'invalid']);
  expect(verdicts({ ...unlocked, start: 1, end: 3 }, refused(0, 2, 'locked'))).toEqual(['valid', 'valid']);
  expect(verdicts(unlocked, refused(2, 3, 'no hands'))).toEqual(['valid', 'valid']);
  // The name of something that every object has is no refusal.
  expect(verdicts(unlocked, refused(2, 3, 'constructor'))).toEqual(['valid', 'valid']);
  expect(
    verdicts({ ...unlocked, outcome: { type: 'info', error: 'timeout' }, end: NEVER }, refused(2, 3, 'locked')),
  ).toEqual(['valid', 'valid']);
});

test('datatypes and their models agree on what a failure tells', () => {
  const telling = datatypes.flatMap(({ name, functions, models }) =>
    Object.entries(functions).flatMap(([f, { refusal }]) =>
      refusal && 'linearizable' in models ? [[name, f, refusal]] : [],
    ),
  );
  expect(telling).toEqual([
    ['register', 'cas', 'mismatch'],
    ['queue', 'dequeue', 'empty'],
    ['priority-queue', 'dequeue', 'empty'],
    ['stack', 'pop', 'empty'],
    ['lin-set', 'add', 'present'],
    ['lin-set', 'remove', 'absent'],
    ['mutex', 'acquire', 'held'],
    ['semaphore', 'acquire', 'held'],
  ]);
  // At first each observation is wrong, except those that need an empty object.
  for (const [type, f, refusal] of telling) {
    const right = refusal === 'empty' || refusal === 'absent';
    const swap = f === 'cas' ? [null, 1] : f === 'acquire' ? null : 1;
    for (const model of ['linearizable', 'sequential'])
      expect([
        type,
        model,
        said(type as string, [[0, 'fail', f as string, swap, refusal as string]], model).valid,
      ]).toEqual([type, model, right]);
  }
});
