import {
  type DrainableQueue,
  FAIL,
  fifoQueue,
  type History,
  largestFirst,
  lifoStack,
  NEVER,
  OK,
  priorityQueue,
  type Queue,
  queue,
  type Stack,
  stack,
  totalQueue,
  totalQueueReport,
  unorderedQueue,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement, type Trial } from './agreement.ts';
import { below, made, op } from './random.ts';

function trial(seed: number, add: string, remove: string): Trial {
  const unique = (i: number): number => (i * 7) % 31;
  return {
    seed,
    call: (draw, i) => (draw() < 0.55 ? { f: add, input: unique(i) } : { f: remove, input: null }),
    liars: [remove],
    lie: (draw) => (draw() < 0.2 ? null : unique(below(draw, 8))),
  };
}

test('the queue monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(queue, fifoQueue({ certificate: true }), { ...trial(1, 'enqueue', 'dequeue'), certified: true });
});

test('the stack monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(stack, lifoStack({ certificate: true }), { ...trial(2, 'push', 'pop'), certified: true });
});

test('the priority queue monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(priorityQueue, largestFirst({ certificate: true }), {
    ...trial(3, 'enqueue', 'dequeue'),
    certified: true,
  });
});

/** By definition: some order in which each removal takes something that is inside, or finds nothing inside. */
function bagByDefinition(history: History): boolean {
  const { columns } = history;
  const rows = [...Array(history.length).keys()].filter((row) => columns.type[row] !== FAIL);
  const adds = (row: number): boolean => columns.fNames[columns.f[row] as number] === 'enqueue';
  const explore = (left: readonly number[], bag: readonly unknown[]): boolean => {
    const due = Math.min(...left.map((row) => (columns.type[row] === OK ? (columns.end[row] as number) : NEVER)));
    if (due >= NEVER) return true;
    return left.some((row) => {
      if ((columns.start[row] as number) > due) return false;
      const others = left.filter((other) => other !== row);
      if (adds(row)) return explore(others, [...bag, columns.input[row]]);
      const takes = columns.type[row] === OK ? [columns.output[row]] : [...bag, null];
      return takes.some((value) => {
        if (value === null) return bag.length === 0 && explore(others, bag);
        const at = bag.indexOf(value);
        return at >= 0 && explore(others, bag.toSpliced(at, 1));
      });
    });
  };
  return explore(rows, []);
}

test('the unordered queue monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(queue, unorderedQueue(), {
    ...trial(4, 'enqueue', 'dequeue'),
    call: (draw, i) => (draw() < 0.55 ? { f: 'enqueue', input: i % 5 } : { f: 'dequeue', input: null }),
    lie: (draw) => (draw() < 0.2 ? null : below(draw, 6)),
    unknown: 1000,
    truth: (history) => bagByDefinition(history),
  });
});

test('a queue that delivers in the wrong order is shown with the two values', () => {
  const history = made<Queue>(
    op(0, 'enqueue', 'a', null, 0, 1),
    op(0, 'enqueue', 'b', null, 2, 3),
    op(1, 'dequeue', null, 'b', 4, 5),
    op(1, 'dequeue', null, 'a', 6, 7),
    op(0, 'enqueue', 'c', null, 8, 9),
  );
  const verdict = fifoQueue().check(history);
  expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'reordered', operations: [0, 2, 4, 6] }] });
});

test('a stack counterexample leaves out the values that do not matter', () => {
  const history = made<Stack>(
    op(0, 'push', 'a', null, 0, 1),
    op(0, 'push', 'b', null, 2, 3),
    op(0, 'push', 'c', null, 4, 5),
    op(1, 'pop', null, 'c', 6, 7),
    op(1, 'pop', null, 'a', 8, 9),
    op(1, 'pop', null, 'b', 10, 11),
  );
  const verdict = lifoStack().check(history);
  expect(verdict).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'not-last-in-first-out', operations: [0, 2, 8, 10] }],
  });
});

test('a missing value is lost only where the queue was seen empty after it was in', () => {
  const enqueued = op(0, 'enqueue', 'a', null, 0, 1);
  expect(totalQueue().check(made<DrainableQueue>(enqueued))).toMatchObject({ type: 'unknown' });
  const drained = made<DrainableQueue>(enqueued, op(1, 'drain', null, [], 2, 3));
  expect(totalQueue().check(drained)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'lost', operations: [0, 2] }],
  });
  const swallowed = made<DrainableQueue>(
    enqueued,
    op(2, 'dequeue', null, null, 2, 'info'),
    op(1, 'drain', null, [], 3, 4),
  );
  expect(totalQueue().check(swallowed)).toMatchObject({ type: 'valid' });
});

test('a value that comes out twice is a duplicate unless delivery is at least once', () => {
  const history = made<DrainableQueue>(
    op(0, 'enqueue', 'a', null, 0, 'info'),
    op(1, 'dequeue', null, 'a', 1, 2),
    op(1, 'dequeue', null, 'a', 3, 4),
  );
  expect(totalQueue().check(history)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'duplicate' }] });
  expect(totalQueue({ delivery: 'at-least-once' }).check(history)).toMatchObject({ type: 'valid' });
  expect(totalQueueReport(history)).toMatchObject({ attempted: 1, duplicated: ['a'], recovered: ['a'] });
});
