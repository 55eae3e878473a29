import type { History } from '../history.ts';

/**
 * Reads a history from chunks of text, in any sizes: `push` each, then `end` once. Both throw
 * a `HistoryError` on a text that is no history. Decoding bytes and opening files is the caller's.
 */
export interface Reader {
  push(text: string): void;
  /** What follows is another file of the same history, another session. Absent where a history is one file. */
  nextFile?(): void;
  end(): Reading;
}

/** A history and what a person should know of how it was read: "line 9 is cut off: the history ends before it". */
export interface Reading {
  readonly history: History;
  readonly notes: readonly string[];
  /** The format's name, as `--format` takes it. */
  readonly format: string;
  /** The line of the operation that has this `start`, where the format has lines. */
  lineOf?(start: number): number | undefined;
}
