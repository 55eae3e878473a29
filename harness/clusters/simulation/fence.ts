/**
 * While a simulated run lasts, whatever would make it differ from its repetition is out of a replica's reach: real
 * clocks, timers, chance, files, the network and the process's end. Only code that runs on behalf of a node is stopped;
 * the harness, and what a user does with its results, continues as ever.
 */
import { syncBuiltinESMExports } from 'node:module';
import { FENCES } from './fenced-globals.ts';
import { currentKeeper, type Keeper, keptBy, UNHANDLED } from './keeper.ts';
import { refuseModules } from './refused-modules.ts';

let before: readonly unknown[] | undefined;

/**
 * Puts the fence up until the event loop turns: thousands of runs may
 * follow each other before that, and each time costs as much as half a run.
 */
function putUp(): void {
  if (listeners.length > 0) return;
  putInPlace();
  listeners = STRAYS.map((event) => {
    const own = process.listeners(event as 'uncaughtException') as Listener[];
    process.removeAllListeners(event);
    const stray = (error: unknown, of: unknown) => unhandled(event, error, of);
    process.on(event, stray);
    return { event, own, stray };
  });
  turn(() => {
    if (!stays) takeAway();
    for (const { event, own, stray } of listeners) {
      process.removeListener(event, stray);
      for (const listener of own) process.on(event, listener);
    }
    listeners = [];
  });
}

/** Whether the fence stays up in this thread between runs, as a library was loaded that may have kept parts of it. */
let stays = false;

/** Also where somebody else has put something in its place since. */
function putInPlace(): void {
  refuseModules();
  before ??= FENCES.map(([where, name]) => where[name]);
  for (const [where, name, fence] of FENCES) where[name] = fence;
}

function takeAway(): void {
  FENCES.forEach(([where, name], i) => {
    where[name] = before?.[i];
  });
  before = undefined;
}

/**
 * Puts the fence up for good in this thread, before a module is loaded: many a library binds clocks and chance when it
 * is loaded, and would ask the real ones for ever.
 */
export function keepFenceUp(): void {
  if (stays) return;
  stays = true;
  putInPlace();
  syncBuiltinESMExports();
}

const turn = setImmediate;

type Listener = (error: unknown, of: unknown) => void;
/** What Node.js tells of errors that nobody handled. */
const STRAYS = ['unhandledRejection', 'uncaughtException'] as const;
let listeners: readonly { event: (typeof STRAYS)[number]; own: readonly Listener[]; stray: Listener }[] = [];

function unhandled(event: (typeof STRAYS)[number], error: unknown, of: unknown): void {
  const own = listeners.find((one) => one.event === event)?.own ?? [];
  const keeper = currentKeeper();
  if (keeper) keeper.stray(error, UNHANDLED[event]);
  // It happened beside the runs: whoever else listens is to hear of it, as without the fence.
  else if (own.length === 0) throw error;
  else for (const listener of own) listener(error, of);
}

/** Runs the task, which must be synchronous, within the fence. */
export function withinFence<T>(of: Keeper, task: () => T): T {
  putUp();
  return keptBy(of, task);
}
