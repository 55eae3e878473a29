/**
 * Runs asynchronous code in virtual time, synchronously: after each event the promises that it settled are run to their
 * end before the next event, so a run of 300 events takes a tenth of a millisecond and not 300 turns of the event loop.
 *
 * Microtasks can only be drained from a macrotask: inside a promise's continuation the drain silently
 * does nothing, and a run would go wrong. So a probe promise is drained at the start of every run;
 * where that fails, the slow way, a turn of the event loop for each event, gives the same run.
 */
import { beat, doing } from '../../doing.ts';
import { HarnessFailure } from '../../failure.ts';
import { inDrainsAlone } from '../../node/cause.ts';
import { platform } from '../../platform/node.ts';
import { passOn } from '../../platform/platform.ts';
import { withinFence } from './fence.ts';
import { type Keeper, UNHANDLED } from './keeper.ts';
import type { EventQueue } from './queue.ts';

const { drain, nextTurn } = platform;

/**
 * A run whose nodes never stop talking ends here instead of
 * hanging: so many events, and so many more for each planned call.
 */
const EVENTS_LIMIT = 100_000;
const EVENTS_LIMIT_PER_CALL = 2_000;
/** With more nodes than these each of them says more, and to more of them. */
const USUAL_NODES = 5;

function canDrain(): boolean {
  if (!drain) return false;
  let drained = false;
  void Promise.resolve().then(() => {
    drained = true;
  });
  drain();
  return drained;
}

/** What drives a simulation: its events, and what is to happen before and after each. */
export interface Driven extends Keeper {
  readonly queue: EventQueue;
  readonly system: string;
  readonly seed: number;
  readonly nodes: readonly string[];
  /** How many calls its plan makes: what is too many events depends on it. */
  readonly plannedCalls: number;
  advance(time: number): void;
  /** After each event and all that followed from it; throws to stop the run. */
  afterEvent(): void;
}

/**
 * Runs the body in the simulation's time until it is done. Rejects
 * with `HarnessFailure` when nothing is left that could go on.
 */
export function drive<T>(driven: Driven, body: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    nextTurn(() => {
      try {
        if (canDrain()) resolve(driveNow(driven, body));
        else driveSlowly(driven, body).then(resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** The same, at once. Call it from a macrotask alone, as a worker's message handler is. */
export function driveNow<T>(driven: Driven, body: () => Promise<T>): T {
  if (!drain || !canDrain())
    throw new HarnessFailure('a simulated run was started inside a promise: start it from a macrotask');
  const done = doing(`${driven.system} with seed ${driven.seed}`, driven.seed);
  try {
    return inDrainsAlone(() => withinFence(driven, () => drained(driven, body, drain)));
  } finally {
    done();
  }
}

function drained<T>(driven: Driven, body: () => Promise<T>, drain: () => void): T {
  const end = followed(body());
  drain();
  driven.afterEvent();
  for (let events = 0; !end.done; events++) {
    // What was called off changes nothing, and most timeouts are.
    if (!step(driven, events)) continue;
    drain();
    driven.afterEvent();
  }
  return end.result();
}

/** Without most of the fence: between two turns of the event loop there is more than this run. */
async function driveSlowly<T>(driven: Driven, body: () => Promise<T>): Promise<T> {
  const end = followed(body());
  const turn = () => new Promise<void>((resolve) => nextTurn(resolve));
  const stopListening = platform.listenForStrays((event, error, of, others) => {
    if (event === 'unhandledRejection') driven.stray(error, UNHANDLED[event]);
    else passOn(error, of, others);
  });
  try {
    await turn();
    driven.afterEvent();
    for (let events = 0; !end.done; events++) {
      if (!step(driven, events)) continue;
      await turn();
      driven.afterEvent();
    }
    return end.result();
  } finally {
    stopListening();
  }
}

/** Lets the next event happen; false where it had been called off. */
function step(driven: Driven, events: number): boolean {
  const { queue } = driven;
  if (queue.length === 0)
    throw new HarnessFailure('the simulated run is stuck: it waits, and no event is left that could wake it');
  const limit =
    (EVENTS_LIMIT + EVENTS_LIMIT_PER_CALL * driven.plannedCalls) * Math.max(1, driven.nodes.length / USUAL_NODES) ** 2;
  if (events > limit) throw new HarnessFailure(`the simulated run did not end within ${limit} events`);
  beat();
  driven.advance(queue.nextTime);
  const { task } = queue.pop();
  task?.();
  return task !== undefined;
}

function followed<T>(promise: Promise<T>): { done: boolean; result(): T } {
  let value: T | undefined;
  let failure: { error: unknown } | undefined;
  const end = {
    done: false,
    result() {
      if (failure) throw failure.error;
      return value as T;
    },
  };
  promise.then(
    (result) => {
      value = result;
      end.done = true;
    },
    (error: unknown) => {
      failure = { error };
      end.done = true;
    },
  );
  return end;
}
