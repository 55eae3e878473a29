/**
 * What of the platform a node's code finds changed while a simulated run lasts. Of a design that is built on a library
 * the node's own clocks, chance and timers answer; any other design is refused, and told what to take instead.
 */
import type { Ambient } from '../../node/ambient.ts';
import { because, currentCause } from '../../node/cause.ts';
import { type Answer, fill, NOW, uuid } from '../../platform/answers.ts';
import { platform } from '../../platform/node.ts';
import type { Anything, Fence } from '../../platform/platform.ts';
import { actingNode, UNHANDLED } from './keeper.ts';
import { clearTimer, VirtualTimer } from './virtual-timers.ts';

/** While a library is loaded its chance is the same in every thread, so that what it draws then changes no run. */
let whileLoading: Ambient | undefined;

/** Runs the loading of a library with an ambient of its own. */
export async function loadedWith<T>(ambient: Ambient, load: () => Promise<T>): Promise<T> {
  whileLoading = ambient;
  try {
    return await load();
  } finally {
    whileLoading = undefined;
  }
}

/** The ambient of the node that asks; undefined for the harness. Throws where the node's design may not ask. */
function asked(what: string, instead: string): Ambient | undefined {
  const acting = actingNode();
  if (!acting) return undefined;
  const ambient = acting.keeper.ambient(acting.node);
  if (!ambient) throw acting.keeper.forbiddenCall(acting.node, what, instead);
  return ambient;
}

/** The function as it was, but for replicas. */
function fenced(what: string, instead: string, original: Anything, answer: Answer): Anything {
  return function (this: unknown, ...args: unknown[]) {
    const ambient = asked(what, instead);
    return ambient ? answer(ambient, args) : original.apply(this, args);
  };
}

/** The same of chance, which is also answered while a library is loaded. */
function chanceOf(what: string, original: Anything, answer: Answer): Anything {
  return fenced(what, 'node.random()', loadingAware(original, answer), answer);
}

const loadingAware = (original: Anything, answer: Answer) =>
  function (this: unknown, ...args: unknown[]) {
    return whileLoading ? answer(whileLoading, args) : original.apply(this, args);
  };

const SLEEP = 'node.sleep()';

/** Dates of a given time are plain values; only the present is fenced. */
const fencedDate = new Proxy(Date, {
  construct(target, args, newTarget) {
    const ambient = args.length === 0 ? asked('new Date()', NOW) : undefined;
    return Reflect.construct(target, ambient ? [ambient.now()] : args, newTarget) as object;
  },
  apply: (target, self, args) => {
    const ambient = asked('Date()', NOW);
    return ambient ? new target(ambient.now()).toString() : (Reflect.apply(target, self, args) as string);
  },
  get: (target, name) => (name === 'now' ? fencedNow : (Reflect.get(target, name) as unknown)),
});
const fencedNow = fenced('Date.now()', NOW, Date.now, (ambient) => Math.floor(ambient.now()));

const printed = (original: Anything) =>
  function (this: unknown, ...args: unknown[]) {
    const acting = actingNode();
    if (acting) acting.keeper.print(acting.node, platform.format(...args));
    else original.apply(this, args);
  };

/**
 * What a replica defers runs with its errors caught: one that left the drain of a simulated run,
 * which the event loop knows nothing of, would make Node.js abort, its stack of asynchronous causes being torn.
 */
const deferred = (original: Anything) =>
  function (this: unknown, task: Anything, ...args: unknown[]) {
    const acting = actingNode();
    if (!acting || typeof task !== 'function') return original.call(this, task, ...args);
    const cause = currentCause();
    return original.call(this, () =>
      because(cause, () => {
        try {
          task(...args);
        } catch (error) {
          acting.keeper.stray(error, UNHANDLED.uncaughtException);
        }
      }),
    );
  };

function timer(name: string, original: Anything, repeats: boolean): Anything {
  const set = fenced(`${name}()`, SLEEP, original, (ambient, [task, ms, ...args]) => {
    return new VirtualTimer(ambient, () => task(...args), name === 'setImmediate' ? 0 : ms, repeats);
  });
  const { promisified } = platform;
  if (repeats || !promisified) return set;
  return Object.assign(set, { [promisified]: promised(name, original[promisified]) });
}

/** A timer as a promise: after `args[0]` ms with `args[1]`, or at once with `args[0]`. */
const promised = (name: string, original: Anything): Anything =>
  fenced(`${name}()`, SLEEP, original, (ambient, args) => {
    const [ms, value] = name === 'setImmediate' ? [0, args[0]] : args;
    return new Promise((resolve) => new VirtualTimer(ambient, () => resolve(value), ms, false));
  });

const cleared = (original: Anything) =>
  function (this: unknown, handle: unknown) {
    if (!clearTimer(handle)) original.call(this, handle);
  };

/** What is put in the place of what. */
export const FENCES: readonly Fence[] = [
  [globalThis, 'Date', fencedDate],
  [performance, 'now', fenced('performance.now()', NOW, performance.now, (ambient) => ambient.elapsed())],
  [Math, 'random', chanceOf('Math.random()', Math.random, ({ random }) => random())],
  [crypto, 'randomUUID', chanceOf('crypto.randomUUID()', crypto.randomUUID, uuid)],
  [crypto, 'getRandomValues', chanceOf('crypto.getRandomValues()', crypto.getRandomValues, fill)],
  [globalThis, 'setTimeout', timer('setTimeout', setTimeout, false)],
  [globalThis, 'setInterval', timer('setInterval', setInterval, true)],
  [globalThis, 'clearTimeout', cleared(clearTimeout)],
  [globalThis, 'clearInterval', cleared(clearInterval)],
  [globalThis, 'queueMicrotask', deferred(queueMicrotask)],
  ...(['log', 'info', 'debug', 'warn', 'error'] as const).map(
    (name) => [console, name, printed(console[name])] as const,
  ),
  ...platform.fences({ fenced, chanceOf, deferred, refused, promised, timer, cleared }),
];

/** The function as it was, but for replicas, libraries or not. */
export function refused(what: string, instead: string, original: Anything): Anything {
  return new Proxy(original, {
    apply(target, self, args) {
      refuse(what, instead);
      return Reflect.apply(target, self, args) as unknown;
    },
    construct(target, args, newTarget) {
      refuse(what, instead);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

function refuse(what: string, instead: string): void {
  const acting = actingNode();
  if (acting) throw acting.keeper.forbiddenCall(acting.node, what, instead);
}
