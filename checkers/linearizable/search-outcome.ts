/** How a search for an order ends. Returns are counted from 0, operations are places in the problem. */
export type SearchOutcome =
  | { readonly type: 'valid'; readonly order: readonly number[] | undefined }
  | Impossible
  | {
      readonly type: 'unknown';
      readonly lacking: 'steps' | 'bytes';
      readonly at: number;
      readonly returns: number;
      readonly open: number;
    };

/** No order brings this operation to its return. */
export interface Impossible {
  readonly type: 'invalid';
  readonly at: number;
  readonly operation: number;
  /**
   * The states that are possible before each of the last returns,
   * this one included, by the number of the return; perhaps some more.
   */
  readonly before: ReadonlyMap<number, readonly number[]>;
}

/** How many returns back from the fatal one the possible states are kept. */
export const KEPT_RETURNS = 48;
