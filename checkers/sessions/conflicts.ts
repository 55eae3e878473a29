/**
 * Session columns: how each session's writes relate to the reads of all sessions.
 *
 * A read of `x` from `w1` that has another write `w2` of `x` in its past says that `w2` came before `w1`:
 * a conflict. All conflicts would take a vector clock a row, n times k numbers for k sessions. But each
 * session's part of all the clocks can be computed by itself (columns.ts); then the reads of every session
 * are walked along with the rows of that one, and of the writes of a key in the past only the last is
 * looked at, since the session orders the others before it. Time O(n k), memory O(n) and the conflicts.
 *
 * With all four guarantees this is the commit order of Biswas and Enea, "On the
 * Complexity of Checking Transactional Consistency", OOPSLA 2019, and the conflicts
 * of Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017.
 */

import { CAUSALITY, type Guarantees, PastColumns } from './columns.ts';
import type { Readers } from './readers.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/**
 * `before[i]` must come before `after[i]`, both writers of the
 * key that the read in place `because[i]` of `readFrom` read.
 */
export interface Conflicts {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly because: readonly number[];
  /** A read of the initial value, by place, with a write of the key in its past, and that write. */
  readonly stale: { readonly read: number; readonly write: number } | null;
}

/**
 * What one session's rows leave on keys: its writes or, without
 * monotonic writes, the writes that it read. Ascending in `row`.
 */
interface Marks {
  readonly row: Int32Array;
  readonly key: Int32Array;
  readonly writer: Int32Array;
  /** The marks of session `s` are at `at[s]` to `at[s + 1] - 1`. */
  readonly at: Int32Array;
}

/**
 * All conflicts that do not follow from others, under the given guarantees. The guarantees are all four, or
 * monotonic reads alone or with one of monotonic writes and writes follow reads.
 */
export function conflictsOf(rows: SessionRows, readers: Readers, guarantees: Guarantees): Conflicts {
  const walk = new Walk(rows, readers, guarantees);
  for (let s = 0; s + 1 < rows.sessionAt.length; s++) {
    const stale = walk.session(s);
    if (stale) return { ...walk.found, stale };
  }
  return { ...walk.found, stale: null };
}

class Walk {
  readonly found = { before: [] as number[], after: [] as number[], because: [] as number[] };
  private readonly rows: SessionRows;
  private readonly readers: Readers;
  private readonly guarantees: Guarantees;
  private readonly columns: PastColumns;
  private readonly marks: Marks;
  /** By read: its reader. */
  private readonly readerOf: Int32Array;
  /** By key: the mark met last, `-1` for none. */
  private readonly seen: Int32Array;
  /** By row: the mark with the latest conflict in this column, and the read that shows it; `-1` for none. */
  private readonly worst: Int32Array;
  private readonly shownBy: Int32Array;
  /** The rows that have one. */
  private readonly touched: number[] = [];

  constructor(rows: SessionRows, readers: Readers, guarantees: Guarantees) {
    this.rows = rows;
    this.readers = readers;
    this.guarantees = guarantees;
    this.columns = new PastColumns(rows, readers, guarantees);
    this.marks = guarantees.writeWrite ? writesAsMarks(rows) : readsAsMarks(rows);
    this.readerOf = new Int32Array(rows.readFrom.length);
    for (let reader = 0; reader < readers.length; reader++) {
      this.readerOf.fill(reader, rows.readAt[readers.row[reader]], rows.readAt[readers.row[reader] + 1]);
    }
    this.seen = new Int32Array(rows.keys).fill(-1);
    this.worst = new Int32Array(rows.length).fill(-1);
    this.shownBy = new Int32Array(rows.length);
  }

  /** Finds the conflicts with what session `s` left; returns a stale read of the initial value where there is one. */
  session(s: number): Conflicts['stale'] {
    const { marks, columns, touched, found } = this;
    if (marks.at[s] === marks.at[s + 1]) return null;
    columns.compute(s);
    const first = columns.local ? s : 0;
    const last = columns.local ? s : this.rows.sessionAt.length - 2;
    for (let other = first; other <= last; other++) {
      const stale = this.along(s, other);
      if (stale) return stale;
    }
    for (const after of touched) {
      found.before.push(marks.writer[this.worst[after]]);
      found.after.push(after);
      found.because.push(this.shownBy[after]);
      this.worst[after] = -1;
    }
    touched.length = 0;
    return null;
  }

  /** Walks the reads of session `other` along the marks of session `s`: the innermost loop. */
  private along(s: number, other: number): Conflicts['stale'] {
    const { seen, readerOf } = this;
    const { past, through } = this.columns;
    const { readKey, readFrom, readAt, sessionAt } = this.rows;
    const { row: markRow, key: markKey, writer: markWriter } = this.marks;
    const low = this.marks.at[s];
    const high = this.marks.at[s + 1];
    const end = readAt[sessionAt[other + 1]];
    let mark = low;
    for (let e = readAt[sessionAt[other]]; e < end; e++) {
      const last = past[readerOf[e]];
      while (mark < high && markRow[mark] <= last) seen[markKey[mark]] = mark++;
      const met = seen[readKey[e]];
      if (met < 0) continue;
      const via = through[e];
      if (via >= 0 && past[via] >= markRow[met]) continue;
      const from = readFrom[e];
      const writer = markWriter[met];
      if (writer === from) continue;
      if (from === INITIAL) return { read: e, write: writer };
      if (!this.isKnown(s, from, via, met)) this.note(met, e);
    }
    if (seen.length < mark - low) seen.fill(-1);
    else for (let m = low; m < mark; m++) seen[markKey[m]] = -1;
    return null;
  }

  /** Whether the writer of a mark comes before `from` by the order of its own session. */
  private isKnown(s: number, from: number, via: number, met: number): boolean {
    if (this.rows.sessionOf[from] !== s) return false;
    if (this.guarantees.writeWrite) return this.marks.writer[met] < from;
    return via >= 0 && this.readers.row[via] >= this.marks.row[met];
  }

  /** Notes the conflict of a mark with what read `e` reads from, if it is the latest of this session with it. */
  private note(met: number, e: number): void {
    const after = this.rows.readFrom[e];
    if (this.worst[after] < 0) this.touched.push(after);
    if (met <= this.worst[after]) return;
    this.worst[after] = met;
    this.shownBy[after] = e;
  }
}

function writesAsMarks(rows: SessionRows): Marks {
  const row = new Int32Array(rows.writeKey.length);
  for (let r = 0; r < rows.length; r++) row.fill(r, rows.writeAt[r], rows.writeAt[r + 1]);
  return { row, key: rows.writeKey, writer: row, at: rows.sessionAt.map((r) => rows.writeAt[r]) };
}

function readsAsMarks(rows: SessionRows): Marks {
  const row: number[] = [];
  const key: number[] = [];
  const writer: number[] = [];
  const at = new Int32Array(rows.sessionAt.length);
  for (let r = 0; r < rows.length; r++) {
    for (let e = rows.readAt[r]; e < rows.readAt[r + 1]; e++) {
      if (rows.readFrom[e] === INITIAL) continue;
      row.push(r);
      key.push(rows.readKey[e]);
      writer.push(rows.readFrom[e]);
    }
    at[rows.sessionOf[r] + 1] = row.length;
  }
  for (let s = 1; s < at.length; s++) at[s] = Math.max(at[s], at[s - 1]);
  return { row: Int32Array.from(row), key: Int32Array.from(key), writer: Int32Array.from(writer), at };
}

/**
 * The first of the `candidates`, places of conflicts, whose `after` is in the past of its `before`: that read was stale
 * by causality alone (WriteCORead). `-1` for none. A pass over the readers for each session that has such an `after`.
 */
export function firstAgainstCausality(
  rows: SessionRows,
  readers: Readers,
  { before, after }: Conflicts,
  candidates: readonly number[],
): number {
  const columns = new PastColumns(rows, readers, CAUSALITY);
  const bySession = [...candidates].sort((a, b) => rows.sessionOf[after[a]] - rows.sessionOf[after[b]] || a - b);
  let computed = -1;
  for (const c of bySession) {
    const s = rows.sessionOf[after[c]];
    if (s !== computed) columns.compute(s);
    computed = s;
    if (rows.sessionOf[before[c]] === s) {
      if (after[c] < before[c]) return c;
    } else if (readers.latest[before[c]] >= 0 && columns.past[readers.latest[before[c]]] >= after[c]) return c;
  }
  return -1;
}
