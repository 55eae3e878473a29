/** Queues, stacks, sets and locks. */
import { mutex } from '../models/mutex.ts';
import { priorityQueue } from '../models/priority-queue.ts';
import { queue } from '../models/queue.ts';
import { semaphore } from '../models/semaphore.ts';
import { set } from '../models/set.ts';
import { stack } from '../models/stack.ts';
import { elementSet } from '../monitors/element-set.ts';
import { fencingTokens } from '../monitors/fencing-tokens.ts';
import { finalSet } from '../monitors/final-set.ts';
import { growOnlySet } from '../monitors/grow-only-set.ts';
import { leaseLock } from '../monitors/lease-lock.ts';
import { mutualExclusion, semaphoreOf } from '../monitors/locks.ts';
import type { MonitorOptions } from '../monitors/monitor.ts';
import { largestFirst } from '../monitors/priority-queue.ts';
import { fifoQueue } from '../monitors/queue.ts';
import { setFull } from '../monitors/set-full.ts';
import { lifoStack } from '../monitors/stack.ts';
import { totalQueue } from '../monitors/total-queue.ts';
import { unorderedQueue } from '../monitors/unordered-queue.ts';
import { type Assumptions, type Datatype, datatype } from './datatype.ts';
import { answered, has, only } from './detection.ts';
import { all, anyApi, interleaved, monitored, own } from './models.ts';
import { unknownAtNull } from './null-reads.ts';
import { each, withPrelude } from './prelude.ts';
import { ANYTHING, COUNT, isMap, LIST, NUMBER, orNull, type Shape, TRUTH, VALUE, versioned } from './shape.ts';

/** A set that only grows, of which no failure is an observation. */
const { refuses: _, ...growing } = set;
const growingMonitor = (options: MonitorOptions) => growOnlySet(options, growing);

/** The models of a set that only grows, of which a read of null shows nothing that a set can show. */
const growingModels = unknownAtNull('read', {
  linearizable: monitored(growingMonitor, growing),
  sequential: interleaved(growing),
});

/** How many may hold a semaphore: its initial value. */
function permits({ initial }: Assumptions): number {
  return typeof initial === 'number' ? initial : 1;
}

/** How long a lease lasts whose operations do not say: for ever. */
const LEASE = { ttlMs: Number.MAX_SAFE_INTEGER };

const QUEUE = {
  enqueue: { takes: ANYTHING },
  dequeue: { returns: ANYTHING, inRuns: VALUE, refusal: 'empty' },
} satisfies Datatype['functions'];
const GROWING = {
  add: { takes: ANYTHING },
  read: { returns: orNull(versioned(LIST)), inRuns: LIST },
} satisfies Datatype['functions'];
const LOCK = {
  acquire: { takes: ANYTHING, refusal: 'held' },
  release: { takes: ANYTHING },
} satisfies Datatype['functions'];
/** The output of a lease: a fencing token, alone or in a map, which may have other members and lack the token. */
const TOKEN: Shape = orNull({
  says: 'a number or { token: a number }',
  fits: (value) => NUMBER.fits(value) || (isMap(value) && (value.token === undefined || NUMBER.fits(value.token))),
});

/** The datatypes of queues, stacks, sets and locks. */
export const collections = [
  datatype({
    name: 'total-queue',
    says: 'queues of which everything comes out once, in any order: enqueue, dequeue, drain',
    functions: {
      enqueue: { takes: ANYTHING },
      dequeue: { returns: ANYTHING, inRuns: VALUE },
      drain: { returns: LIST },
    },
    detect: (history) => only(history, 'enqueue', 'dequeue', 'drain') && has(history, 'drain'),
    model: 'total-queue',
    realTime: [],
    models: { 'total-queue': own(totalQueue) },
  }),
  datatype({
    name: 'queue',
    says: 'first-in-first-out queues by key: enqueue, dequeue',
    aliases: ['fifo-queue'],
    functions: QUEUE,
    initial: LIST,
    detect: (history) => only(history, 'enqueue', 'dequeue'),
    model: 'linearizable',
    realTime: ['linearizable'],
    implies: { linearizable: ['unordered-queue'] },
    models: {
      linearizable: monitored(fifoQueue, queue),
      sequential: interleaved(queue),
      ...withPrelude({ 'unordered-queue': own(unorderedQueue), 'total-queue': own(totalQueue) }, each('enqueue')),
    },
  }),
  datatype({
    name: 'unordered-queue',
    says: 'queues whose elements come out in any order: enqueue, dequeue',
    functions: QUEUE,
    initial: LIST,
    model: 'unordered-queue',
    realTime: [],
    models: withPrelude({ 'unordered-queue': own(unorderedQueue), 'total-queue': own(totalQueue) }, each('enqueue')),
  }),
  datatype({
    name: 'priority-queue',
    says: 'queues whose largest element comes out first: enqueue, dequeue',
    functions: { ...QUEUE, enqueue: { takes: NUMBER } },
    initial: LIST,
    model: 'linearizable',
    realTime: ['linearizable'],
    models: { linearizable: monitored(largestFirst, priorityQueue), sequential: interleaved(priorityQueue) },
  }),
  datatype({
    name: 'stack',
    says: 'stacks by key: push, pop',
    functions: { push: { takes: ANYTHING }, pop: { returns: ANYTHING, inRuns: VALUE, refusal: 'empty' } },
    initial: LIST,
    detect: (history) => only(history, 'push', 'pop'),
    model: 'linearizable',
    realTime: ['linearizable'],
    models: { linearizable: monitored(lifoStack, stack), sequential: interleaved(stack) },
  }),
  datatype({
    name: 'set',
    says: 'sets that only grow, judged by the last read: add, read',
    functions: GROWING,
    initial: LIST,
    detect: (history) => only(history, 'add', 'read') && answered(history, 'read', Array.isArray) < 2,
    heeds: ['nullReads'],
    model: 'set',
    realTime: ['linearizable'],
    models: {
      ...growingModels,
      ...withPrelude({ set: own(finalSet) }, each('add')),
    },
  }),
  datatype({
    name: 'set-full',
    says: 'sets that only grow, judged by the story of each element: add, read',
    functions: GROWING,
    detect: (history) => only(history, 'add', 'read'),
    heeds: ['nullReads'],
    model: 'set-full',
    realTime: ['linearizable'],
    models: {
      ...growingModels,
      'set-full': own(setFull),
    },
  }),
  datatype({
    name: 'lin-set',
    says: 'sets by key: add, remove, contains, read of the whole set',
    functions: {
      add: { takes: ANYTHING, refusal: 'present' },
      remove: { takes: ANYTHING, refusal: 'absent' },
      contains: { takes: ANYTHING, returns: TRUTH },
      read: { returns: orNull(LIST), inRuns: LIST },
    },
    initial: LIST,
    detect: (history) => only(history, 'add', 'remove', 'contains', 'read'),
    heeds: ['nullReads'],
    model: 'linearizable',
    realTime: ['linearizable'],
    models: unknownAtNull('read', { linearizable: linearizableSet, sequential: interleaved(set) }),
  }),
  datatype({
    name: 'mutex',
    says: 'locks of one holder by key: acquire, release',
    functions: LOCK,
    initial: TRUTH,
    detect: (history) => only(history, 'acquire', 'release'),
    model: 'linearizable',
    realTime: ['linearizable'],
    models: { linearizable: monitored(mutualExclusion, mutex), sequential: interleaved(mutex) },
  }),
  datatype({
    name: 'semaphore',
    says: 'locks of several holders (the initial value says how many): acquire, release',
    functions: LOCK,
    initial: COUNT,
    model: 'linearizable',
    realTime: ['linearizable'],
    models: {
      linearizable: (assumptions) => {
        const count = permits(assumptions);
        const { initial: _, ...rest } = assumptions;
        return monitored((options) => semaphoreOf(count, options), semaphore(count))(rest);
      },
      sequential: ({ initial, ...rest }) => interleaved(semaphore(permits({ initial })))(rest),
    },
  }),
  datatype({
    name: 'lease-lock',
    says: 'locks that expire, with fencing tokens: acquire, renew, release, and what the guarded resource accepts',
    functions: {
      acquire: { takes: ANYTHING, returns: TOKEN, updates: true },
      renew: { takes: ANYTHING, returns: TOKEN, updates: true },
      release: { takes: ANYTHING },
      // What the guarded resource held, or what was replaced there: for checkers of what the lock is for.
      write: { takes: ANYTHING, returns: ANYTHING, updates: true },
      append: { takes: ANYTHING, returns: ANYTHING, updates: true },
      use: { takes: ANYTHING, returns: ANYTHING, updates: true },
    },
    model: 'lease-lock',
    realTime: [],
    implies: { 'lease-lock': ['fencing-tokens'] },
    models: {
      'lease-lock': () => all('lease-lock', anyApi(leaseLock(LEASE)), fencingTokens()),
      'fencing-tokens': own(fencingTokens),
    },
  }),
] as const;

/**
 * Two monitors share the work: one knows reads of the whole set,
 * the other removals and questions about single elements.
 */
function linearizableSet(assumptions: Assumptions): ReturnType<Datatype['models'][string]> {
  const grows = monitored(growOnlySet, set)(assumptions);
  const shrinks = monitored(elementSet, set)(assumptions);
  return {
    name: 'linearizable',
    check: (history) => (only(history, 'add', 'read') ? grows : shrinks).check(history),
  };
}
