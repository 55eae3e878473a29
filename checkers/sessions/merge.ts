/**
 * Whether sessions can be merged into one order that keeps reads behind their writes and conflicts
 * as they are: the question whether the graph of all that is free of cycles, without building it.
 *
 * Each session is at one row. A row whose writers have all been passed is passed too;
 * one that has to wait is put on the list of what it waits for. Every row waits at most
 * once for each of its reads and conflicts, so the time is O(rows + reads + conflicts).
 */

import type { Conflicts } from './conflicts.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/** Whether there is such an order. */
export function canMerge(rows: SessionRows, { before, after }: Pick<Conflicts, 'before' | 'after'>): boolean {
  return new Merge(rows, before, after).run();
}

class Merge {
  private readonly rows: SessionRows;
  /** By session: the row it is at. */
  private readonly position: Int32Array;
  /** The rows that must be passed before row `r` are at `conflictsAt[r]` in `sources`. */
  private readonly conflictsAt: Int32Array;
  private readonly sources: Int32Array;
  /**
   * By row: the first session that waits for it; by session: the next
   * that waits for the same. One more than its number, 0 for none.
   */
  private readonly waiting: Int32Array;
  private readonly nextWaiting: Int32Array;

  constructor(rows: SessionRows, before: readonly number[], after: readonly number[]) {
    this.rows = rows;
    this.position = rows.sessionAt.slice(0, -1);
    this.conflictsAt = new Int32Array(rows.length + 1);
    this.sources = new Int32Array(after.length);
    for (const row of after) this.conflictsAt[row + 1]++;
    for (let row = 0; row < rows.length; row++) this.conflictsAt[row + 1] += this.conflictsAt[row];
    const next = this.conflictsAt.slice();
    for (let c = 0; c < after.length; c++) this.sources[next[after[c]]++] = before[c];
    this.waiting = new Int32Array(rows.length);
    this.nextWaiting = new Int32Array(this.position.length);
  }

  run(): boolean {
    const { rows, position, waiting, nextWaiting } = this;
    const going = [...position.keys()];
    let passed = 0;
    for (let s = going.pop(); s !== undefined; s = going.pop()) {
      for (; position[s] < rows.sessionAt[s + 1]; position[s]++) {
        const row = position[s];
        const missing = this.missing(row);
        if (missing !== INITIAL) {
          nextWaiting[s] = waiting[missing];
          waiting[missing] = s + 1;
          break;
        }
        for (let w = waiting[row]; w > 0; w = nextWaiting[w - 1]) going.push(w - 1);
        passed++;
      }
    }
    return passed === rows.length;
  }

  /** A row that has to be passed before this one and is not; `INITIAL` where there is none. */
  private missing(row: number): number {
    const { rows, position, conflictsAt, sources } = this;
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      const from = rows.readFrom[e];
      if (from !== INITIAL && position[rows.sessionOf[from]] <= from) return from;
    }
    for (let c = conflictsAt[row]; c < conflictsAt[row + 1]; c++) {
      if (position[rows.sessionOf[sources[c]]] <= sources[c]) return sources[c];
    }
    return INITIAL;
  }
}
