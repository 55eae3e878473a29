import type { Model } from '../model.ts';
import type { Value } from './register.ts';

/**
 * A queue: `dequeue` takes the element that waited longest, and returns
 * `null`, or fails with the error `empty`, where there is none.
 */
export type Queue = {
  enqueue(value: Value): null;
  dequeue(input: null): Value;
};

/** The first-in-first-out queue's specification; the state is what waits, the oldest first. */
export const queue: Model<Queue, readonly Value[]> = {
  name: 'queue',
  init: [],
  step: {
    enqueue: (waiting, value) => [[...waiting, value], null],
    dequeue: (waiting) => [waiting.slice(1), waiting[0] ?? null],
  },
  refuses: { dequeue: { empty: (waiting) => waiting.length === 0 } },
  observes: ['dequeue'],
};
