/** Puts unique elements into queues and takes them out: in order, once each. */
import { type Call, type Checker, fifoQueue, lostFromQueue, type Queue, unorderedQueue } from 'elle-ts';
import { keyedCalls } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

/** The monitor knows first-in-first-out queues exactly, and is linearizability of theirs. */
const linearizableQueue: Checker<Queue> = { ...fifoQueue(), name: 'linearizable' };

export const queueWorkload: Workload<Queue> = {
  name: 'queue',
  datatype: 'queue',
  mix: { enqueue: 1, dequeue: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls: (draw, options) => keyedCalls(draw, options, ({ f, id }) => (f === 'enqueue' ? id : null)),
  // What is left is taken out a few elements at a time, by every node.
  final: (keys) =>
    keys.flatMap((key) => Array.from({ length: 2 }, (): Call<Queue> => ({ f: 'dequeue', key, input: null }))),
  finalOnce: true,
  checkers: [linearizableQueue, unorderedQueue(), lostFromQueue()],
};
