/** Wrong verdicts that other tools give, or that we gave once. */
import {
  counterMonitor,
  type DrainableQueue,
  type ForkRegisters,
  fencingTokens,
  judge,
  longFork,
  queue,
  sequentialObjects,
  totalQueue,
} from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { made, op } from './random.ts';

test('a counter that goes back within its bounds is caught, which bounds alone do not', () => {
  const history = made(op(0, 'add', 1, null, 0, 9), op(1, 'read', null, 1, 1, 2), op(1, 'read', null, 0, 3, 4));
  expect(counterMonitor().check(history as never)).toMatchObject({ type: 'invalid' });
});

describe('a queue that everything comes out of once', () => {
  const put = [op(0, 'enqueue', 1, null, 0, 1), op(0, 'enqueue', 2, null, 2, 3)];

  test('has lost nothing for certain before it was emptied', () => {
    expect(totalQueue().check(made<DrainableQueue>(...put))).toMatchObject({ type: 'unknown' });
    const emptied = made<DrainableQueue>(...put, op(1, 'drain', null, [1], 4, 5));
    expect(totalQueue().check(emptied)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'lost' }] });
  });

  test('is not known to be empty because a removal failed, whatever its error says', () => {
    const failed = op(1, 'dequeue', null, null, 4, 'fail');
    const history = made<DrainableQueue>(...put, { ...failed, outcome: { type: 'fail', error: 'empty' } } as never);
    expect(totalQueue().check(history)).toMatchObject({ type: 'unknown' });
  });

  test('names more values than removals crashed, and all of those', () => {
    const history = made<DrainableQueue>(
      ...put,
      op(1, 'dequeue', null, null, 4, 'info'),
      op(2, 'enqueue', 3, null, 5, 6),
      op(3, 'drain', null, [], 7, 8),
    );
    expect(totalQueue().check(history)).toMatchObject({
      type: 'invalid',
      anomalies: [{ name: 'lost', operations: [0, 2, 4, 7] }],
    });
  });

  test('gives out no second copy before anybody began to put it in', () => {
    const history = made<DrainableQueue>(
      op(0, 'enqueue', 1, null, 0, 1),
      op(1, 'drain', null, [1, 1], 2, 3),
      op(0, 'enqueue', 1, null, 4, 5),
    );
    expect(totalQueue().check(history)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'duplicate' }] });
    expect(totalQueue({ delivery: 'at-least-once' }).check(history)).toMatchObject({ type: 'valid' });
  });

  test('may have been emptied by a drain that never returned', () => {
    const history = made<DrainableQueue>(
      ...put,
      op(1, 'drain', null, null, 4, 'info'),
      op(2, 'dequeue', null, null, 5, 6),
    );
    expect(totalQueue().check(history)).toMatchObject({ type: 'valid' });
  });
});

test('transactions that see their own writes before those of others skew, but fork nothing', () => {
  const history = made<ForkRegisters>(
    op(
      0,
      'txn',
      [],
      [
        ['w', 'x', 1],
        ['r', 'x', 1],
        ['r', 'y', null],
      ],
      0,
      9,
    ),
    op(
      1,
      'txn',
      [],
      [
        ['w', 'y', 1],
        ['r', 'y', 1],
        ['r', 'x', null],
      ],
      1,
      8,
    ),
  );
  expect(longFork().check(history)).toMatchObject({ type: 'valid' });
});

test('numbers that are written to a guarded resource are no tokens', () => {
  const history = made(op(0, 'write', 7, null, 0, 1), op(0, 'write', 5, null, 2, 3));
  expect(fencingTokens().check(history)).toMatchObject({ type: 'valid' });
  const shown = made(op(0, 'use', 7, null, 0, 1), op(0, 'use', 5, null, 2, 3));
  expect(fencingTokens().check(shown)).toMatchObject({ type: 'invalid' });
});

test('a process that continues after an info is judged to its end', () => {
  const history = made(op(0, 'enqueue', 1, null, 0, 'info'), op(0, 'dequeue', null, 7, 2, 3));
  expect(sequentialObjects(queue).check(history as never)).toMatchObject({ type: 'invalid' });
  expect(judge(history as never, { model: 'sequential', certificate: true }).valid).toBe(false);
});
