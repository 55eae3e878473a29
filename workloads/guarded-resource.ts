import type { Anomaly, Checker, Columns } from 'elle-ts';
import { OK } from 'elle-ts';
import type { Contents, Grant, GuardedLocks } from '../systems/lock/guarded.ts';

/**
 * Whether nobody got in between a holder's reading the guarded resource and its
 * writing there: a write that was accepted replaced what its writer had seen.
 * Exact, whatever the leases were; it is what mutual exclusion is for. O(n).
 */
export const guardedResource: Checker<GuardedLocks> = {
  name: 'guarded-resource',
  check({ columns }) {
    const anomalies: Anomaly[] = [];
    const traces = tracesOf(columns);
    for (let row = 0; row < columns.length; row++) {
      if (columns.fNames[columns.f[row]!] !== 'write' || columns.type[row] !== OK) continue;
      const { seen } = columns.input[row] as Write;
      const { replaced } = columns.output[row] as { readonly replaced: number | null };
      if (seen !== null && replaced !== seen.value) anomalies.push(lostUpdate(columns, traces, row, replaced));
    }
    const [first, ...rest] = anomalies;
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};

interface Write {
  readonly grant?: Grant | null;
  readonly value: number;
  readonly seen: Contents | null;
}

/** Where holders got their locks and last saw the resource, by session and key, and who wrote a value. */
interface Traces {
  readonly acquired: ReadonlyMap<string, number>;
  /** Rows of each holder's reads, in the order of their starts. */
  readonly used: ReadonlyMap<string, readonly number[]>;
  readonly wrote: ReadonlyMap<number, number>;
}

function tracesOf(columns: Columns): Traces {
  const acquired = new Map<string, number>();
  const used = new Map<string, number[]>();
  const wrote = new Map<number, number>();
  for (let row = 0; row < columns.length; row++) {
    const f = columns.fNames[columns.f[row]!];
    if (f === 'write') wrote.set((columns.input[row] as Write).value, row);
    if (columns.type[row] !== OK) continue;
    if (f === 'acquire') acquired.set(holder(columns, row, columns.output[row] as Grant), row);
    if (f !== 'use') continue;
    const { grant } = columns.input[row] as { readonly grant: Grant | null };
    const name = holder(columns, row, grant);
    used.set(name, [...(used.get(name) ?? []), row]);
  }
  return { acquired, used, wrote };
}

function holder(columns: Columns, row: number, grant: Grant | null | undefined): string {
  return JSON.stringify([columns.key[row], grant?.session]);
}

/**
 * The story of a lock that two had at once: who got it when, what
 * the one saw, what the other wrote meanwhile, and what was lost.
 */
function lostUpdate(columns: Columns, traces: Traces, row: number, replaced: number | null): Anomaly {
  const { grant, value, seen } = columns.input[row] as Write;
  const between = replaced === null ? undefined : traces.wrote.get(replaced);
  const theirs = between === undefined ? undefined : (columns.input[between] as Write).grant;
  const key = columns.keyNames[columns.key[row]!] ?? 'the resource';
  const before = seen?.value ?? 'nothing';
  const undone = replaced ?? 'nothing';
  const saw = traces.used
    .get(holder(columns, row, grant))
    ?.findLast(
      (at) => columns.end[at]! < columns.start[row]! && (columns.output[at] as Contents).value === seen?.value,
    );
  const ours = traces.acquired.get(holder(columns, row, grant));
  const other = between === undefined ? undefined : traces.acquired.get(holder(columns, between, theirs));
  const grants = [...new Set([ours, other])].filter((at) => at !== undefined).sort((a, b) => a - b);
  const told = [
    ...grants.map((at, place) => ({
      at,
      says: `was granted the lock of ${key}${place > 0 ? ' as well' : ''}${lease(columns, at)}`,
    })),
    ...(saw === undefined ? [] : [{ at: saw, says: `read ${before} there` }]),
  ].sort((a, b) => a.at - b.at);
  // Which of the two writes began first says nothing: the resource took them in this order.
  if (between !== undefined) told.push({ at: between, says: `wrote ${undone} there` });
  const late =
    ours === undefined
      ? ''
      : `, ${Math.round((columns.startNs[row]! - columns.startNs[ours]!) / 1e6)} ms after it had asked for the lock`;
  told.push({
    at: row,
    says: `made ${value} out of the ${before} it had seen and wrote that${late}, which undid ${undone}`,
  });
  return {
    name: 'lost-update',
    message: `Under its lock a client updated ${key} from ${before} to ${value} and overwrote ${undone}, which it had not read.`,
    steps: told.map(({ at, says }) => `process ${columns.process[at]} ${says} (operation ${columns.start[at]})`),
    operations: told.map(({ at }) => columns.start[at]!).sort((a, b) => a - b),
  };
}

/** For how long a lock was asked for, where the request says so. */
function lease(columns: Columns, row: number): string {
  const { ttlMs } = columns.input[row] as { readonly ttlMs?: number };
  return ttlMs === undefined ? '' : ` for ${ttlMs} ms`;
}
