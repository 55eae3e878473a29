/**
 * A history in which one value was written several times, so that it is not known of whom a read is: who may have
 * written what was read, and the history as it would look had every write a value of its own.
 */
import type { History } from '../history.ts';

/** A write that a read may be of: the row that made it, or -1 for what was there in the beginning. */
export interface Source {
  readonly row: number;
  readonly name: unknown;
}

/** What was read, of which several writes may be the source, the likeliest first; `row` is one that read it. */
export interface OpenRead {
  readonly row: number;
  /** The key, for a person. */
  readonly key: unknown;
  /** The key itself where each source is what another operation that may have happened left, or the initial value. */
  readonly of?: unknown;
  readonly sources: readonly Source[];
}

/** In the place of a source: the read is taken as having said nothing. */
export const SILENT = -1;

/** What is not known of a history. */
export interface Riddle {
  readonly history: History;
  readonly readings: readonly OpenRead[];
  /** Pairs of readings that cannot have one source: an element of a list was appended once. */
  readonly apart?: readonly (readonly [number, number])[];
  /** The readings of some rows. */
  within(rows: ReadonlySet<number>): readonly number[];
  /** Why not all sources that a reading may have are listed; null where they are. */
  readonly partial: string | null;
  /**
   * The history in which each reading is of the source chosen for it, by its place among the sources, or `SILENT`. With
   * `rows`, of these alone: what the others wrote is in no read.
   */
  told(chosen: Int32Array, rows?: ReadonlySet<number>): History;
}

/** What a datatype says of its histories. */
export interface Riddles {
  /** What is not known of a history; null where everything is. */
  of(history: History): Riddle | null;
  /** Some rows of a history alone, without reads of what a row that is left out may have written. */
  part(history: History, rows: ReadonlySet<number>): History;
  /** These rows and all whose writes they may have read. */
  sources(history: History, rows: ReadonlySet<number>): ReadonlySet<number>;
  /** What an operation did, for a person. */
  say(history: History, row: number): string;
}
