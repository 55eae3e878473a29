/**
 * What each session must have seen: PRAM and causal memory (CM), where every session has an order of its own.
 *
 * For a session, the writes that its reads say it has seen are a prefix of every other session, one number
 * each. They grow by what was read; by what those writes depend on (under CM all that was in their past,
 * under PRAM only their own session); and by the one rule that another write of a key before a read came
 * before what was read. The rule is applied until nothing changes, which is complete for reads with one
 * known writer (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017):
 * the session can then be laid out read by read. Only the last write of a key in each prefix matters.
 */

import { clocksOf, joinVectors } from './clocks.ts';
import { type Contradiction, type Derived, noneDerived } from './derivation.ts';
import { isAcyclic } from './graph.ts';
import type { Readers } from './readers.ts';
import { INITIAL, type SessionRows } from './rows.ts';
import { lastAtMost, lastWrite, type Writes, writesOf } from './writes.ts';

/** The most numbers that the clocks of causal memory may take: a gigabyte. */
const CLOCKS = 1 << 28;

/** What refutes a view, or that it would take too much memory, or null. */
export type Refuted = Contradiction | 'too large' | null;

/**
 * The first session that has no order, under PRAM or under causal memory, for which rows
 * must be free of cycles of sessions and reads. Time O(n k) for k sessions and each round
 * of the rule, of which there are few; memory O(n) a session, and O(n k) for causal memory.
 */
export function viewViolation(rows: SessionRows, readers: Readers, causal: boolean): Refuted {
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

/**
 * One session's view: for each of its reads, and for each row that
 * they read from, a source, the prefixes that must be before that.
 *
 * Those of a read are closed: they contain what is before everything in them. They grow from
 * read to read, so what a read adds is looked at once. What the rule finds to be before a source
 * is in the prefixes of the read that shows it, and of all later ones; only where an earlier
 * read had the source already, and not yet that, the reads from there on are gone through again.
 */
class View {
  private readonly rows: SessionRows;
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
  /** By source: what the rule has found, with what is causally before that, not closed. */
  private readonly ofSource: Int32Array;
  private readonly ofReader: Int32Array;
  /** The sources that have grown after a read had used them, and the first such read. */
  private readonly grown = new Set<number>();
  private again = 0;
  private readonly derived: Derived = noneDerived();
  /** Sessions whose prefix has grown in the vector at hand and is not closed, and by session what it was. */
  private readonly queue: number[] = [];
  private readonly closedUpTo: Int32Array;
  private readonly queued: Uint8Array;

  constructor(rows: SessionRows, readers: Readers, clocks: Int32Array | null, writes: Writes, session: number) {
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
    this.closedUpTo = new Int32Array(this.sessions);
    this.queued = new Uint8Array(this.sessions);
  }

  /** Applies the rule until nothing changes, or something is before itself. */
  contradiction(): Contradiction | null {
    for (let first = true; this.again < this.own; first = false) {
      const grown = [...this.grown];
      const from = this.again;
      this.grown.clear();
      this.again = this.own;
      for (let reader = from; reader < this.own; reader++) {
        if (!this.extend(reader, grown) && !first) continue;
        const found = this.applyRule(reader);
        if (found) return found;
      }
    }
    return this.isCyclic() ? this.contradicted(null) : null;
  }

  private contradicted(stale: Contradiction['stale']): Contradiction {
    return { derived: this.derived, session: this.session, causal: this.clocks !== null, stale };
  }

  /** Adds what is before a reader now; whether that is more than it was. */
  private extend(reader: number, grown: readonly number[]): boolean {
    const { rows, sessions, ofReader } = this;
    const row = this.readers.row[this.firstReader + reader];
    const at = reader * sessions;
    // What was before the reader before is closed, and what is closed needs no closing again.
    let more = reader > 0 && joinVectors(ofReader, at, ofReader, at - sessions, sessions);
    if (row > rows.sessionAt[this.session]) more = this.reach(ofReader, at, this.session, row - 1) || more;
    if (this.clocks) more = this.join(ofReader, at, this.clocks, (this.firstReader + reader) * sessions) || more;
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      const from = rows.readFrom[e];
      if (from !== INITIAL) more = this.reach(ofReader, at, rows.sessionOf[from], from) || more;
    }
    for (const source of grown) {
      // A cas that was read is a source and a reader in one: what is before the one is before the other.
      const within =
        this.sources[source] === row || ofReader[at + rows.sessionOf[this.sources[source]]] >= this.sources[source];
      if (within) more = this.join(ofReader, at, this.ofSource, source * sessions) || more;
    }
    this.close(at);
    return more;
  }

  /** The rule, for all that is before a reader. */
  private applyRule(reader: number): Contradiction | null {
    const { rows, sessions, ofReader } = this;
    const row = this.readers.row[this.firstReader + reader];
    if (ofReader[reader * sessions + this.session] >= row) return this.contradicted(null);
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      for (let s = 0; s < sessions; s++) {
        const write = lastWrite(this.writes, s, rows.readKey[e], ofReader[reader * sessions + s]);
        if (write < 0 || write === rows.readFrom[e]) continue;
        if (rows.readFrom[e] === INITIAL) return this.contradicted({ read: e, write });
        this.order(write, e, reader);
      }
    }
    return null;
  }

  /** The rule for one write before read `e` of a reader: it is before the source that `e` reads from. */
  private order(write: number, e: number, reader: number): void {
    const { rows, sessions, ofSource, ofReader } = this;
    const from = rows.readFrom[e];
    const s = rows.sessionOf[write];
    if (rows.sessionOf[from] === s && write < from) return;
    const source = lastAtMost(this.sources, 0, this.sources.length, from);
    const at = source * sessions;
    if (ofSource[at + s] >= write) return;
    this.derived.before.push(write);
    this.derived.after.push(from);
    this.derived.read.push(e);
    this.derived.rule.push('overwritten');
    ofSource[at + s] = write;
    const latest = this.readers.latest[write];
    if (this.clocks && latest >= 0) joinVectors(ofSource, at, this.clocks, latest * sessions, sessions);
    const first = this.firstAffected(from, reader);
    if (first === reader || ofReader[first * sessions + s] >= write) return;
    this.grown.add(source);
    this.again = Math.min(this.again, first);
  }

  /** The first of the own readers up to `reader` that is this row, or has it before itself. */
  private firstAffected(row: number, reader: number): number {
    const s = this.rows.sessionOf[row];
    const same = this.readers.latest[row];
    if (s === this.session && same >= 0 && this.readers.row[same] === row)
      return Math.min(same - this.firstReader, reader);
    let low = 0;
    let high = reader;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ofReader[middle * this.sessions + s] >= row) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private reach(to: Int32Array, at: number, s: number, row: number): boolean {
    if (to[at + s] >= row) return false;
    if (this.queued[s] === 0) {
      this.queued[s] = 1;
      this.closedUpTo[s] = to[at + s];
      this.queue.push(s);
    }
    to[at + s] = row;
    return true;
  }

  private join(to: Int32Array, at: number, from: Int32Array, fromAt: number): boolean {
    let more = false;
    for (let s = 0; s < this.sessions; s++) {
      if (from[fromAt + s] > to[at + s]) more = this.reach(to, at, s, from[fromAt + s]);
    }
    return more;
  }

  /**
   * Adds to a reader's prefixes what the grown ones depend on, until nothing
   * is missing. Own rows depend on earlier readers, who are in already.
   */
  private close(at: number): void {
    const { sources, ofSource, ofReader, sessions, rows } = this;
    for (let s = this.queue.pop(); s !== undefined; s = this.queue.pop()) {
      this.queued[s] = 0;
      const since = Math.max(this.closedUpTo[s], rows.sessionAt[s] - 1);
      const row = ofReader[at + s];
      let source = lastAtMost(sources, 0, sources.length, row);
      for (; source >= 0 && sources[source] > since; source--) this.join(ofReader, at, ofSource, source * sessions);
      const reader = this.readers.latest[row];
      if (this.clocks && reader >= 0) this.join(ofReader, at, this.clocks, reader * sessions);
    }
  }

  /** Whether a source is before itself, through reads of the session or through other sources. */
  private isCyclic(): boolean {
    const { sources, sessions, ofSource, ofReader, rows } = this;
    for (let source = 0; source < sources.length; source++) {
      const s = rows.sessionOf[sources[source]];
      if (ofSource[source * sessions + s] >= sources[source]) return true;
      const own = ofSource[source * sessions + this.session];
      const reader = own < 0 ? -1 : this.readers.latest[own] - this.firstReader;
      if (reader >= 0 && ofReader[reader * sessions + s] >= sources[source]) return true;
    }
    return !isAcyclic(sources.length, sessions + 1, (source, i) => this.sourceBefore(source, i));
  }

  /**
   * The last source of session `i` that is before a source, or the one
   * before it in its own session for the last `i`; -1 for none.
   */
  private sourceBefore(source: number, i: number): number {
    const { sources, sessions, rows } = this;
    const row = sources[source];
    if (i === sessions) {
      return source > 0 && rows.sessionOf[sources[source - 1]] === rows.sessionOf[row] ? source - 1 : -1;
    }
    const latest = this.readers.latest[row];
    const past = this.clocks && latest >= 0 ? this.clocks[latest * sessions + i] : -1;
    const upTo = Math.max(past, this.ofSource[source * sessions + i]);
    if (upTo < rows.sessionAt[i]) return -1;
    const before = lastAtMost(sources, 0, sources.length, upTo);
    return before >= 0 && rows.sessionOf[sources[before]] === i ? before : -1;
  }
}
