/**
 * Session columns: what each session's writes are to everybody's reads.
 *
 * A read of `x` from `w1` that has another write `w2` of `x` in its past says that `w2` came before `w1`: a conflict. All
 * conflicts would take a vector clock a row, n times k numbers for k sessions. But each session's part of all the clocks
 * can be computed by itself: for session `s`, `past[t]` is the last row of `s` in the past of `t`, one number a row, in one pass in a
 * topological order; then the rows of every session are walked along with the rows of `s`, and of the writes of a key in the past only the
 * last is looked at, since the session orders the others before it. Time O(n k), memory O(n) and the conflicts.
 *
 * What is in the past of a read depends on which session guarantees are asked for (Terry et al., "Session Guarantees for
 * Weakly Consistent Replicated Data", PDIS 1994, in the form of Viotti and Vukolić, "Consistency in Non-Transactional Distributed
 * Storage Systems", ACM Computing Surveys 2016): each adds one type of step within a session, and all four together
 * are causality. With all four, this is the commit order of Biswas and Enea, "On the Complexity of Checking Transactional
 * Consistency", OOPSLA 2019, and the conflicts of Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017.
 */

import { INITIAL, type Rows } from './rows.ts';

/** Which steps within a session carry a write into the past of a later read: from a row that does the one to one that does the other. */
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

export const CAUSALITY: Guarantees = { writeRead: true, readRead: true, writeWrite: true, readWrite: true };

/** `before[i]` must come before `after[i]`, both writers of the key that the read in place `because[i]` of `readFrom` read. */
export interface Conflicts {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly because: readonly number[];
  /** Reads of the initial value, by place, with a write of the key in their past: at most one, and that write. */
  readonly stale: { readonly read: number; readonly write: number } | null;
}

/**
 * The rows that read something, numbered in the order of rows, which keeps what a walk touches close together: at any time
 * both passes below are at one place of each session.
 */
export interface Readers {
  readonly length: number;
  /** The row of each. */
  readonly row: Int32Array;
  /** Their numbers in an order in which each follows all that is in its past. */
  readonly order: Int32Array;
  /** By row: the number of the last reader at or before it in its session; `-1` for none. */
  readonly latest: Int32Array;
  /** By number: the reader before in the same session; `-1` for none. */
  readonly previous: Int32Array;
}

/** Null where sessions and reads-from form a cycle. O(n), by a search in depth with a stack of its own. */
export function readersOf(rows: Rows): Readers | null {
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
  const order = orderOf(rows, { length, row, latest, previous });
  return order && { length, row, order, latest, previous: previous.slice(0, length) };
}

function orderOf(rows: Rows, readers: Omit<Readers, 'order'>): Int32Array | null {
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
  rows: Rows,
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

/** What every session column is computed from, and what the walk leaves behind. */
interface Walk {
  readonly rows: Rows;
  readonly readers: Readers;
  readonly guarantees: Guarantees;
  /** By read: its reader. */
  readonly readerOf: Int32Array;
  /** By read: the last reader at or before the row read from, where writes follow reads; `-1` for none. */
  readonly through: Int32Array;
  /** By reader: the last row of the session whose column it is in its past, or less than that session's first row. */
  readonly past: Int32Array;
  /** By key: the mark met last, `-1` for none. */
  readonly seen: Int32Array;
  /** By row: the mark with the latest conflict in this column, and the read that shows it; `-1` for none. */
  readonly worst: Int32Array;
  readonly shownBy: Int32Array;
  /** The rows that have one. */
  readonly touched: number[];
}

/** What one session's rows leave on keys: its writes or, without monotonic writes, the writes that it read. Ascending in `row`. */
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
export function conflictsOf(rows: Rows, readers: Readers, guarantees: Guarantees): Conflicts {
  const walk = walkOf(rows, readers, guarantees);
  const marks = guarantees.writeWrite ? writesAsMarks(rows) : readsAsMarks(rows);
  const found = { before: [] as number[], after: [] as number[], because: [] as number[], stale: null };
  const local = isLocal(guarantees);
  for (let s = 0; s + 1 < rows.sessionAt.length; s++) {
    if (marks.at[s] === marks.at[s + 1]) continue;
    column(walk, s);
    const last = local ? s : rows.sessionAt.length - 2;
    for (let other = local ? s : 0; other <= last; other++) {
      const stale = walkSession(walk, marks, s, other);
      if (stale) return { ...found, stale };
    }
    for (const after of walk.touched) {
      found.before.push(marks.writer[walk.worst[after]]);
      found.after.push(after);
      found.because.push(walk.shownBy[after]);
      walk.worst[after] = -1;
    }
    walk.touched.length = 0;
  }
  return found;
}

/** Whether nothing of other sessions is in a past but what was read: then only a session's own column matters to it. */
function isLocal(guarantees: Guarantees): boolean {
  return !guarantees.writeWrite && !guarantees.readWrite;
}

function walkOf(rows: Rows, readers: Readers, guarantees: Guarantees): Walk {
  const reads = rows.readFrom.length;
  const readerOf = new Int32Array(reads);
  const through = new Int32Array(reads).fill(-1);
  for (let reader = 0; reader < readers.length; reader++) {
    const row = readers.row[reader];
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      readerOf[e] = reader;
      if (rows.readFrom[e] !== INITIAL && guarantees.readWrite) through[e] = readers.latest[rows.readFrom[e]];
    }
  }
  return {
    rows,
    readers,
    guarantees,
    readerOf,
    through,
    past: new Int32Array(readers.length),
    seen: new Int32Array(rows.keys).fill(-1),
    worst: new Int32Array(rows.length).fill(-1),
    shownBy: new Int32Array(rows.length),
    touched: [],
  };
}

function writesAsMarks(rows: Rows): Marks {
  const row = new Int32Array(rows.writeKey.length);
  for (let r = 0; r < rows.length; r++) row.fill(r, rows.writeAt[r], rows.writeAt[r + 1]);
  return { row, key: rows.writeKey, writer: row, at: rows.sessionAt.map((r) => rows.writeAt[r]) };
}

function readsAsMarks(rows: Rows): Marks {
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

/** Computes `past` for session `s`; under monotonic reads alone only for its own readers. */
function column(walk: Walk, s: number): void {
  const { rows, readers, guarantees, past } = walk;
  if (guarantees.writeWrite && guarantees.readWrite) causalColumn(walk, s);
  else if (guarantees.writeWrite) writesColumn(walk, s);
  else if (guarantees.readWrite) readsColumn(walk, s);
  else {
    for (let t = rows.sessionAt[s]; t < rows.sessionAt[s + 1]; t++) {
      if (rows.readAt[t + 1] > rows.readAt[t]) past[readers.latest[t]] = previousRow(readers, readers.latest[t]);
    }
  }
}

/** The row of the reader before in the same session, `-1` for none. */
function previousRow({ row, previous }: Readers, reader: number): number {
  return previous[reader] < 0 ? -1 : row[previous[reader]];
}

/** All four guarantees: what the session has done, what was written there and read, and what was in the pasts of all that. */
function causalColumn({ rows, readers, through, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  const { length, row, order, previous } = readers;
  const { readAt, readFrom } = rows;
  for (let at = 0; at < length; at++) {
    const reader = order[at];
    const t = row[reader];
    let last = previous[reader] >= 0 ? past[previous[reader]] : -1;
    if (t >= low && t < high) last = t - 1;
    const end = readAt[t + 1];
    for (let e = readAt[t]; e < end; e++) {
      const w = readFrom[e];
      const reach = w >= low && w < high ? w : through[e] >= 0 ? past[through[e]] : -1;
      if (reach > last) last = reach;
    }
    past[reader] = last;
  }
}

/** Monotonic writes: what was written there, up to the last of it that was read. */
function writesColumn({ rows, readers, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  for (let reader = 0; reader < readers.length; reader++) {
    const t = readers.row[reader];
    let last = readers.previous[reader] >= 0 ? past[readers.previous[reader]] : -1;
    for (let e = rows.readAt[t]; e < rows.readAt[t + 1]; e++) {
      const w = rows.readFrom[e];
      if (w >= low && w < high && w > last) last = w;
    }
    past[reader] = last;
  }
}

/** Writes follow reads: what was read there, up to the last read before a write that was read, and so on. */
function readsColumn({ rows, readers, through, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  const { row, previous } = readers;
  for (const reader of readers.order) {
    const t = row[reader];
    const own = t >= low && t < high;
    let last = own ? previousRow(readers, reader) : previous[reader] >= 0 ? past[previous[reader]] : -1;
    for (let e = rows.readAt[t]; e < rows.readAt[t + 1]; e++) {
      if (through[e] < 0) continue;
      const w = rows.readFrom[e];
      const reach = w >= low && w < high ? row[through[e]] : past[through[e]];
      if (reach > last) last = reach;
    }
    past[reader] = last;
  }
}

/** Walks the reads of session `other` along the marks of session `s`; answers a stale read of the initial value where there is one. */
function walkSession(walk: Walk, marks: Marks, s: number, other: number): Conflicts['stale'] {
  const { past, seen, readerOf, rows } = walk;
  const { readKey, readFrom } = rows;
  const markRow = marks.row;
  const markKey = marks.key;
  const markWriter = marks.writer;
  const low = marks.at[s];
  const high = marks.at[s + 1];
  const end = rows.readAt[rows.sessionAt[other + 1]];
  let mark = low;
  let stale: Conflicts['stale'] = null;
  for (let e = rows.readAt[rows.sessionAt[other]]; e < end && stale === null; e++) {
    const last = past[readerOf[e]];
    while (mark < high && markRow[mark] <= last) seen[markKey[mark]] = mark++;
    const met = seen[readKey[e]];
    if (met < 0) continue;
    const from = readFrom[e];
    const writer = markWriter[met];
    if (writer === from) continue;
    if (from === INITIAL) stale = { read: e, write: writer };
    else if (!isKnown(walk, s, e, writer, markRow[met])) note(walk, met, e);
  }
  for (let m = low; m < mark; m++) seen[markKey[m]] = -1;
  return stale;
}

/** Whether `writer`, which session `s` has in its row `at`, comes before what read `e` reads from by the guarantees alone. */
function isKnown({ rows, readers, guarantees, past, through }: Walk, s: number, e: number, writer: number, at: number) {
  const from = rows.readFrom[e];
  const reader = through[e];
  if (from < rows.sessionAt[s] || from >= rows.sessionAt[s + 1]) return reader >= 0 && past[reader] >= at;
  return guarantees.writeWrite ? writer < from : reader >= 0 && readers.row[reader] >= at;
}

/** Notes the conflict of the mark `met` with what read `e` reads from, if it is the latest of this session with it. */
function note({ rows, worst, shownBy, touched }: Walk, met: number, e: number): void {
  const after = rows.readFrom[e];
  if (worst[after] < 0) touched.push(after);
  if (met <= worst[after]) return;
  worst[after] = met;
  shownBy[after] = e;
}

/**
 * The first of the `candidates`, places of conflicts, whose `after` is in the past of its `before`: that read was stale
 * by causality alone (WriteCORead). `-1` for none. A pass over the readers for each session that has such an `after`.
 */
export function firstAgainstCausality(
  rows: Rows,
  readers: Readers,
  { before, after }: Conflicts,
  candidates: readonly number[],
): number {
  const walk = walkOf(rows, readers, CAUSALITY);
  const bySession = [...candidates].sort((a, b) => rows.sessionOf[after[a]] - rows.sessionOf[after[b]] || a - b);
  let computed = -1;
  for (const c of bySession) {
    const s = rows.sessionOf[after[c]];
    if (s !== computed) column(walk, s);
    computed = s;
    if (rows.sessionOf[before[c]] === s) {
      if (after[c] < before[c]) return c;
    } else if (readers.latest[before[c]] >= 0 && walk.past[readers.latest[before[c]]] >= after[c]) return c;
  }
  return -1;
}
