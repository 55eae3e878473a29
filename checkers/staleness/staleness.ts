/**
 * How stale the reads of registers are, in time and in versions: both are lower bounds.
 *
 * A read is certainly stale where a write had superseded its value before it began: a write that began after the value
 * was there for certain, and that had itself returned by then or had been seen by another read. A value is there for
 * certain once its write has returned, or a read that found it. The age of a read is the time from when the first
 * such write was there for certain to the read's beginning. Its versions are the writes that began after the value's
 * write had returned and returned before the read began, at least the one that it missed. Both use only the order
 * of events, except that ages are measured on the recorder's clock. Golab, Li and Shah, "Analyzing consistency
 * properties for fun and profit", PODC 2011, measure the same idea by how far reads would have to be stretched.
 */
import { type Columns, FAIL, type History, OK } from '../history.ts';
import { READ, type RegisterRows } from '../linearizable/register-columns.ts';
import { firstAfter, isRead, isWrite, rowsByKey, type Supersession, supersession } from './supersession.ts';

/** How a measure is distributed over all reads that returned, fresh ones included. */
export interface Distribution {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What was measured. The arrays have one entry a read that returned, in the order of their starts. */
export interface Staleness {
  /** How many reads returned, and how many of them were certainly stale. */
  readonly reads: number;
  readonly stale: number;
  readonly ageNs: Distribution;
  readonly versions: Distribution;
  /** The read that was stalest in time, by its `start`, if any was stale. */
  readonly worst?: { readonly start: number; readonly ageNs: number; readonly versions: number };
  readonly starts: Int32Array;
  readonly agesNs: Float64Array;
  readonly versionCounts: Int32Array;
}

/**
 * Measures every read of a register history, key by key; `undefined` where the history has other operations. `initial`
 * is what each key holds at first. A value that was written twice counts from its last write. Time O(n log n).
 */
export function staleness(
  history: Pick<History, 'columns'>,
  options: { readonly initial?: unknown } = {},
): Staleness | undefined {
  const { columns } = history;
  const facts = supersession(columns, options.initial ?? null);
  if (facts === undefined) return undefined;
  const { rows } = facts;
  const ages = new Float64Array(rows.length);
  const counts = new Int32Array(rows.length);
  for (const ofKey of rowsByKey(rows)) {
    const writes = ofKey.filter((row) => isWrite(rows, row));
    const reads = ofKey.filter((row) => isRead(rows, row));
    countVersions(facts, writes, reads, counts);
    const gone = firstGone(facts, ofKey);
    for (const read of reads) {
      const by = gone(rows.value[read]);
      const isStale = by >= 0 && rows.end[by] < rows.start[read];
      counts[read] = isStale ? Math.max(1, counts[read]) : 0;
      if (isStale) ages[read] = Math.max(0, columns.startNs[read] - columns.endNs[by]);
    }
  }
  const all = Array.from({ length: rows.length }, (_, row) => row).filter((row) => isRead(rows, row));
  return summary(columns, all, ages, counts);
}

/**
 * For the operations of one key, by value: the row whose end shows first that a
 * write which began after the value was there for certain has taken effect, or -1.
 */
function firstGone({ rows, written }: Supersession, ofKey: readonly number[]): (value: number) => number {
  const there = thereSince(rows, ofKey);
  const writes = ofKey.filter((row) => rows.kind[row] !== READ && rows.type[row] !== FAIL);
  // In each suffix of the writes, the row that ended first of those that show one of them.
  const first = new Int32Array(writes.length + 1).fill(-1);
  for (let i = writes.length - 1; i >= 0; i--) {
    const own = rows.type[writes[i]] === OK ? writes[i] : -1;
    const shows = there.get(rows.value[writes[i]]) ?? own;
    const later = first[i + 1];
    first[i] = later < 0 || (shows >= 0 && rows.end[shows] < rows.end[later]) ? shows : later;
  }
  return (value) => {
    const since = there.get(value);
    return first[firstAfter(rows, writes, since === undefined ? written[value] : rows.end[since])];
  };
}

/**
 * For values that were written once and were not there at first: the row of the operation that was
 * the first to end of those that show it. Of others a read does not say which write it saw.
 */
function thereSince(rows: RegisterRows, ofKey: readonly number[]): ReadonlyMap<number, number> {
  const writers = new Map<number, number>();
  for (const row of ofKey)
    if (rows.kind[row] !== READ && rows.type[row] !== FAIL)
      writers.set(rows.value[row], (writers.get(rows.value[row]) ?? 0) + 1);
  const initial = new Set(rows.initial);
  const since = new Map<number, number>();
  for (const row of ofKey) {
    const value = rows.value[row];
    if (rows.type[row] !== OK || writers.get(value) !== 1 || initial.has(value)) continue;
    const known = since.get(value);
    if (known === undefined || rows.end[row] < rows.end[known]) since.set(value, row);
  }
  return since;
}

/**
 * The versions behind of each read of one key: writes within (the
 * value's return, the read's beginning), counted in the order of time.
 */
function countVersions(
  { rows, written }: Supersession,
  writes: readonly number[],
  reads: readonly number[],
  counts: Int32Array,
): void {
  const returned = [...writes.keys()].sort((i, j) => rows.end[writes[i]] - rows.end[writes[j]]);
  const tree = new Int32Array(writes.length + 1);
  let sum = 0;
  let next = 0;
  for (const read of reads) {
    for (; next < returned.length && rows.end[writes[returned[next]]] < rows.start[read]; next++) {
      sum++;
      for (let at = returned[next] + 1; at < tree.length; at += at & -at) tree[at]++;
    }
    let before = 0;
    for (let at = firstAfter(rows, writes, written[rows.value[read]]); at > 0; at -= at & -at) before += tree[at];
    counts[read] = sum - before;
  }
}

function summary(columns: Columns, reads: readonly number[], ages: Float64Array, counts: Int32Array): Staleness {
  const agesNs = Float64Array.from(reads, (read) => ages[read]);
  const versionCounts = Int32Array.from(reads, (read) => counts[read]);
  let worst = -1;
  let stale = 0;
  for (const read of reads) {
    if (counts[read] === 0) continue;
    stale++;
    if (worst < 0 || ages[read] > ages[worst]) worst = read;
  }
  return {
    reads: reads.length,
    stale,
    ageNs: distribution(agesNs),
    versions: distribution(versionCounts),
    ...(worst < 0 ? {} : { worst: { start: columns.start[worst], ageNs: ages[worst], versions: counts[worst] } }),
    starts: Int32Array.from(reads, (read) => columns.start[read]),
    agesNs,
    versionCounts,
  };
}

/** Percentiles by nearest rank; all zero where there is nothing. */
function distribution(values: Float64Array | Int32Array): Distribution {
  const sorted = values.slice().sort();
  const rank = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}
