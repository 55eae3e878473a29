/**
 * Whether transactions have an order that agrees with one order of the versions of each key: who reads a version comes
 * after its writer and before that of the next. Kahn's sort on what registers are, without a list of edges.
 *
 * Real time costs no edges either: each transaction gets the earliest moment at which it can take effect, which is its
 * own begin or that of one that must come before it; there is an order in time just where no such moment lies after its
 * own end.
 * Time and memory linear in the micro-operations.
 */
import type { VersionReaders } from './register-edges.ts';
import type { Question } from './solver/shape.ts';
import { momentsOf } from './solver/shape.ts';
import { READS, type Succession, WRITES } from './succession.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { COMMITTED } from './transactions-of.ts';
import { REAL_TIME, SESSIONS } from './views.ts';

/**
 * The moments of transactions in an order that a question asks for, or null where there is none: row r is the moment
 * of r, or its start, and with two moments `rows + r` is its commit.
 */
export function momentsInSuccession(
  registers: RegisterTransactions,
  readers: VersionReaders,
  succession: Succession,
  question: Question,
): Int32Array | null {
  return new SuccessionRun(registers, readers, succession, question).finish();
}

class SuccessionRun {
  private readonly registers: RegisterTransactions;
  private readonly readers: VersionReaders;
  private readonly succession: Succession;
  private readonly timed: boolean;
  /** What to add to a row for the moment of its writes, and whether these follow those before from the start on. */
  private readonly commit: number;
  private readonly early: boolean;
  /** What each moment waits for, and the row with whose begin it can come at the earliest. */
  private readonly waiting: Int32Array;
  private readonly earliest: Int32Array;
  /** Of each version: how many must still read it, or write it, and the latest of them. */
  private readonly using: Int32Array;
  private readonly used: Int32Array;
  private readonly after: Int32Array | null;
  private readonly order: Int32Array;
  private tail = 0;

  constructor(registers: RegisterTransactions, readers: VersionReaders, succession: Succession, question: Question) {
    this.registers = registers;
    this.readers = readers;
    this.succession = succession;
    const { rows, versions, session, history } = registers;
    this.timed = question.time === REAL_TIME;
    this.commit = momentsOf(question.shape, rows).written;
    this.early = question.shape === 'snapshot';
    const moments = this.commit + rows;
    this.waiting = new Int32Array(moments);
    this.earliest = new Int32Array(this.timed ? moments : 0);
    this.using = new Int32Array(versions);
    this.used = new Int32Array(this.timed ? versions : 0);
    this.order = new Int32Array(moments);
    this.after = question.time === SESSIONS ? nextInSession(registers, session, history.columns) : null;
    this.count();
  }

  finish(): Int32Array | null {
    const { rows, status } = this.registers;
    let left = 0;
    for (let row = 0; row < rows; row++) {
      if (status[row] !== COMMITTED) continue;
      left += this.commit > 0 ? 2 : 1;
      if (this.waiting[row] === 0) this.order[this.tail++] = row;
    }
    for (let head = 0; head < this.tail; head++) {
      const moment = this.order[head];
      if (moment < rows && !this.read(moment)) return null;
      if (moment >= this.commit && !this.write(moment - this.commit)) return null;
    }
    if (this.tail < left) return null;
    return this.timed ? this.inTime(left) : this.order.subarray(0, left);
  }

  /** Moments by the earliest time at which they can be: none of them then comes after what began when it had ended. */
  private inTime(count: number): Int32Array {
    const { order, earliest } = this;
    const place = new Int32Array(this.registers.rows + 1);
    for (let at = 0; at < count; at++) place[earliest[order[at]] + 1]++;
    for (let row = 0; row < this.registers.rows; row++) place[row + 1] += place[row];
    const sorted = new Int32Array(count);
    for (let at = 0; at < count; at++) sorted[place[earliest[order[at]]]++] = order[at];
    return sorted;
  }

  /** Counts what each moment waits for. */
  private count(): void {
    const { commit, after, waiting } = this;
    const { versions, rows, status } = this.registers;
    for (let version = 0; version < versions; version++) this.countUsers(version);
    for (let row = 0; row < rows; row++) {
      if (status[row] !== COMMITTED) continue;
      if (commit > 0) waiting[commit + row]++;
      if (after && after[row] >= 0) waiting[after[row]]++;
      if (this.timed) this.earliest[row] = row;
    }
  }

  /** Readers wait for who wrote a version, and who overwrites it waits for all of these. */
  private countUsers(version: number): void {
    const { readers, succession, waiting, commit } = this;
    const { writer } = this.registers;
    const isWritten = writer[version] >= 0;
    const next = succession.next[version];
    const by = next < 0 ? -1 : writer[next];
    let users = isWritten && !this.early ? 1 : 0;
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++) {
      const reader = readers.reader[i];
      if (isWritten) waiting[reader]++;
      if (reader !== by) users++;
    }
    if (next < 0) return;
    this.using[version] = users;
    if (users > 0) waiting[commit + by]++;
    if (isWritten && this.early) waiting[by]++;
  }

  /** What may follow once a transaction has read. */
  private read(row: number): boolean {
    const { first, version, writer } = this.registers;
    const { acts, next } = this.succession;
    const moment = this.timed ? this.earliest[row] : 0;
    if (this.timed && this.isLate(row, moment)) return false;
    for (let at = first[row]; at < first[row + 1]; at++) {
      if (acts[at] !== READS) continue;
      const after = next[version[at]];
      if (after >= 0 && writer[after] !== row) this.leave(version[at], moment);
    }
    if (this.commit > 0) this.reach(this.commit + row, moment);
    return true;
  }

  /** What may follow once it has written. */
  private write(row: number): boolean {
    const { first, version, writer } = this.registers;
    const { acts, next } = this.succession;
    const moment = this.timed ? this.earliest[this.commit + row] : 0;
    if (this.timed && this.isLate(row, moment)) return false;
    for (let at = first[row]; at < first[row + 1]; at++) {
      if (acts[at] !== WRITES) continue;
      const own = version[at];
      for (let i = this.readers.offset[own]; i < this.readers.offset[own + 1]; i++)
        this.reach(this.readers.reader[i], moment);
      if (next[own] < 0) continue;
      if (this.early) this.reach(writer[next[own]], moment);
      else this.leave(own, moment);
    }
    if (this.after && this.after[row] >= 0) this.reach(this.after[row], moment);
    return true;
  }

  /** Whether a row had ended when the other began. */
  private isLate(row: number, other: number): boolean {
    const { start, end } = this.registers.history.columns;
    return end[row] < start[other];
  }

  /** One of those that a version waits for is done: after the last one it may be overwritten. */
  private leave(version: number, moment: number): void {
    if (this.timed && moment > this.used[version]) this.used[version] = moment;
    if (--this.using[version] > 0) return;
    const by = this.registers.writer[this.succession.next[version]];
    this.reach(this.commit + by, this.timed ? this.used[version] : 0);
  }

  /** One of those that a moment waits for is done. */
  private reach(moment: number, at: number): void {
    if (this.timed && at > this.earliest[moment]) this.earliest[moment] = at;
    if (--this.waiting[moment] === 0) this.order[this.tail++] = moment;
  }
}

/** The next committed transaction of the session of each, where it began after that one had ended; else -1. */
function nextInSession(
  { rows, status }: RegisterTransactions,
  session: Int32Array,
  { start, end }: { readonly start: Int32Array; readonly end: Int32Array },
): Int32Array {
  const after = new Int32Array(rows).fill(-1);
  const last = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    const own = session[row];
    if (status[row] !== COMMITTED || own < 0) continue;
    if (last[own] >= 0 && end[last[own]] < start[row]) after[last[own]] = row;
    last[own] = row;
  }
  return after;
}
