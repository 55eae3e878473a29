/**
 * While a simulated run lasts, whatever would make it differ from its repetition is out of a replica's reach: real
 * clocks, timers, chance, files, the network and the process's end. Only code that runs on behalf of a node is stopped;
 * the harness, and what a user does with its results, continues as ever.
 */
import { becauseOfRejected } from '../../node/cause.ts';
import { platform } from '../../platform/node.ts';
import { passOn, type StrayListener } from '../../platform/platform.ts';
import { FENCES, refused } from './fenced-globals.ts';
import { currentKeeper, type Keeper, keptBy, UNHANDLED } from './keeper.ts';

let before: readonly unknown[] | undefined;
let stopListening: (() => void) | undefined;

/**
 * Puts the fence up until the event loop turns: thousands of runs may
 * follow each other before that, and each time costs as much as half a run.
 */
function putUp(): void {
  if (stopListening) return;
  putInPlace();
  stopListening = platform.listenForStrays(unhandled);
  platform.nextTurn(() => {
    if (!stays) takeAway();
    stopListening?.();
    stopListening = undefined;
  });
}

/** Whether the fence stays up in this thread between runs, as a library was loaded that may have kept parts of it. */
let stays = false;

/** Also where somebody else has put something in its place since. */
function putInPlace(): void {
  platform.refuseModules(refused);
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
  platform.syncModules();
}

const unhandled: StrayListener = (event, error, of, others) => {
  const keeper = currentKeeper();
  if (keeper) becauseOfRejected(of, () => keeper.stray(error, UNHANDLED[event]));
  // It happened beside the runs: whoever else listens is to hear of it, as without the fence.
  else passOn(error, of, others);
};

/** Runs the task, which must be synchronous, within the fence. */
export function withinFence<T>(of: Keeper, task: () => T): T {
  putUp();
  return keptBy(of, task);
}
