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

/** The readers, the rows that read something, in an order in which each follows all that is in its past. */
export interface Readers {
  readonly length: number;
  /** Their rows, in topological order; places in this order are what the other arrays hold. */
  readonly row: Int32Array;
  /** The place of the last reader at or before each row in its session; `-1` for none. */
  readonly latest: Int32Array;
  /** By row: its place in the order, for readers. */
  readonly placeOf: Int32Array;
  /** By place: the place of the reader before in the same session; `-1` for none. */
  readonly previous: Int32Array;
}

/** By row: the last row at or before it in its session that reads something; `-1` for none. */
function latestReaders(rows: Rows): Int32Array {
  const latest = new Int32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    if (rows.readAt[row + 1] > rows.readAt[row]) latest[row] = row;
    else latest[row] = rows.sessionAt[rows.sessionOf[row]] === row ? -1 : latest[row - 1];
  }
  return latest;
}

/** Null where sessions and reads-from form a cycle. O(n), by a search in depth with a stack of its own. */
export function readersOf(rows: Rows): Readers | null {
  const latestRow = latestReaders(rows);
  let length = 0;
  for (let at = 0; at < rows.length; at++) if (latestRow[at] === at) length++;
  const row = new Int32Array(length);
  const placeOf = new Int32Array(rows.length).fill(-1);
  const stack = new Int32Array(length + 1);
  const next = new Int32Array(rows.length).fill(-1);
  let placed = 0;
  for (let root = 0; root < rows.length; root++) {
    if (latestRow[root] !== root || placeOf[root] >= 0) continue;
    let depth = 0;
    stack[depth++] = root;
    while (depth > 0) {
      const at = stack[depth - 1];
      const before = unplaced(rows, latestRow, placeOf, next, at);
      if (before < 0) {
        row[placed] = at;
        placeOf[at] = placed++;
        depth--;
      } else {
        if (next[before] !== -1) return null;
        stack[depth++] = before;
      }
    }
  }
  const latest = latestRow.map((at) => (at < 0 ? -1 : placeOf[at]));
  const previous = row.map((at) => (rows.sessionAt[rows.sessionOf[at]] === at ? -1 : latest[at - 1]));
  return { length, row, latest, placeOf, previous };
}

/** The next reader that must be placed before `at`, or `-1`. `next` remembers how far the search in each row is. */
function unplaced(rows: Rows, latestRow: Int32Array, placeOf: Int32Array, next: Int32Array, at: number): number {
  if (next[at] === -1) {
    next[at] = rows.readAt[at];
    const first = rows.sessionAt[rows.sessionOf[at]] === at;
    const before = first ? -1 : latestRow[at - 1];
    if (before >= 0 && placeOf[before] < 0) return before;
  }
  while (next[at] < rows.readAt[at + 1]) {
    const from = rows.readFrom[next[at]];
    const before = from === INITIAL ? -1 : latestRow[from];
    if (before >= 0 && placeOf[before] < 0) return before;
    next[at]++;
  }
  return -1;
}

/** What every session column is computed from: the readers' reads in topological order, and what the walk leaves behind. */
interface Walk {
  readonly rows: Rows;
  readonly readers: Readers;
  readonly guarantees: Guarantees;
  /** By place: the first of its reads in `from` and `fromPlace`; one longer than the readers. */
  readonly at: Int32Array;
  readonly from: Int32Array;
  /** The place of the last reader at or before the row read from, `-1` for none. */
  readonly fromPlace: Int32Array;
  /** By place: the last row of the session whose column it is in the reader's past, or less than its first row. */
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
  const at = new Int32Array(readers.length + 1);
  const from = new Int32Array(rows.readFrom.length);
  const fromPlace = new Int32Array(rows.readFrom.length).fill(-1);
  let next = 0;
  for (let place = 0; place < readers.length; place++) {
    const row = readers.row[place];
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      from[next] = rows.readFrom[e];
      if (from[next] !== INITIAL && guarantees.readWrite) fromPlace[next] = readers.latest[from[next]];
      next++;
    }
    at[place + 1] = next;
  }
  return {
    rows,
    readers,
    guarantees,
    at,
    from,
    fromPlace,
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
      const place = readers.placeOf[t];
      if (place >= 0) past[place] = previousRow(readers, place);
    }
  }
}

/** The row of the reader before in the same session, `-1` for none. */
function previousRow({ row, previous }: Readers, place: number): number {
  return previous[place] < 0 ? -1 : row[previous[place]];
}

/** All four guarantees: what the session has done, what was written there and read, and what was in the pasts of all that. */
function causalColumn({ rows, readers, at, from, fromPlace, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  const { length, row, previous } = readers;
  for (let place = 0; place < length; place++) {
    const t = row[place];
    let last = previous[place] >= 0 ? past[previous[place]] : -1;
    if (t >= low && t < high) last = t - 1;
    for (let e = at[place]; e < at[place + 1]; e++) {
      const w = from[e];
      const through = fromPlace[e];
      const reach = w >= low && w < high ? w : through >= 0 ? past[through] : -1;
      if (reach > last) last = reach;
    }
    past[place] = last;
  }
}

/** Monotonic writes: what was written there, up to the last of it that was read. */
function writesColumn({ rows, readers, at, from, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  for (let place = 0; place < readers.length; place++) {
    let last = readers.previous[place] >= 0 ? past[readers.previous[place]] : -1;
    for (let e = at[place]; e < at[place + 1]; e++) {
      if (from[e] >= low && from[e] < high && from[e] > last) last = from[e];
    }
    past[place] = last;
  }
}

/** Writes follow reads: what was read there, up to the last read before a write that was read, and so on. */
function readsColumn({ rows, readers, at, from, fromPlace, past }: Walk, s: number): void {
  const low = rows.sessionAt[s];
  const high = rows.sessionAt[s + 1];
  const { length, row, previous } = readers;
  for (let place = 0; place < length; place++) {
    const own = row[place] >= low && row[place] < high;
    let last = own ? previousRow(readers, place) : previous[place] >= 0 ? past[previous[place]] : -1;
    for (let e = at[place]; e < at[place + 1]; e++) {
      const through = fromPlace[e];
      if (through < 0) continue;
      const reach = from[e] >= low && from[e] < high ? row[through] : past[through];
      if (reach > last) last = reach;
    }
    past[place] = last;
  }
}

/** Walks the readers of session `other` along the marks of session `s`; answers a stale read of the initial value where there is one. */
function walkSession(walk: Walk, marks: Marks, s: number, other: number): Conflicts['stale'] {
  const { rows, readers, past, seen } = walk;
  const low = marks.at[s];
  const high = marks.at[s + 1];
  let mark = low;
  let stale: Conflicts['stale'] = null;
  for (let t = rows.sessionAt[other]; t < rows.sessionAt[other + 1] && stale === null; t++) {
    const end = rows.readAt[t + 1];
    if (rows.readAt[t] === end) continue;
    const last = past[readers.placeOf[t]];
    while (mark < high && marks.row[mark] <= last) seen[marks.key[mark]] = mark++;
    for (let e = rows.readAt[t]; e < end; e++) {
      const met = seen[rows.readKey[e]];
      if (met < 0) continue;
      if (rows.readFrom[e] === INITIAL) stale = { read: e, write: marks.writer[met] };
      else if (marks.writer[met] !== rows.readFrom[e]) conflict(walk, marks, s, met, e);
    }
  }
  for (let m = low; m < mark; m++) seen[marks.key[m]] = -1;
  return stale;
}

/** Notes that the writer of mark `met` comes before the writer that read `e` reads from, unless that is known anyway. */
function conflict(walk: Walk, marks: Marks, s: number, met: number, e: number): void {
  const { rows, readers, guarantees, past, worst, shownBy, touched } = walk;
  const after = rows.readFrom[e];
  if (guarantees.writeWrite && rows.sessionOf[after] === s) {
    if (marks.writer[met] < after) return;
  } else if (guarantees.readWrite) {
    const through = readers.latest[after];
    if (through >= 0) {
      const own = readers.row[through];
      const reach = !guarantees.writeWrite && rows.sessionOf[own] === s ? own : past[through];
      if (reach >= marks.row[met]) return;
    }
  }
  if (worst[after] < 0) touched.push(after);
  if (met > worst[after]) {
    worst[after] = met;
    shownBy[after] = e;
  }
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
