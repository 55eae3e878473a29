import type { Model } from '../model.ts';
import type { Mutex } from './mutex.ts';

/** A lock of `permits` holders at once: the state is how many hold it. One permit is a mutex. */
export function semaphore(permits: number): Model<Mutex, number | undefined> {
  return {
    name: 'semaphore',
    init: 0,
    step: {
      acquire: (holders = 0) => [holders < permits ? holders + 1 : undefined, null],
      release: (holders = 0) => [holders > 0 ? holders - 1 : undefined, null],
    },
    refuses: { acquire: { held: (holders) => holders === permits } },
    observes: [],
  };
}
