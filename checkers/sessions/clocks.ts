/** Vector clocks: what of each session is in the past of a reader. */
import type { Readers } from './readers.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/** By reader and session: the last row of the session in its past, or -1. */
export function clocksOf(rows: SessionRows, readers: Readers): Int32Array {
  const sessions = rows.sessionAt.length - 1;
  const clocks = new Int32Array(readers.length * sessions).fill(-1);
  const join = (to: number, from: number): void => {
    for (let s = 0; s < sessions; s++) {
      if (clocks[from * sessions + s] > clocks[to * sessions + s])
        clocks[to * sessions + s] = clocks[from * sessions + s];
    }
  };
  for (const reader of readers.order) {
    const row = readers.row[reader];
    const own = reader * sessions + rows.sessionOf[row];
    if (readers.previous[reader] >= 0) join(reader, readers.previous[reader]);
    if (row > rows.sessionAt[rows.sessionOf[row]]) clocks[own] = row - 1;
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      const from = rows.readFrom[e];
      if (from === INITIAL) continue;
      if (readers.latest[from] >= 0) join(reader, readers.latest[from]);
      const at = reader * sessions + rows.sessionOf[from];
      clocks[at] = Math.max(clocks[at], from);
    }
  }
  return clocks;
}

/** Raises a vector to the maximum of itself and another; returns whether it grew. */
export function joinVectors(to: Int32Array, at: number, from: Int32Array, fromAt: number, width: number): boolean {
  let more = false;
  for (let i = 0; i < width; i++) {
    if (from[fromAt + i] <= to[at + i]) continue;
    to[at + i] = from[fromAt + i];
    more = true;
  }
  return more;
}
