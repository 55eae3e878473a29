/**
 * All other datatypes: linearizability by the monitors and by the general
 * search on the same histories, and sequential consistency by search.
 */
import {
  type Api,
  type Cache,
  type Checker,
  cache,
  counter,
  counterMonitor,
  elementSet,
  fifoQueue,
  growOnlySet,
  largestFirst,
  lifoStack,
  linearizable,
  type Model,
  multiRegister,
  mutex,
  mutualExclusion,
  type Operation,
  priorityQueue,
  queue,
  semaphore,
  semaphoreOf,
  sequentialObjects,
  set,
  stack,
  text,
} from 'elle-ts';
import { linearizableByDefinition } from '../checkers/monitors/brute.ts';
import { below, type Draw, draws, pick, randomHistory, type Shape } from '../checkers/monitors/random.ts';
import { bruteSequential } from '../checkers/oracle/brute-force.ts';
import type { Subject } from './subject.ts';

interface Call {
  readonly f: string;
  readonly input: unknown;
}

/** How histories of a datatype are drawn, and its monitors by name. */
interface Drawn {
  readonly name: string;
  readonly model: Model<Api, unknown>;
  readonly monitors: Readonly<Record<string, Checker>>;
  readonly shape?: Partial<Shape>;
  readonly call: (draw: Draw, i: number, process: number) => Call;
  /** Functions whose outputs may be replaced by wrong ones. */
  readonly liars: readonly string[];
  readonly lie: (draw: Draw, operation: Operation) => unknown;
}

function subjectOf({ name, model, monitors, shape, call, liars, lie }: Drawn): Subject {
  const checkers: Record<string, Checker> = {
    ...monitors,
    search: linearizable(model),
    sequential: sequentialObjects(model, { certificate: true }),
  };
  return {
    name,
    draw: (seed) => {
      const draw = draws(seed);
      const drawn = { processes: 2 + below(draw, 3), operations: 3 + below(draw, 6), info: draw() < 0.5 ? 0 : 0.12 };
      return randomHistory(
        draw,
        model,
        (i, process) => call(draw, i, process),
        liars,
        (operation) => lie(draw, operation),
        { ...drawn, squeeze: 0.2, ...shape },
      );
    },
    judge: (history) =>
      Object.fromEntries(Object.entries(checkers).map(([by, checker]) => [by, checker.check(history)])),
    truth: (history) => {
      const valid = linearizableByDefinition(history, model);
      const linear = Object.fromEntries(Object.keys(checkers).map((by) => [by, valid]));
      return { ...linear, sequential: valid || bruteSequential(history, model) };
    },
  };
}

function plain(of: unknown): Model<Api, unknown> {
  return of as Model<Api, unknown>;
}

function monitor(of: unknown): { monitor: Checker } {
  return { monitor: of as Checker };
}

/** Additions of values of their own, and removals of whatever comes. */
function container(name: string, model: unknown, by: unknown, add: string, remove: string): Drawn {
  const unique = (i: number): number => (i * 7) % 31;
  return {
    name,
    model: plain(model),
    monitors: monitor(by),
    call: (draw, i) => (draw() < 0.55 ? { f: add, input: unique(i) } : { f: remove, input: null }),
    liars: [remove],
    lie: (draw) => (draw() < 0.2 ? null : unique(below(draw, 8))),
  };
}

/** Each process acquires and releases in turn. */
function lock(name: string, model: unknown, by: unknown, shape: Partial<Shape>): Drawn {
  let holding = new Set<number>();
  return {
    name,
    model: plain(model),
    monitors: monitor(by),
    shape: { lie: 0, squeeze: 0.9, fail: 0.02, ...shape },
    call: (_, i, process) => {
      if (i === 0) holding = new Set();
      const f = holding.delete(process) ? 'release' : 'acquire';
      if (f === 'acquire') holding.add(process);
      return { f, input: null };
    },
    liars: [],
    lie: () => null,
  };
}

function count(name: string, delta: (draw: Draw) => number): Drawn {
  return {
    name,
    model: plain(counter),
    monitors: monitor(counterMonitor({ certificate: true })),
    call: (draw) => (draw() < 0.5 ? { f: 'add', input: delta(draw) } : { f: 'read', input: null }),
    liars: ['read'],
    lie: (draw, o) => (o.outcome.type === 'ok' ? Number(o.outcome.output) : 0) + below(draw, 5) - 2,
  };
}

const wholeSets: Drawn = {
  name: 'grow-only set',
  model: plain(set),
  monitors: monitor(growOnlySet({ certificate: true })),
  call: (draw, i) => (draw() < 0.55 ? { f: 'add', input: draw() < 0.1 ? 0 : i } : { f: 'read', input: null }),
  liars: ['read'],
  lie: (draw, o) => {
    const shown = o.outcome.type === 'ok' ? (o.outcome.output as readonly number[]) : [];
    return draw() < 0.7 ? shown.filter(() => draw() < 0.7) : [...new Set([...shown, below(draw, 8)])];
  },
};

const elements: Drawn = {
  name: 'set of elements',
  model: plain(set),
  monitors: monitor(elementSet()),
  shape: { operations: 8 },
  call: (draw) => ({ f: pick(draw, ['add', 'remove', 'contains', 'contains']), input: below(draw, 2) }),
  liars: ['contains'],
  lie: (draw) => draw() < 0.5,
};

/** A register that may forget at any time. */
const forgetful: Model<Cache, unknown> = {
  name: 'cache',
  init: null,
  step: { get: (held) => [held, held], set: (_, value) => [value, null], invalidate: () => [null, null] },
  same: (f, expected, observed) => f !== 'get' || observed === null || observed === expected,
};

const caches: Drawn = {
  name: 'cache',
  model: plain(forgetful),
  monitors: monitor(cache()),
  call: (draw, i) => {
    if (draw() < 0.5) return { f: 'get', input: null };
    return draw() < 0.75 ? { f: 'set', input: i } : { f: 'invalidate', input: null };
  },
  liars: ['get'],
  lie: (draw) => (draw() < 0.2 ? null : below(draw, 7)),
};

const filledAgain: Drawn = {
  ...caches,
  name: 'cache, values that are set again',
  call: (draw) => {
    if (draw() < 0.5) return { f: 'get', input: null };
    return draw() < 0.75 ? { f: 'set', input: below(draw, 3) } : { f: 'invalidate', input: null };
  },
  lie: (draw) => (draw() < 0.2 ? null : below(draw, 4)),
};

const texts: Drawn = {
  name: 'text',
  model: plain(text),
  monitors: {},
  call: (draw) => {
    if (draw() < 0.5) return { f: 'get', input: null };
    return { f: draw() < 0.3 ? 'put' : 'append', input: pick(draw, ['a', 'b', 'c']) };
  },
  liars: ['get'],
  lie: (draw) => Array.from({ length: below(draw, 3) }, () => pick(draw, ['a', 'b', 'c'])).join(''),
};

const several: Drawn = {
  name: 'multi-register',
  model: plain(multiRegister),
  monitors: {},
  call: (draw, i) => ({
    f: 'txn',
    input: Array.from({ length: 1 + below(draw, 2) }, () =>
      draw() < 0.5 ? ['r', pick(draw, ['x', 'y']), null] : ['w', pick(draw, ['x', 'y']), i],
    ),
  }),
  liars: ['txn'],
  lie: (draw, o) => {
    const mops = (o.outcome.type === 'ok' ? o.outcome.output : []) as readonly unknown[][];
    return mops.map(([f, k, v]) => [f, k, f === 'r' && draw() < 0.6 ? pick(draw, [null, 0, 1, 2]) : v]);
  },
};

export const objects: readonly Subject[] = [
  container('queue', queue, fifoQueue(), 'enqueue', 'dequeue'),
  container('stack', stack, lifoStack(), 'push', 'pop'),
  container('priority queue', priorityQueue, largestFirst(), 'enqueue', 'dequeue'),
  lock('mutex', mutex, mutualExclusion({ certificate: true }), {}),
  lock('semaphore of 2', semaphore(2), semaphoreOf(2, { certificate: true }), { processes: 4, operations: 9, fail: 0 }),
  count('counter, increments', () => 1),
  count('counter, deltas of both signs', (draw) => below(draw, 7) - 3),
  wholeSets,
  elements,
  caches,
  filledAgain,
  texts,
  several,
].map(subjectOf);
