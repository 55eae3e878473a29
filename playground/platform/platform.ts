/** A web page, or a worker of one, as the simulation's platform; the build puts it in the place of Node.js's. */
import type { Carrier, Platform } from '../../harness/platform/platform.ts';
import { format } from './format.ts';
import { carriedNow, carry, drainJobs, enqueue, listenForUnhandled, newCarrying } from './jobs.ts';

/** All values travel in one variable, so there can be one carrier alone: that of causes. */
class PageCarrier<T> implements Carrier<T> {
  run<R>(value: T, task: () => R): R {
    const outer = carriedNow();
    carry(value);
    try {
      return task();
    } finally {
      carry(outer);
    }
  }

  getStore(): T | undefined {
    return carriedNow() as T | undefined;
  }

  enterWith(value: T): void {
    carry(value);
  }
}

/** The page's own, before any fence. */
const { setTimeout } = globalThis;

export const platform: Platform = {
  Carrier: PageCarrier,
  DrainedCarrier: undefined,
  drain: drainJobs,
  nextTurn: (task) => {
    setTimeout(task, 0);
  },
  format,
  listenForStrays(tell) {
    listenForUnhandled(
      (error, of) => tell('unhandledRejection', error, of, []),
      (error) => tell('uncaughtException', error, undefined, []),
    );
    return () => listenForUnhandled(undefined, undefined);
  },
  // What a node puts off is one of the run's jobs; the page's own microtasks would run when the run is over.
  fences: ({ deferred }) => [
    [globalThis, 'queueMicrotask', deferred((task: () => void) => enqueue({ of: newCarrying(), run: () => task() }))],
  ],
  promisified: undefined,
  // What leads out of a page is closed by its policy (connect-src 'none'), and by the frame that edited code runs in.
  refuseModules: () => {},
  syncModules: () => {},
};
