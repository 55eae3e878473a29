/** What the register engine works on: a history of registers as columns, with numbers for values. */

/** The codes of the `kind` column. Rows of any other kind are passed over. */
export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
/** A swap that failed because it found another value than `old`: an observation that changes nothing. */
export const REFUSED = 3;

/** In place of the row that wrote a value: nobody wrote it. */
export const NOBODY = -1;
/** It was there at first. */
export const ALWAYS = -2;

/**
 * Operations on registers as typed columns. Values are numbered over all keys: a number belongs
 * to one key. `value` is what was read or written, `old` what a swap expected, refused or not.
 * Event indices are below `events`, and an operation that never returned has `end` = `NEVER_COLUMN`.
 */
export interface RegisterRows {
  readonly length: number;
  readonly kind: Uint8Array;
  readonly type: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly value: Int32Array;
  /** Absent where no row is a swap. */
  readonly old?: Int32Array;
  readonly events: number;
  readonly keys: number;
  readonly values: number;
  readonly keyOfValue: Int32Array;
  /** For each key the value that it holds at first. */
  readonly initial: Int32Array;
}
