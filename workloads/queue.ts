/** Puts unique elements into queues and takes them out: in order, once each. */
import { type Call, type Checker, fifoQueue, lostFromQueue, type Queue, unorderedQueue } from 'elle-ts';
import { callTimes } from './call-times.ts';
import { registerKeys } from './register.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Queue>[] {
  const keys = registerKeys(options.keys);
  return callTimes(draw, options).map((slot) => {
    const key = keys[Math.min(keys.length - 1, Math.floor(draw('key') * keys.length))]!;
    return { ...slot, key, input: slot.f === 'enqueue' ? slot.id : null } as PlannedCall<Queue>;
  });
}

/** The monitor knows first-in-first-out queues exactly, and is linearizability of theirs. */
const linearizableQueue: Checker<Queue> = { ...fifoQueue(), name: 'linearizable' };

export const queueWorkload: Workload<Queue> = {
  name: 'queue',
  datatype: 'queue',
  mix: { enqueue: 1, dequeue: 1 },
  calls,
  // What is left is taken out a few elements at a time, by every node.
  final: (keys) =>
    keys.flatMap((key) => Array.from({ length: 2 }, (): Call<Queue> => ({ f: 'dequeue', key, input: null }))),
  finalOnce: true,
  checkers: [linearizableQueue, unorderedQueue(), lostFromQueue()],
};
