/** Queues, stacks, sets and locks. */
import { mutex } from '../models/mutex.ts';
import { priorityQueue } from '../models/priority-queue.ts';
import { queue } from '../models/queue.ts';
import { semaphore } from '../models/semaphore.ts';
import { set } from '../models/set.ts';
import { stack } from '../models/stack.ts';
import { elementSet } from '../monitors/element-set.ts';
import { finalSet } from '../monitors/final-set.ts';
import { growOnlySet } from '../monitors/grow-only-set.ts';
import { fencingTokens, leaseLock } from '../monitors/lease-lock.ts';
import { mutualExclusion, semaphoreOf } from '../monitors/locks.ts';
import { largestFirst } from '../monitors/priority-queue.ts';
import { fifoQueue } from '../monitors/queue.ts';
import { setFull } from '../monitors/set-full.ts';
import { lifoStack } from '../monitors/stack.ts';
import { totalQueue } from '../monitors/total-queue.ts';
import { unorderedQueue } from '../monitors/unordered-queue.ts';
import type { Assumptions, Datatype } from './datatype.ts';
import { all, anyApi, interleaved, monitored, own } from './models.ts';
import { answered, has, only } from './shapes.ts';
import { unwanted, wantsOfDrains, wantsOfNumbers, wantsOfSets } from './wants.ts';

/** How many may hold a semaphore: its initial value. */
function permits({ initial }: Assumptions): number {
  return typeof initial === 'number' ? initial : 1;
}

/** How long a lease lasts whose operations do not say: for ever. */
const LEASE = { ttlMs: Number.MAX_SAFE_INTEGER };

export const collections: readonly Datatype[] = [
  {
    name: 'total-queue',
    says: 'queues of which everything comes out once, in any order: enqueue, dequeue, drain',
    functions: ['enqueue', 'dequeue', 'drain'],
    wrong: (history) => unwanted(history, wantsOfDrains),
    detect: (history) => only(history, 'enqueue', 'dequeue', 'drain') && has(history, 'drain'),
    model: 'total-queue',
    models: { 'total-queue': own(totalQueue) },
  },
  {
    name: 'queue',
    says: 'first-in-first-out queues by key: enqueue, dequeue',
    aliases: ['fifo-queue'],
    functions: ['enqueue', 'dequeue'],
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    detect: (history) => only(history, 'enqueue', 'dequeue'),
    model: 'linearizable',
    implies: { linearizable: ['unordered-queue'] },
    models: {
      linearizable: monitored(fifoQueue, queue),
      sequential: interleaved(queue),
      'unordered-queue': own(unorderedQueue),
      'total-queue': own(totalQueue),
    },
  },
  {
    name: 'unordered-queue',
    says: 'queues whose elements come out in any order: enqueue, dequeue',
    functions: ['enqueue', 'dequeue'],
    model: 'unordered-queue',
    models: { 'unordered-queue': own(unorderedQueue), 'total-queue': own(totalQueue) },
  },
  {
    name: 'priority-queue',
    says: 'queues whose largest element comes out first: enqueue, dequeue',
    functions: ['enqueue', 'dequeue'],
    wrong: (history) => unwanted(history, wantsOfNumbers),
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    model: 'linearizable',
    models: { linearizable: monitored(largestFirst, priorityQueue), sequential: interleaved(priorityQueue) },
  },
  {
    name: 'stack',
    says: 'stacks by key: push, pop',
    functions: ['push', 'pop'],
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    detect: (history) => only(history, 'push', 'pop'),
    model: 'linearizable',
    models: { linearizable: monitored(lifoStack, stack), sequential: interleaved(stack) },
  },
  {
    name: 'set',
    says: 'sets that only grow, judged by the last read: add, read',
    functions: ['add', 'read'],
    wrong: (history) => unwanted(history, wantsOfSets),
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    detect: (history) => only(history, 'add', 'read') && answered(history, 'read', Array.isArray) < 2,
    model: 'set',
    models: { linearizable: monitored(growOnlySet, set), sequential: interleaved(set), set: own(finalSet) },
  },
  {
    name: 'set-full',
    says: 'sets that only grow, judged by the story of each element: add, read',
    functions: ['add', 'read'],
    wrong: (history) => unwanted(history, wantsOfSets),
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    detect: (history) => only(history, 'add', 'read'),
    model: 'set-full',
    models: {
      linearizable: monitored(growOnlySet, set),
      sequential: interleaved(set),
      'set-full': own(setFull),
    },
  },
  {
    name: 'lin-set',
    says: 'sets by key: add, remove, contains, read of the whole set',
    functions: ['add', 'remove', 'contains', 'read'],
    wrong: (history) => unwanted(history, wantsOfSets),
    initially: (initial) => (Array.isArray(initial) ? undefined : 'a list'),
    detect: (history) => only(history, 'add', 'remove', 'contains', 'read'),
    model: 'linearizable',
    models: { linearizable: linearizableSet, sequential: interleaved(set) },
  },
  {
    name: 'mutex',
    says: 'locks of one holder by key: acquire, release',
    functions: ['acquire', 'release'],
    initially: (initial) => (typeof initial === 'boolean' ? undefined : 'true or false'),
    detect: (history) => only(history, 'acquire', 'release'),
    model: 'linearizable',
    models: { linearizable: monitored(mutualExclusion, mutex), sequential: interleaved(mutex) },
  },
  {
    name: 'semaphore',
    says: 'locks of several holders (the initial value says how many): acquire, release',
    functions: ['acquire', 'release'],
    initially: (initial) =>
      Number.isInteger(initial) && (initial as number) > 0 ? undefined : 'a whole number above 0',
    model: 'linearizable',
    models: {
      linearizable: (assumptions) => {
        const count = permits(assumptions);
        const { initial: _, ...rest } = assumptions;
        return monitored((options) => semaphoreOf(count, options), semaphore(count))(rest);
      },
      sequential: ({ initial, ...rest }) => interleaved(semaphore(permits({ initial })))(rest),
    },
  },
  {
    name: 'lease-lock',
    says: 'locks that expire, with fencing tokens: acquire, renew, release, and what the guarded resource accepts',
    functions: ['acquire', 'renew', 'release', 'write', 'append', 'use'],
    model: 'lease-lock',
    models: {
      'lease-lock': () => all('lease-lock', anyApi(leaseLock(LEASE)), fencingTokens()),
      'fencing-tokens': own(fencingTokens),
    },
  },
];

/** Two monitors share the work: one knows reads of the whole set, the other removals and questions about single elements. */
function linearizableSet(assumptions: Assumptions): ReturnType<Datatype['models'][string]> {
  const grows = monitored(growOnlySet, set)(assumptions);
  const shrinks = monitored(elementSet, set)(assumptions);
  return {
    name: 'linearizable',
    check: (history) => (only(history, 'add', 'read') ? grows : shrinks).check(history),
  };
}
