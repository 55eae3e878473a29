/** The rows that read something, and an order in which each follows all that is causally before it, if there is one. */

import { INITIAL, type SessionRows } from './rows.ts';

/**
 * The rows that read something, numbered in the order of rows, which keeps what a walk
 * touches close together: at any time both passes below are at one place of each session.
 */
export interface Readers {
  readonly length: number;
  /** The row of each. */
  readonly row: Int32Array;
  /** Their numbers in the order in which pasts are computed: each follows all that its own past is made of. */
  readonly order: Int32Array;
  /** By row: the number of the last reader at or before it in its session; `-1` for none. */
  readonly latest: Int32Array;
  /** By number: the reader before in the same session; `-1` for none. */
  readonly previous: Int32Array;
}

/**
 * In causal order; null where sessions and reads-from form a cycle. O(n), by a search in depth with a stack of its own.
 */
export function causalReaders(rows: SessionRows): Readers | null {
  const readers = readersBySession(rows);
  const order = causalOrder(rows, readers);
  return order && { ...readers, order };
}

/**
 * In the order of rows, for models whose pasts are made of earlier
 * operations of the same session: cycles do not matter to them. O(n).
 */
export function readersBySession(rows: SessionRows): Readers {
  const latest = new Int32Array(rows.length);
  const list = new Int32Array(rows.length);
  const previous = new Int32Array(rows.length);
  let length = 0;
  for (let at = 0; at < rows.length; at++) {
    const before = rows.sessionAt[rows.sessionOf[at]] === at ? -1 : latest[at - 1];
    latest[at] = before;
    if (rows.readAt[at + 1] === rows.readAt[at]) continue;
    list[length] = at;
    previous[length] = before;
    latest[at] = length++;
  }
  const row = list.slice(0, length);
  return { length, row, order: Int32Array.from(row.keys()), latest, previous: previous.slice(0, length) };
}

function causalOrder(rows: SessionRows, readers: Omit<Readers, 'order'>): Int32Array | null {
  const { length, row } = readers;
  const order = new Int32Array(length);
  const stack = new Int32Array(length + 1);
  /** By reader: the next of its reads to look at; before the first is the session's previous reader. */
  const next = row.map((at) => rows.readAt[at] - 1);
  const state = new Uint8Array(length);
  let placed = 0;
  for (let root = 0; root < length; root++) {
    let depth = 0;
    if (state[root] === UNSEEN) stack[depth++] = root;
    while (depth > 0) {
      const at = stack[depth - 1];
      state[at] = OPEN;
      const before = unplaced(rows, readers, state, next, at);
      if (before >= 0) {
        if (state[before] === OPEN) return null;
        stack[depth++] = before;
      } else {
        state[at] = PLACED;
        order[placed++] = at;
        depth--;
      }
    }
  }
  return order;
}

const UNSEEN = 0;
const OPEN = 1;
const PLACED = 2;

/** The next reader that must be placed before `at`, or `-1`. */
function unplaced(
  rows: SessionRows,
  readers: Omit<Readers, 'order'>,
  state: Uint8Array,
  next: Int32Array,
  at: number,
): number {
  const { row, latest, previous } = readers;
  const first = rows.readAt[row[at]];
  const end = rows.readAt[row[at] + 1];
  for (; next[at] < end; next[at]++) {
    const e = next[at];
    const from = e < first ? -1 : rows.readFrom[e];
    const before = e < first ? previous[at] : from === INITIAL ? -1 : latest[from];
    if (before >= 0 && state[before] !== PLACED) return before;
  }
  return -1;
}
