import type { kinds } from './kinds.ts';
import type { FaultMeaning } from './meaning.ts';

/**
 * Something wrong with the world for a while, of one of the kinds that are
 * built in. It heals by ending. Plain data: stored, drawn, replayed and shrunk as it is.
 */
export type Fault = {
  readonly [K in keyof typeof kinds]: (typeof kinds)[K] extends FaultMeaning<infer F> ? F : never;
}[keyof typeof kinds];
