/** The datatypes that can be judged, in the order in which a history is tried against them. */
import type { Checker } from './checker.ts';
import type { Assumptions, Datatype } from './datatypes.ts';
import type { Api, History } from './history.ts';
import { linearizable } from './linearizable/linearizable.ts';
import type { Model } from './model.ts';
import { counter } from './models/counter.ts';
import { multiRegister } from './models/multi-register.ts';
import { mutex } from './models/mutex.ts';
import { priorityQueue } from './models/priority-queue.ts';
import { queue } from './models/queue.ts';
import { register } from './models/register.ts';
import { set } from './models/set.ts';
import { stack } from './models/stack.ts';
import { text } from './models/text.ts';

export const datatypes: readonly Datatype[] = [
  {
    name: 'register',
    says: 'registers by key: read, write, compare-and-set',
    aliases: ['cas-register', 'lin-kv'],
    functions: ['read', 'write', 'cas'],
    detect: (history) => only(history, 'read', 'write', 'cas'),
    model: 'linearizable',
    models: { linearizable: general(register) },
  },
  {
    name: 'kv',
    says: 'texts by key: get, put, append to the end',
    aliases: ['text'],
    functions: ['get', 'put', 'append'],
    detect: (history) => only(history, 'get', 'put', 'append'),
    model: 'linearizable',
    models: { linearizable: general(text) },
  },
  {
    name: 'multi-register',
    says: 'transactions of reads and writes that are judged as one object',
    functions: ['txn'],
    model: 'linearizable',
    models: { linearizable: general(multiRegister) },
  },
  {
    name: 'counter',
    says: 'counters by key: add, read',
    functions: ['read', 'add'],
    model: 'linearizable',
    models: { linearizable: general(counter) },
  },
  {
    name: 'lin-set',
    says: 'sets by key: add, remove, contains, read of the whole set',
    functions: ['add', 'remove', 'contains', 'read'],
    model: 'linearizable',
    models: { linearizable: general(set) },
  },
  {
    name: 'queue',
    says: 'first-in-first-out queues by key: enqueue, dequeue',
    functions: ['enqueue', 'dequeue'],
    model: 'linearizable',
    models: { linearizable: general(queue) },
  },
  {
    name: 'stack',
    says: 'stacks by key: push, pop',
    functions: ['push', 'pop'],
    detect: (history) => only(history, 'push', 'pop'),
    model: 'linearizable',
    models: { linearizable: general(stack) },
  },
  {
    name: 'priority-queue',
    says: 'queues whose largest element comes out first: enqueue, dequeue',
    functions: ['enqueue', 'dequeue'],
    model: 'linearizable',
    models: { linearizable: general(priorityQueue) },
  },
  {
    name: 'mutex',
    says: 'locks by key: acquire, release',
    functions: ['acquire', 'release'],
    detect: (history) => only(history, 'acquire', 'release'),
    model: 'linearizable',
    models: { linearizable: general(mutex) },
  },
];

function only({ columns }: History, ...functions: readonly string[]): boolean {
  return columns.fNames.every((f) => functions.includes(f));
}

/** Linearizability of any model, by zones or search. */
function general<A extends Api, S>(model: Model<A, S>): (assumptions: Assumptions) => Checker {
  return ({ initial, budget }) =>
    linearizable(model, {
      ...(initial === undefined ? {} : { initial }),
      ...(budget === undefined ? {} : { maxSteps: budget }),
    }) as unknown as Checker;
}
