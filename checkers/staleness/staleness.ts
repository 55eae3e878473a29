/**
 * How stale the reads of registers are, in time and in versions: both certain, so both at least.
 *
 * The age of a read is the time from the first return of a write that certainly superseded the value to the beginning of the read. Its versions
 * are the writes that began after the value's write had returned and returned before the read began. Neither uses anything but the order of events,
 * except that ages are told on the recorder's clock. Golab, Li and Shah, "Analyzing consistency properties for fun and profit", PODC 2011, measure
 * the same idea by how far reads would have to be stretched.
 */
import type { Columns, History } from '../history.ts';
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
 * Measures every read of a register history, key by key; `undefined` where the history has other operations. `initial` is what each key holds at first. A value that was
 * written twice counts from its last write. Time O(n log n).
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
    measureAges(columns, facts, writes, reads, ages);
    countVersions(facts, writes, reads, counts);
  }
  const all = Array.from({ length: rows.length }, (_, row) => row).filter((row) => isRead(rows, row));
  return summary(columns, all, ages, counts);
}

/** The age of each read of one key: since the earliest return among the writes that began after the value's last write had returned. */
function measureAges(
  columns: Columns,
  { rows, written }: Supersession,
  writes: readonly number[],
  reads: readonly number[],
  ages: Float64Array,
): void {
  // The write among this one and the later ones that returned first.
  const soonest = new Int32Array(writes.length);
  for (let i = writes.length - 1; i >= 0; i--) {
    const next = i + 1 < writes.length ? soonest[i + 1] : writes[i];
    soonest[i] = rows.end[writes[i]] < rows.end[next] ? writes[i] : next;
  }
  for (const read of reads) {
    const i = firstAfter(rows, writes, written[rows.value[read]]);
    if (i === writes.length || rows.end[soonest[i]] > rows.start[read]) continue;
    ages[read] = Math.max(0, columns.startNs[read] - columns.endNs[soonest[i]]);
  }
}

/** The versions behind of each read of one key: writes within (the value's return, the read's beginning), counted as time goes on. */
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
