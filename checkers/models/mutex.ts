import type { Model } from '../model.ts';

/**
 * A lock: `acquire` returns once it is held, `release` once it is free.
 * An attempt that found the lock held is a `fail` with the error `held`.
 */
export type Mutex = {
  acquire(input: null): null;
  release(input: null): null;
};

/**
 * The lock's sequential specification: whether it is held.
 * Acquiring a held lock and releasing a free one are impossible.
 */
export const mutex: Model<Mutex, boolean | undefined> = {
  name: 'mutex',
  init: false,
  step: {
    acquire: (held) => [held ? undefined : true, null],
    release: (held) => [held ? false : undefined, null],
  },
  refuses: { acquire: { held: (held) => held === true } },
  observes: [],
};
