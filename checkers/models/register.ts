import type { Model } from '../model.ts';

/**
 * What a register holds: any JSON value; `null` before the first
 * write. Checkers are fastest where written values are unique.
 */
export type Value = number | string | boolean | null;

/**
 * A register with compare-and-set: `cas` of `[old, new]` takes
 * effect where the register holds `old`, and otherwise fails.
 */
export type Register = {
  read(input: null): Value;
  write(input: Value): null;
  cas(input: readonly [old: Value, next: Value]): null;
};

/**
 * The register's sequential specification. A `cas` that found another value is a `fail` in the history (error
 * `mismatch`), so an `ok` one always swapped: from another state it is impossible, which `undefined` as a state says.
 */
export const register: Model<Register, Value | undefined> = {
  name: 'register',
  init: null,
  step: {
    read: (state) => [state, state as Value],
    write: (_, value) => [value, null],
    cas: (state, [old, next]) => [state === old ? next : undefined, null],
  },
  refuses: { cas: { mismatch: (state, [old]) => state !== old } },
  observes: ['read'],
  readOnly: (f) => f === 'read',
};
