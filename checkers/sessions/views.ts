/**
 * What each session must have seen: PRAM and causal memory (CM), where every session has an order of its own.
 *
 * For a session, the writes that its reads say it has seen are a prefix of every other session, one number each. They grow by what was
 * read; by what those writes depend on (under CM all that was in their past, under PRAM only their own session); and by the one
 * rule that another write of a key before a read came before what was read. The rule is applied until nothing changes,
 * which is complete for reads with one known writer (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL
 * 2017): the session can then be laid out read by read. Only the last write of a key in each prefix matters.
 */

import { type Contradiction, type Derived, noneDerived } from './derivation.ts';
import type { Readers } from './readers.ts';
import { INITIAL, type Rows } from './rows.ts';
import { lastAtMost, lastWrite, type Writes, writesOf } from './writes.ts';

/** The most numbers that the clocks of causal memory may take: a gigabyte. */
const CLOCKS = 1 << 28;

/** What refutes a view, that it cannot be known, or null. */
export type Refuted = Contradiction | 'too large' | null;

/**
 * The first session that has no order, under PRAM or under causal memory; rows must be free of cycles of sessions and reads. Time
 * O(n k) for k sessions and each round of the rule, of which there are few; memory O(n) a session, and O(n k) for causal memory.
 */
export function viewViolation(rows: Rows, readers: Readers, causal: boolean): Refuted {
  const sessions = rows.sessionAt.length - 1;
  if (causal && readers.length * sessions > CLOCKS) return 'too large';
  const clocks = causal ? clocksOf(rows, readers) : null;
  const written = writesOf(rows);
  for (let s = 0; s < sessions; s++) {
    const found = new View(rows, readers, clocks, written, s).contradiction();
    if (found) return found;
  }
  return null;
}

/** By reader and session: the last row of the session in its past, or -1. */
function clocksOf(rows: Rows, readers: Readers): Int32Array {
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

/** One session's view, growing. Its prefixes, by reader and by write that it read, are what must be before that. */
class View {
  private readonly rows: Rows;
  private readonly readers: Readers;
  private readonly clocks: Int32Array | null;
  private readonly writes: Writes;
  private readonly session: number;
  private readonly sessions: number;
  /** The session's own readers are the `own` from `firstReader` on. */
  private readonly firstReader: number;
  private readonly own: number;
  /** The rows that they read from, ascending, so that those of one session are next to each other. */
  private readonly sources: Int32Array;
  /** By source: the prefixes before it. By own reader: likewise. */
  private readonly ofSource: Int32Array;
  private readonly ofReader: Int32Array;
  private readonly derived: Derived = noneDerived();
  private readonly queue: number[] = [];
  private readonly queued: Uint8Array;

  constructor(rows: Rows, readers: Readers, clocks: Int32Array | null, writes: Writes, session: number) {
    this.rows = rows;
    this.readers = readers;
    this.clocks = clocks;
    this.writes = writes;
    this.session = session;
    this.sessions = rows.sessionAt.length - 1;
    this.firstReader = lastAtMost(readers.row, 0, readers.length, rows.sessionAt[session] - 1) + 1;
    this.own = lastAtMost(readers.row, 0, readers.length, rows.sessionAt[session + 1] - 1) + 1 - this.firstReader;
    const reads = rows.readFrom.subarray(
      rows.readAt[rows.sessionAt[session]],
      rows.readAt[rows.sessionAt[session + 1]],
    );
    this.sources = Int32Array.from(new Set(reads.filter((from) => from !== INITIAL))).sort();
    this.ofSource = new Int32Array(this.sources.length * this.sessions).fill(-1);
    this.ofReader = new Int32Array(this.own * this.sessions).fill(-1);
    this.queued = new Uint8Array(this.sessions);
  }

  /** Applies the rule until nothing changes, or something is before itself. */
  contradiction(): Contradiction | null {
    for (let known = -1; known !== this.derived.before.length; ) {
      known = this.derived.before.length;
      for (let reader = 0; reader < this.own; reader++) {
        const found = this.read(reader);
        if (found) return found;
      }
      if (this.sourcesAreCyclic()) return this.cycle();
    }
    return null;
  }

  /** Brings what is before each source up to date with what the reads have shown; whether one is before itself. */
  private sourcesAreCyclic(): boolean {
    const { sources, ofSource, sessions } = this;
    for (let source = 1; source < sources.length; source++) {
      if (this.rows.sessionOf[sources[source - 1]] !== this.rows.sessionOf[sources[source]]) continue;
      this.join(ofSource, source * sessions, ofSource, (source - 1) * sessions);
    }
    for (let source = 0; source < sources.length; source++) {
      this.close(ofSource, source * sessions);
      if (ofSource[source * sessions + this.rows.sessionOf[sources[source]]] >= sources[source]) return true;
    }
    return false;
  }

  private cycle(): Contradiction {
    return { derived: this.derived, session: this.session, causal: this.clocks !== null, stale: null };
  }

  /** What is before the reader, and then the rule. */
  private read(reader: number): Contradiction | null {
    const { rows, sessions, ofReader } = this;
    const row = this.readers.row[this.firstReader + reader];
    const at = reader * sessions;
    if (reader > 0) this.join(ofReader, at, ofReader, at - sessions);
    if (row > rows.sessionAt[this.session]) this.reach(ofReader, at, this.session, row - 1);
    if (this.clocks) this.join(ofReader, at, this.clocks, (this.firstReader + reader) * sessions);
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      if (rows.readFrom[e] !== INITIAL) this.reach(ofReader, at, rows.sessionOf[rows.readFrom[e]], rows.readFrom[e]);
    }
    this.close(ofReader, at);
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      for (let s = 0; s < sessions; s++) {
        const write = lastWrite(this.writes, s, rows.readKey[e], ofReader[at + s]);
        if (write < 0 || write === rows.readFrom[e]) continue;
        if (rows.readFrom[e] === INITIAL) return { ...this.cycle(), stale: { read: e, write } };
        if (!this.order(write, e)) return this.cycle();
      }
    }
    return null;
  }

  /** The rule: `write` is before what read `e` read from. False when that is before `write` too. */
  private order(write: number, e: number): boolean {
    const { rows, sessions, ofSource } = this;
    const from = rows.readFrom[e];
    const at = lastAtMost(this.sources, 0, this.sources.length, from) * sessions;
    const s = rows.sessionOf[write];
    if (rows.sessionOf[from] === s && write < from) return true;
    if (ofSource[at + s] >= write) return true;
    this.derived.before.push(write);
    this.derived.after.push(from);
    this.derived.read.push(e);
    this.derived.rule.push('overwritten');
    this.reach(ofSource, at, s, write);
    this.close(ofSource, at);
    return ofSource[at + rows.sessionOf[from]] < from;
  }

  private reach(to: Int32Array, at: number, s: number, row: number): void {
    if (to[at + s] < row) to[at + s] = row;
  }

  private join(to: Int32Array, at: number, from: Int32Array, fromAt: number): void {
    for (let s = 0; s < this.sessions; s++) {
      if (from[fromAt + s] <= to[at + s]) continue;
      to[at + s] = from[fromAt + s];
      if (this.queued[s] === 1) continue;
      this.queued[s] = 1;
      this.queue.push(s);
    }
  }

  /** Adds what everything in the prefixes depends on, until nothing is missing. */
  private close(to: Int32Array, at: number): void {
    this.queue.length = 0;
    for (let s = 0; s < this.sessions; s++) {
      this.queued[s] = to[at + s] >= 0 ? 1 : 0;
      if (to[at + s] >= 0) this.queue.push(s);
    }
    for (let s = this.queue.pop(); s !== undefined; s = this.queue.pop()) {
      this.queued[s] = 0;
      const row = to[at + s];
      const source = lastAtMost(this.sources, 0, this.sources.length, row);
      if (source >= 0 && this.rows.sessionOf[this.sources[source]] === s) {
        this.join(to, at, this.ofSource, source * this.sessions);
      }
      const reader = this.readers.latest[row];
      if (reader < 0) continue;
      if (this.clocks) this.join(to, at, this.clocks, reader * this.sessions);
      if (s === this.session) this.join(to, at, this.ofReader, (reader - this.firstReader) * this.sessions);
    }
  }
}
