/** Which rows of a session write a key: the last one up to a row, and the first one from a row on, by bisection. */

import type { SessionRows } from './rows.ts';

/** The rows that write each key in each session, ascending. */
export interface Writes {
  /** By session: its keys, ascending, and for each where its rows begin; one longer than its keys. */
  readonly keys: readonly Int32Array[];
  readonly starts: readonly Int32Array[];
  readonly rows: readonly Int32Array[];
}

/** Grouped in O(n log n). */
export function writesOf(rows: SessionRows): Writes {
  const writes: { keys: Int32Array[]; starts: Int32Array[]; rows: Int32Array[] } = { keys: [], starts: [], rows: [] };
  for (let s = 0; s + 1 < rows.sessionAt.length; s++) {
    const byKey = new Map<number, number[]>();
    for (let row = rows.sessionAt[s]; row < rows.sessionAt[s + 1]; row++) {
      for (let e = rows.writeAt[row]; e < rows.writeAt[row + 1]; e++) {
        const list = byKey.get(rows.writeKey[e]);
        if (list) list.push(row);
        else byKey.set(rows.writeKey[e], [row]);
      }
    }
    const keys = [...byKey.keys()].sort((a, b) => a - b);
    const lists = keys.map((key) => byKey.get(key) as number[]);
    const starts = new Int32Array(keys.length + 1);
    for (let k = 0; k < lists.length; k++) starts[k + 1] = starts[k] + lists[k].length;
    writes.keys.push(Int32Array.from(keys));
    writes.starts.push(starts);
    writes.rows.push(Int32Array.from(lists.flat()));
  }
  return writes;
}

/** The last place in `from` to `end - 1` of an ascending array whose number is at most `value`; `from - 1` for none. */
export function lastAtMost(ascending: Int32Array, from: number, end: number, value: number): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The last row of session `s` up to `row` that writes `key`, or -1. */
export function lastWrite(writes: Writes, s: number, key: number, row: number): number {
  const at = lastAtMost(writes.keys[s], 0, writes.keys[s].length, key);
  if (at < 0 || writes.keys[s][at] !== key) return -1;
  const start = writes.starts[s][at];
  const place = lastAtMost(writes.rows[s], start, writes.starts[s][at + 1], row);
  return place < start ? -1 : writes.rows[s][place];
}

/** The first row of session `s` from `row` on that writes `key`, or -1. */
export function firstWrite(writes: Writes, s: number, key: number, row: number): number {
  const at = lastAtMost(writes.keys[s], 0, writes.keys[s].length, key);
  if (at < 0 || writes.keys[s][at] !== key) return -1;
  const end = writes.starts[s][at + 1];
  const place = lastAtMost(writes.rows[s], writes.starts[s][at], end, row - 1) + 1;
  return place === end ? -1 : writes.rows[s][place];
}
