/**
 * What can be wrong with registers: with one value (`value`), or between two blocks, named by a value
 * of each, or with the swap in `row` that was refused though the value was there all the while.
 */
export type Violation =
  | { readonly kind: 'unwritten' | 'future' | 'cycle' | 'twice'; readonly key: number; readonly value: number }
  | { readonly kind: 'order'; readonly key: number; readonly value: number; readonly earlier: number }
  | { readonly kind: 'refused'; readonly key: number; readonly value: number; readonly row: number }
  | { readonly kind: 'blocks'; readonly key: number; readonly value: number; readonly other: number };

/** The verdict of the zones: at most one violation a key and kind, and the keys which they can at most refute. */
export interface Zones {
  readonly violations: readonly Violation[];
  /** 1 for a key with repeated values, which must be searched. */
  readonly repeated: Uint8Array;
  /**
   * 1 for a key whose reads and writes are right, but whose refused swaps the zones do not decide: it must be searched.
   */
  readonly open: Uint8Array;
  /** The row that made each value, -1 for none and -2 for what was there at first. */
  readonly writer: Int32Array;
  /** The row of the `cas` that took each value away, or -1; only where there are any. */
  readonly taker: Int32Array;
  /**
   * For each value the row of the `cas` that makes it count, or -1 where
   * it was read or its writer returned; only where there are any swaps.
   */
  readonly reason: Int32Array;
  /** For each value the first of its block, or -1 where it stands in no order: never written, or never seen. */
  readonly block: Int32Array;
  /** For each block its earliest return and its latest invocation. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /**
   * For each value the earliest return and the latest invocation
   * of its reads: `NEVER_COLUMN` and -1 where there are none.
   */
  readonly readReturn: Int32Array;
  readonly readStart: Int32Array;
}
