/**
 * What holders of locks that expire certainly held. Gray and Cheriton, "Leases", SOSP 1989.
 *
 * A lease is certainly held from the end of its `acquire` until its time runs out, counted from
 * the beginning of the holder's latest `acquire` or renewal, or until its `release` begins: that early
 * the client may rely on it. One holder has one lease: acquiring again replaces it, and may shorten it.
 * An acquire or a renewal that began when the lease may have run out begins a new lease at its own end.
 */
import { type Columns, FAIL, INFO } from '../history.ts';
import { identity } from './identity.ts';

/** What is known of the leases of a lock. */
export interface LeaseOptions {
  /** How long a lease lasts, in ms, where the operation does not say. */
  readonly ttlMs: number;
  /** By how much clocks may differ, in ms: overlaps up to this are forgiven. */
  readonly toleranceMs?: number;
}

/** What one process certainly held, in ns; nothing where it ends before it begins. */
export interface Lease {
  /** What it rests on: an `acquire`, and what was in time to prolong or shorten it. */
  readonly rows: number[];
  readonly process: number;
  readonly from: number;
  until: number;
  /** The shortest time, in ns, that an operation without a completion asked for: it may take effect at any moment. */
  briefest: number;
}

/**
 * The leases of a key's rows, in the order of the beginnings of their operations. A renewal by a process
 * that holds nothing, for all that is known, begins no lease: it may be another's that it renews. O(n).
 */
export function leasesOf(columns: Columns, rows: readonly number[], options: LeaseOptions): Lease[] {
  const leases: Lease[] = [];
  const held = new Map<number, Lease>();
  for (const row of rows) {
    if (columns.type[row] === FAIL) continue;
    const f = columns.fNames[columns.f[row]];
    const process = columns.process[row];
    const lease = held.get(process);
    if (f === 'release') {
      const ended = lease ?? named(columns, row, held);
      if (!ended) continue;
      ended.until = Math.min(ended.until, columns.startNs[row]);
      held.delete(ended.process);
    } else if (f === 'acquire' || (f === 'renew' && lease)) {
      const next = granted(columns, row, f, lease, options);
      if (!next || next === lease) continue;
      leases.push(next);
      held.set(process, next);
    }
  }
  return leases;
}

/**
 * The lease that is released by its grant, which its `acquire` returned: by a client that continues as another process.
 */
function named(columns: Columns, row: number, held: ReadonlyMap<number, Lease>): Lease | undefined {
  const input = columns.input[row] as { readonly grant?: unknown } | null | undefined;
  const grant = typeof input === 'object' && input !== null ? (input.grant ?? input) : undefined;
  if (grant === undefined) return undefined;
  const name = identity(grant);
  for (const lease of held.values()) if (identity(columns.output[lease.rows[0]]) === name) return lease;
  return undefined;
}

/**
 * The lease that a process holds after an `acquire` or a renewal: the one it had, prolonged or shortened, or a new one.
 */
function granted(
  columns: Columns,
  row: number,
  f: string,
  lease: Lease | undefined,
  options: LeaseOptions,
): Lease | undefined {
  const start = columns.startNs[row];
  const ttl = ttlOf(columns, row, options) * 1e6;
  if (columns.type[row] === INFO) {
    if (!lease) return undefined;
    lease.until = Math.min(lease.until, start + ttl);
    lease.briefest = Math.min(lease.briefest, ttl);
    return lease;
  }
  if (lease && start < lease.until) {
    lease.until = start + Math.min(ttl, lease.briefest);
    lease.rows.push(row);
    return lease;
  }
  const acquired = f === 'renew' && lease ? lease.rows.slice(0, 1) : [];
  return {
    rows: [...acquired, row],
    process: columns.process[row],
    from: columns.endNs[row],
    until: start + ttl,
    briefest: Number.POSITIVE_INFINITY,
  };
}

function ttlOf(columns: Columns, row: number, options: LeaseOptions): number {
  const input = columns.input[row];
  const asked = typeof input === 'object' && input !== null ? (input as { ttlMs?: number }).ttlMs : undefined;
  return asked ?? options.ttlMs;
}
