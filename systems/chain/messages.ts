/** What goes up and down the chain. */
import type { Value } from 'elle-ts';

/** A write, or a compare-and-set where `old` is given. */
export interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}

/** An update, in the epoch in which a head took it. All of them are kept: the paper's history. */
export interface Entry {
  readonly epoch: number;
  readonly key: string;
  readonly value: Value;
}

/** What a node hands on to its successor. */
export interface Forward {
  readonly epoch: number;
  /** Counts what the sender has forwarded. */
  readonly number: number;
  /** Where the entries belong, and the epoch of the one before them. */
  readonly from: number;
  readonly before: number;
  readonly entries: readonly Entry[];
  /** How many the sender has. */
  readonly length: number;
}

/** What a node tells its predecessor. */
export interface Stored {
  readonly epoch: number;
  /** How many entries of the predecessor's log the sender has, where it answers a `Forward`. */
  readonly has?: number;
  /** The number of that `Forward`. */
  readonly number?: number;
  /** How many the tail has, as far as the sender knows. */
  readonly stable: number;
}
