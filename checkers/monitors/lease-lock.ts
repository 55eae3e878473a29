/**
 * Locks that expire, and the fencing tokens without which they are not safe.
 *
 * A lease is certainly held from the end of its `acquire` until its `release` begins, or until its time runs out counted from the beginning of
 * its `acquire` (or last renewal): that early the client may rely on it. Two certain leases at one moment are a split.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, verdictOf } from './findings.ts';
import { rowsByKey, type Timeline, timelines } from './timeline.ts';

/** A lease lock; `acquire` and `renew` may say for how long and may answer a fencing token, which the guarded resource is shown. */
export type LeaseLock = {
  acquire(input: { readonly ttlMs?: number } | null): { readonly token?: number } | number | null;
  renew(input: { readonly ttlMs?: number } | null): { readonly token?: number } | number | null;
  release(input: unknown): null;
};

export interface LeaseOptions {
  /** How long a lease lasts, in ms, where the operation does not say. */
  readonly ttlMs: number;
  /** By how much clocks may differ, in ms: overlaps up to this are forgiven. */
  readonly toleranceMs?: number;
}

interface Lease {
  readonly row: number;
  readonly process: number;
  readonly from: number;
  until: number;
}

/** Whether no two leases were certain at the same moment, by the harness's clock; overlaps are given in ms. O(n log n). */
export function leaseLock(options: LeaseOptions): Checker<LeaseLock> {
  return {
    name: 'lease-lock',
    check: ({ columns }) => verdictOf(rowsByKey(columns).flatMap((rows) => overlaps(columns, rows, options))),
  };
}

function overlaps(columns: Columns, rows: readonly number[], options: LeaseOptions): readonly Anomaly[] {
  const tolerance = (options.toleranceMs ?? 0) * 1e6;
  const leases = leasesOf(columns, rows, options).filter(({ from, until }) => from < until);
  leases.sort((a, b) => a.from - b.from);
  const anomalies: Anomaly[] = [];
  let last: Lease | undefined;
  for (const lease of leases) {
    const both = last ? Math.min(last.until, lease.until) - lease.from : 0;
    if (last && both > tolerance && last.process !== lease.process) {
      const ms = Math.round(both / 1e4) / 100;
      const steps = [`${say(columns, last.row)} was good beyond the moment when ${say(columns, lease.row)} ended.`];
      anomalies.push(
        anomaly(columns, 'mutual-exclusion', `Two held the lease at once, for ${ms} ms.`, [last.row, lease.row], steps),
      );
    }
    if (!last || lease.until > last.until) last = lease;
  }
  return anomalies;
}

function leasesOf(columns: Columns, rows: readonly number[], options: LeaseOptions): Lease[] {
  const leases: Lease[] = [];
  const held = new Map<number, Lease>();
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    const process = columns.process[row];
    const lease = held.get(process);
    const until = columns.startNs[row] + ttlOf(columns, row, options) * 1e6;
    if (f === 'acquire' && columns.type[row] === OK) {
      const taken = { row, process, from: columns.endNs[row], until };
      leases.push(taken);
      held.set(process, taken);
    } else if (f === 'renew' && columns.type[row] === OK && lease) lease.until = Math.max(lease.until, until);
    else if (f === 'release' && lease && columns.type[row] !== FAIL) {
      lease.until = Math.min(lease.until, columns.startNs[row]);
      held.delete(process);
    }
  }
  return leases;
}

function ttlOf(columns: Columns, row: number, options: LeaseOptions): number {
  const input = columns.input[row];
  const asked = typeof input === 'object' && input !== null ? (input as { ttlMs?: number }).ttlMs : undefined;
  return asked ?? options.ttlMs;
}

/**
 * Whether later leases have larger tokens, and the guarded resource never accepted a smaller token after a larger one. Exact: leases, and
 * accepted requests, can be ordered by token where none ended before one with a smaller token began. O(n log n).
 *
 * `acquire` answers the token; requests to the resource are any other operations whose input names a `token`, and `use` of a number.
 */
export function fencingTokens(): Checker {
  return {
    name: 'fencing-tokens',
    check: ({ columns }) => verdictOf(timelines(columns).flatMap(judgeTokens)),
  };
}

function judgeTokens(timeline: Timeline): readonly Anomaly[] {
  const { columns, rows } = timeline;
  const granted: Stamped[] = [];
  const accepted: Stamped[] = [];
  for (const row of rows) {
    if (columns.type[row] !== OK) continue;
    const f = columns.fNames[columns.f[row]];
    if (f === 'acquire') {
      const token = tokenOf(columns.output[row]);
      if (token !== undefined) granted.push({ row, token });
    } else if (f !== 'release' && f !== 'renew') {
      // A number alone may be anything: only `use` has nothing to say but its token.
      const input = columns.input[row];
      const token = typeof input === 'number' && f !== 'use' ? undefined : tokenOf(input);
      if (token !== undefined) accepted.push({ row, token });
    }
  }
  return [
    ...repeatedTokens(columns, granted),
    ...disordered(timeline, granted, 'nonmonotonic-token'),
    ...disordered(timeline, accepted, 'stale-fencing-token'),
  ];
}

interface Stamped {
  readonly row: number;
  readonly token: number;
}

function tokenOf(value: unknown): number | undefined {
  const token = typeof value === 'object' && value !== null ? (value as { token?: unknown }).token : value;
  return typeof token === 'number' ? token : undefined;
}

function repeatedTokens(columns: Columns, granted: readonly Stamped[]): readonly Anomaly[] {
  const first = new Map<number, number>();
  return granted.flatMap(({ row, token }) => {
    const before = first.get(token);
    first.set(token, before ?? row);
    if (before === undefined) return [];
    const steps = [say(columns, before), say(columns, row)];
    return [anomaly(columns, 'duplicate-token', `Two leases have the token ${token}.`, [before, row], steps)];
  });
}

/** Whatever ended before something with a smaller token began. */
function disordered({ columns, inv, ret }: Timeline, stamped: readonly Stamped[], name: string): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const byToken = [...stamped].sort((a, b) => a.token - b.token || a.row - b.row);
  let latest: Stamped | undefined;
  let pending: Stamped | undefined;
  for (const one of byToken) {
    if (pending && pending.token < one.token) {
      if (!latest || inv[pending.row] > inv[latest.row]) latest = pending;
      pending = undefined;
    }
    if (latest && ret[one.row] < inv[latest.row]) {
      const message =
        name === 'stale-fencing-token'
          ? `The resource accepted the token ${latest.token} after it had accepted ${one.token}.`
          : `A lease has the token ${latest.token}, and an earlier one ${one.token}.`;
      const steps = [`${say(columns, one.row)} ended before ${say(columns, latest.row)} began.`];
      anomalies.push(anomaly(columns, name, message, [one.row, latest.row], steps));
    }
    if (!pending || inv[one.row] > inv[pending.row]) pending = one;
  }
  return anomalies;
}
