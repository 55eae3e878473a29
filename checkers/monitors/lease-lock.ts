/** Locks that expire: two certain leases at one moment are a split. */
import type { Anomaly, Checker } from '../checker.ts';
import type { Columns } from '../history.ts';
import { anomaly, say, verdictOf } from './findings.ts';
import { type Lease, type LeaseOptions, leasesOf } from './leases.ts';
import { NO_REAL_TIME } from './real-time.ts';
import { rowsByKey } from './timeline.ts';

/**
 * A lease lock; `acquire` and `renew` may say for how long, and may
 * return a fencing token, which is shown to the guarded resource.
 */
export type LeaseLock = {
  acquire(input: { readonly ttlMs?: number } | null): { readonly token?: number } | number | null;
  renew(input: { readonly ttlMs?: number } | null): { readonly token?: number } | number | null;
  release(input: unknown): null;
};

/**
 * Whether no two leases were certain at the same moment, by the harness's clock;
 * overlaps are given in ms. Never affirmed without real time. O(n log n).
 */
export function leaseLock(options: LeaseOptions): Checker<LeaseLock> {
  return {
    name: 'lease-lock',
    check: ({ columns }) =>
      columns.realTime
        ? verdictOf(rowsByKey(columns).flatMap((rows) => overlaps(columns, rows, options)))
        : { type: 'unknown', reason: `${NO_REAL_TIME}, which leases run by` },
  };
}

function overlaps(columns: Columns, rows: readonly number[], options: LeaseOptions): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  let last: Lease | undefined;
  for (const lease of certainLeases(columns, rows, options)) {
    if (last && split(last, lease, options)) anomalies.push(heldTwice(columns, last, lease, options));
    if (!last || lease.until > last.until) last = lease;
  }
  return anomalies;
}

/** The leases that were certain at any time, in the order of their beginnings. */
function certainLeases(columns: Columns, rows: readonly number[], options: LeaseOptions): readonly Lease[] {
  const leases = leasesOf(columns, rows, options).filter(({ from, until }) => from < until);
  return leases.sort((a, b) => a.from - b.from);
}

/** Whether two leases, the later one second, were certain together for longer than is forgiven. */
function split(one: Lease, two: Lease, { toleranceMs = 0 }: LeaseOptions): boolean {
  return one.process !== two.process && Math.min(one.until, two.until) - two.from > toleranceMs * 1e6;
}

function heldTwice(columns: Columns, one: Lease, two: Lease, options: LeaseOptions): Anomaly {
  const rows = needed(columns, one, two, options);
  const both = Math.min(one.until, two.until) - two.from;
  const long = both < UNLIMITED ? `, for ${Math.round(both / 1e4) / 100} ms` : ', and neither ran out';
  const good = rows.findLast((row) => columns.process[row] === one.process) as number;
  const steps = [`${say(columns, good)} was good beyond the moment when ${say(columns, two.rows[0])} ended.`];
  return anomaly(columns, 'mutual-exclusion', `Two held the lease at once${long}.`, rows, steps);
}

/** The overlap of leases that have no end, in ns: longer than any run. */
const UNLIMITED = 1e20;

/**
 * As few of the operations that two leases rest on as split by themselves: of those that had begun when
 * both were certain. What shortened a lease by then stays, so that nothing is held longer than it was.
 */
function needed(columns: Columns, one: Lease, two: Lease, options: LeaseOptions): readonly number[] {
  const moment = two.from + (options.toleranceMs ?? 0) * 1e6;
  const begun = [...one.rows, ...two.rows].filter((row) => columns.startNs[row] <= moment).sort((a, b) => a - b);
  const end = (rows: readonly number[]): number => {
    const leases = certainLeases(columns, rows, options);
    const late = leases.at(-1);
    const early = late && leases.find((lease) => split(lease, late, options));
    return early ? Math.min(early.until, late.until) : Number.POSITIVE_INFINITY;
  };
  const last = end(begun);
  const recent = begun.filter((row, i) => row === one.rows[0] || i >= begun.length - KEPT);
  let rows = end(recent) <= last ? recent : begun;
  for (let i = rows.length - 1; i >= 0 && rows.length <= TRIED; i--) {
    const without = rows.toSpliced(i, 1);
    if (without.length > 1 && end(without) <= last) rows = without;
  }
  return rows;
}

/** How many of the latest operations are tried alone, and how many one by one. */
const KEPT = 8;
const TRIED = 64;
