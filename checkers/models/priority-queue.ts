import type { Model } from '../model.ts';

/**
 * A priority queue of numbers: `dequeue` takes the largest, and returns
 * `null`, or fails with the error `empty`, where there is none.
 */
export type PriorityQueue = {
  enqueue(value: number): null;
  dequeue(input: null): number | null;
};

/** The priority queue's sequential specification; the state is what waits, in ascending order. */
export const priorityQueue: Model<PriorityQueue, readonly number[]> = {
  name: 'priority-queue',
  init: [],
  step: {
    enqueue: (waiting, value) => [[...waiting, value].sort((a, b) => a - b), null],
    dequeue: (waiting) => [waiting.slice(0, -1), waiting.at(-1) ?? null],
  },
  refuses: { dequeue: { empty: (waiting) => waiting.length === 0 } },
  observes: ['dequeue'],
};
