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
  /** A promise was rejected and nobody cared: a real node would have died of it. */
  stray(error: unknown): void;
}

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
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', unhandled);
  turn(() => {
    FENCES.forEach(([where, name], i) => {
      where[name] = before?.[i];
    });
    before = undefined;
    process.removeListener('unhandledRejection', unhandled);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
}

const turn = setImmediate;

let listeners: readonly NodeJS.UnhandledRejectionListener[] = [];

function unhandled(error: unknown, promise: Promise<unknown>): void {
  if (keeper) keeper.stray(error);
  // It happened beside the runs: whoever else listens is to hear of it, as without the fence.
  else if (listeners.length === 0) throw error;
  else for (const listener of listeners) listener(error, promise);
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
