/**
 * While a simulated run lasts, whatever would make it differ from its repetition is out of a
 * replica's reach: real clocks, timers, chance and the process's end. Only code that runs on behalf
 * of a node is stopped; the harness, and what a user does with its results, continues as ever.
 */
import { format } from 'node:util';
import type { NodeId } from '../../../systems/node.ts';
import { currentCause } from '../../node/cause.ts';

/** Who is told of what replicas did that no replica may. */
export interface Keeper {
  /** A replica reached for `what`; returns the error to throw at it. */
  forbiddenCall(node: NodeId, what: string, instead: string): Error;
  /** A replica wrote to the console. */
  print(node: NodeId, line: string): void;
  /** A promise was rejected, or an error thrown, and nobody handled it: a real node would have died of it. */
  stray(error: unknown, how: Unhandled): void;
}

/** As the end of a sentence that begins with the system's name; a child says the same. */
export const UNHANDLED = {
  unhandledRejection: 'left a rejected promise unhandled',
  uncaughtException: 'threw an error that nobody caught',
} as const;
type Unhandled = (typeof UNHANDLED)[keyof typeof UNHANDLED];

let keeper: Keeper | undefined;

// biome-ignore lint/suspicious/noExplicitAny: the functions of a whole runtime have nothing in common
type Anything = any;

/** The function as it was, but for replicas. */
function fenced(what: string, instead: string, original: Anything): Anything {
  return function (this: unknown, ...args: unknown[]) {
    refuse(what, instead);
    return original.apply(this, args);
  };
}

function refuse(what: string, instead: string): void {
  const { node } = currentCause();
  if (keeper && node !== '') throw keeper.forbiddenCall(node, what, instead);
}

const NOW = 'node.now() or node.elapsed()';
const SLEEP = 'node.sleep()';
const RANDOM = 'node.random()';

/** Dates of a given time are plain values; only the present is fenced. */
const fencedDate = new Proxy(Date, {
  construct(target, args, newTarget) {
    if (args.length === 0) refuse('new Date()', NOW);
    return Reflect.construct(target, args, newTarget) as object;
  },
  apply: (target, self, args) => {
    refuse('Date()', NOW);
    return Reflect.apply(target, self, args) as string;
  },
  get: (target, name) => (name === 'now' ? fencedNow : (Reflect.get(target, name) as unknown)),
});
const fencedNow = fenced('Date.now()', NOW, Date.now);

const printed = (original: Anything) =>
  function (this: unknown, ...args: unknown[]) {
    const { node } = currentCause();
    if (keeper && node !== '') keeper.print(node, format(...args));
    else original.apply(this, args);
  };

/**
 * What a replica defers runs with its errors caught: one that left the drain of a simulated run,
 * which the event loop knows nothing of, would make Node.js abort, its stack of asynchronous causes being torn.
 */
const deferred = (original: Anything) =>
  function (this: unknown, task: Anything, ...args: unknown[]) {
    const of = keeper;
    if (!of || currentCause().node === '' || typeof task !== 'function') return original.call(this, task, ...args);
    return original.call(this, () => {
      try {
        task(...args);
      } catch (error) {
        of.stray(error, UNHANDLED.uncaughtException);
      }
    });
  };

/** What is put in the place of what, while a run lasts. */
const FENCES: readonly (readonly [where: Anything, name: string, fence: unknown])[] = [
  [globalThis, 'Date', fencedDate],
  [performance, 'now', fenced('performance.now()', NOW, performance.now)],
  [Math, 'random', fenced('Math.random()', RANDOM, Math.random)],
  [crypto, 'randomUUID', fenced('crypto.randomUUID()', RANDOM, crypto.randomUUID)],
  [crypto, 'getRandomValues', fenced('crypto.getRandomValues()', RANDOM, crypto.getRandomValues)],
  [globalThis, 'setTimeout', fenced('setTimeout()', SLEEP, setTimeout)],
  [globalThis, 'setInterval', fenced('setInterval()', SLEEP, setInterval)],
  [globalThis, 'setImmediate', fenced('setImmediate()', SLEEP, setImmediate)],
  [process, 'exit', fenced('process.exit()', 'an error', process.exit)],
  [process, 'nextTick', deferred(process.nextTick)],
  [globalThis, 'queueMicrotask', deferred(queueMicrotask)],
  [process, 'hrtime', fenced('process.hrtime()', NOW, process.hrtime)],
  ...(['log', 'info', 'debug', 'warn', 'error'] as const).map(
    (name) => [console, name, printed(console[name])] as const,
  ),
];

let before: readonly unknown[] | undefined;

/**
 * Puts the fence up until the event loop turns: thousands of runs may
 * follow each other before that, and each time costs as much as half a run.
 */
function putUp(): void {
  if (before) return;
  before = FENCES.map(([where, name]) => where[name]);
  for (const [where, name, fence] of FENCES) where[name] = fence;
  listeners = STRAYS.map((event) => {
    const own = process.listeners(event as 'uncaughtException') as Listener[];
    process.removeAllListeners(event);
    const stray = (error: unknown, of: unknown) => unhandled(event, error, of);
    process.on(event, stray);
    return { event, own, stray };
  });
  turn(() => {
    FENCES.forEach(([where, name], i) => {
      where[name] = before?.[i];
    });
    before = undefined;
    for (const { event, own, stray } of listeners) {
      process.removeListener(event, stray);
      for (const listener of own) process.on(event, listener);
    }
  });
}

const turn = setImmediate;

type Listener = (error: unknown, of: unknown) => void;
/** What Node.js tells of errors that nobody handled. */
const STRAYS = ['unhandledRejection', 'uncaughtException'] as const;
let listeners: readonly { event: (typeof STRAYS)[number]; own: readonly Listener[]; stray: Listener }[] = [];

function unhandled(event: (typeof STRAYS)[number], error: unknown, of: unknown): void {
  const own = listeners.find((one) => one.event === event)?.own ?? [];
  if (keeper) keeper.stray(error, UNHANDLED[event]);
  // It happened beside the runs: whoever else listens is to hear of it, as without the fence.
  else if (own.length === 0) throw error;
  else for (const listener of own) listener(error, of);
}

/** Runs the task, which must be synchronous, within the fence. */
export function withinFence<T>(of: Keeper, task: () => T): T {
  putUp();
  const outer = keeper;
  keeper = of;
  try {
    return task();
  } finally {
    keeper = outer;
  }
}
