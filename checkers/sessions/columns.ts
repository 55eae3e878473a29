/**
 * One session's part of all pasts: a column of all vector clocks, computed without the others.
 *
 * What is in the past of a read depends on which session guarantees are asked for (Terry et al.,
 * "Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994, in the form of Viotti
 * and Vukolić, "Consistency in Non-Transactional Distributed Storage Systems", ACM Computing
 * Surveys 2016): each adds one type of step within a session, and all four together are causality.
 */

import type { Readers } from './readers.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/**
 * Which steps within a session carry a write into the past of a later
 * read: from a row that does the one to one that does the other.
 */
export interface Guarantees {
  /** Read your writes: write to read. */
  readonly writeRead: boolean;
  /** Monotonic reads: read to read. */
  readonly readRead: boolean;
  /** Monotonic writes: write to write. */
  readonly writeWrite: boolean;
  /** Writes follow reads: read to write. */
  readonly readWrite: boolean;
}

/** All four guarantees. */
export const CAUSALITY: Guarantees = { writeRead: true, readRead: true, writeWrite: true, readWrite: true };

/** Columns, one after the other, in the same memory: O(readers and reads) time each. */
export class PastColumns {
  /**
   * By reader: the last row of the session computed last that is in its past, or less than that session's first row.
   */
  readonly past: Int32Array;
  /** By read: the last reader at or before the row read from, where writes follow reads; `-1` for none. */
  readonly through: Int32Array;
  private readonly rows: SessionRows;
  private readonly readers: Readers;
  private readonly guarantees: Guarantees;
  /** The arrays below are in the order in which the readers are visited, so that memory is read sequentially. */
  private readonly previous: Int32Array;
  private readonly readsAt: Int32Array;
  private readonly from: Int32Array;
  private readonly via: Int32Array;

  constructor(rows: SessionRows, readers: Readers, guarantees: Guarantees) {
    this.rows = rows;
    this.readers = readers;
    this.guarantees = guarantees;
    this.past = new Int32Array(readers.length);
    this.through = rows.readFrom.map((from) => (from === INITIAL || !guarantees.readWrite ? -1 : readers.latest[from]));
    this.previous = readers.order.map((reader) => readers.previous[reader]);
    this.readsAt = new Int32Array(readers.length + 1);
    this.from = new Int32Array(rows.readFrom.length);
    this.via = new Int32Array(rows.readFrom.length);
    let next = 0;
    for (let at = 0; at < readers.length; at++) {
      const row = readers.row[readers.order[at]];
      for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
        this.from[next] = rows.readFrom[e];
        this.via[next++] = this.through[e];
      }
      this.readsAt[at + 1] = next;
    }
  }

  /**
   * Whether nothing of other sessions is in a past but what was read: then only a session's own column matters to it.
   */
  get local(): boolean {
    return !this.guarantees.writeWrite && !this.guarantees.readWrite;
  }

  /** Computes `past` for session `s`; where that is local, only for its own readers. */
  compute(s: number): void {
    const { rows, readers, past } = this;
    if (this.guarantees.writeWrite && this.guarantees.readWrite) this.causal(s);
    else if (this.guarantees.writeWrite) this.byWrites(s);
    else if (this.guarantees.readWrite) this.byReads(s);
    else {
      for (let t = rows.sessionAt[s]; t < rows.sessionAt[s + 1]; t++) {
        if (rows.readAt[t + 1] > rows.readAt[t]) past[readers.latest[t]] = this.rowBefore(readers.latest[t]);
      }
    }
  }

  /** The row of the reader before in the same session, `-1` for none. */
  private rowBefore(reader: number): number {
    const before = this.readers.previous[reader];
    return before < 0 ? -1 : this.readers.row[before];
  }

  /**
   * All four guarantees: what the session has done, what was
   * written there and read, and what was in the pasts of all that.
   */
  private causal(s: number): void {
    const { past, previous, readsAt, from, via } = this;
    const { length, order, row } = this.readers;
    const low = this.rows.sessionAt[s];
    const high = this.rows.sessionAt[s + 1];
    for (let at = 0, e = 0; at < length; at++) {
      const reader = order[at];
      const end = readsAt[at + 1];
      let last = previous[at] < 0 ? -1 : past[previous[at]];
      for (; e < end; e++) {
        const w = from[e];
        const reach = w >= low && w < high ? w : via[e] < 0 ? -1 : past[via[e]];
        if (reach > last) last = reach;
      }
      const own = row[reader];
      past[reader] = own >= low && own < high ? own - 1 : last;
    }
  }

  /** Monotonic writes: what was written there, up to the last of it that was read. */
  private byWrites(s: number): void {
    const { rows, readers, past } = this;
    const low = rows.sessionAt[s];
    const high = rows.sessionAt[s + 1];
    for (let reader = 0; reader < readers.length; reader++) {
      const t = readers.row[reader];
      let last = readers.previous[reader] < 0 ? -1 : past[readers.previous[reader]];
      for (let e = rows.readAt[t]; e < rows.readAt[t + 1]; e++) {
        const w = rows.readFrom[e];
        if (w >= low && w < high && w > last) last = w;
      }
      past[reader] = last;
    }
  }

  /** Writes follow reads: what was read there, up to the last read before a write that was read, and so on. */
  private byReads(s: number): void {
    const { past, previous, readsAt, from, via } = this;
    const { length, order, row } = this.readers;
    const low = this.rows.sessionAt[s];
    const high = this.rows.sessionAt[s + 1];
    for (let at = 0, e = 0; at < length; at++) {
      const reader = order[at];
      const own = row[reader] >= low && row[reader] < high;
      let last = own ? this.rowBefore(reader) : previous[at] < 0 ? -1 : past[previous[at]];
      for (; e < readsAt[at + 1]; e++) {
        if (via[e] < 0) continue;
        const reach = from[e] >= low && from[e] < high ? row[via[e]] : past[via[e]];
        if (reach > last) last = reach;
      }
      past[reader] = last;
    }
  }
}
