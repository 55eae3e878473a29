/**
 * What a checker of sessions looks at: rows in sessions, the keys they write, and for every read the row it reads from.
 *
 * A row is an operation on registers, or a transaction: it may read and write several keys,
 * and its reads come before its writes. Rows are numbered session by session and in session
 * order within each, so "earlier in the same session" is "smaller", and a set of rows
 * that contains, with each row, all earlier rows of its session is one number per session.
 */

/** In `readFrom`: the read returned what was there before every write. */
export const INITIAL = -1;

/**
 * Rows, and their reads and writes in compressed sparse rows:
 * those of row `r` are at `readAt[r]` to `readAt[r + 1] - 1`.
 */
export interface SessionRows {
  readonly length: number;
  /** How many keys there are; keys are the numbers below. */
  readonly keys: number;
  /** Session `s` has the rows from `sessionAt[s]` to `sessionAt[s + 1] - 1`; one longer than there are sessions. */
  readonly sessionAt: Int32Array;
  /** The session of each row. */
  readonly sessionOf: Int32Array;
  readonly readAt: Int32Array;
  readonly readKey: Int32Array;
  /**
   * The row that wrote what was read, or `INITIAL`. Never the
   * reading row itself but in a history that is invalid for it.
   */
  readonly readFrom: Int32Array;
  readonly writeAt: Int32Array;
  readonly writeKey: Int32Array;
}

/**
 * Some of the rows as rows of their own. `ascending` are their numbers; a read from a row outside
 * is left out, which only weakens what is asked: whatever the remaining rows break, all rows break.
 */
export function someRows(rows: SessionRows, ascending: readonly number[]): SessionRows {
  const place = new Map(ascending.map((row, at) => [row, at]));
  const sessions = [...new Set(ascending.map((row) => rows.sessionOf[row]))];
  const sessionOf = ascending.map((row) => sessions.indexOf(rows.sessionOf[row]));
  const sessionAt = new Int32Array(sessions.length + 1);
  for (const session of sessionOf) sessionAt[session + 1]++;
  for (let s = 0; s < sessions.length; s++) sessionAt[s + 1] += sessionAt[s];
  const readAt = [0];
  const readKey: number[] = [];
  const readFrom: number[] = [];
  const writeAt = [0];
  const writeKey: number[] = [];
  for (const row of ascending) {
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      const from = rows.readFrom[e] === INITIAL ? INITIAL : place.get(rows.readFrom[e]);
      if (from === undefined) continue;
      readKey.push(rows.readKey[e]);
      readFrom.push(from);
    }
    for (let e = rows.writeAt[row]; e < rows.writeAt[row + 1]; e++) writeKey.push(rows.writeKey[e]);
    readAt.push(readKey.length);
    writeAt.push(writeKey.length);
  }
  return {
    length: ascending.length,
    keys: rows.keys,
    sessionAt,
    sessionOf: Int32Array.from(sessionOf),
    readAt: Int32Array.from(readAt),
    readKey: Int32Array.from(readKey),
    readFrom: Int32Array.from(readFrom),
    writeAt: Int32Array.from(writeAt),
    writeKey: Int32Array.from(writeKey),
  };
}
