import type { History } from '../history.ts';
import { HistoryBuilder } from '../history-builder.ts';

/** A key or a value of a format that knows sessions but no time. */
export type Scalar = number | string;

/** A transaction of a format that knows sessions but no time. */
export interface SessionTransaction {
  readonly session: number;
  /** Whether it took effect; `'unknown'` where the file ends before it says so. */
  readonly committed: boolean | 'unknown';
  /** `["r", key, value]` with `null` for the initial value, and `["w", key, value]`. */
  readonly mops: readonly SessionMop[];
}

/** A read or a write of a transaction: its kind, the key and the value. */
export type SessionMop = readonly ['r' | 'w', Scalar, Scalar | null];

/** A process is a number of 31 bits. */
const LARGEST_PROCESS = 0x7fffffff;

/**
 * The history of transactions that are in order within their sessions. Nothing else is known of when they happened,
 * and the history says so: its `realTime` is false. Each transaction ends before the next one of the file begins,
 * so that those of one session never overlap. An operation is named by twice its transaction's place in the file.
 *
 * Where the file is `cut`, whole sessions may be missing behind the cut, and what
 * they wrote may have been read: each value that was read and that no transaction
 * of the file wrote then has a transaction of unknown outcome that writes it.
 */
export function sessionsHistory(read: readonly SessionTransaction[], cut = false): History {
  const transactions = cut ? [...read, ...behindCut(read)] : read;
  const builder = new HistoryBuilder();
  builder.realTime = false;
  const processOf = processes(transactions);
  for (const [at, { session, committed, mops }] of transactions.entries()) {
    const input = mops.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
    const row = builder.invoke(2 * at, 2 * at, processOf(session), { f: 'txn', input });
    const end = 2 * at + 1;
    if (committed === true) builder.complete(row, end, end, { type: 'ok', output: mops });
    else if (committed === false) builder.complete(row, end, end, { type: 'fail', error: 'aborted' });
    else builder.complete(row, end, end, { type: 'info', error: 'the file ends before its outcome' });
  }
  return builder;
}

/** A writer for each value that was read and not written, in a session of its own. */
function behindCut(transactions: readonly SessionTransaction[]): SessionTransaction[] {
  const written = new Set<string>();
  const name = ([, key, value]: SessionMop): string => JSON.stringify([key, value]);
  for (const { mops } of transactions) for (const mop of mops) if (mop[0] === 'w') written.add(name(mop));
  const missing = new Map<string, SessionMop>();
  for (const { mops } of transactions)
    for (const mop of mops) if (mop[2] !== null && !written.has(name(mop))) missing.set(name(mop), mop);
  const last = transactions.reduce((most, { session }) => Math.max(most, session), 0);
  return [...missing.values()].map(([, key, value], at) => ({
    session: last + 1 + at,
    committed: 'unknown',
    mops: [['w', key, value]],
  }));
}

/** A session's process: its own number, or its place among the sessions where one of the numbers is no process. */
function processes(transactions: readonly SessionTransaction[]): (session: number) => number {
  if (transactions.every(({ session }) => session >= 0 && session <= LARGEST_PROCESS)) return (session) => session;
  const places = new Map<number, number>();
  for (const { session } of transactions) if (!places.has(session)) places.set(session, places.size);
  return (session) => places.get(session) as number;
}

/**
 * The transactions of a format that writes the initial value as 0:
 * a read of 0 saw the initial value, unless somebody writes 0 to that key.
 */
export function withInitialZeros(transactions: readonly SessionTransaction[]): SessionTransaction[] {
  const written = new Set<Scalar>();
  for (const { mops } of transactions)
    for (const [f, key, value] of mops) if (f === 'w' && value === 0) written.add(key);
  const initial = ([f, key, value]: SessionMop): boolean => f === 'r' && value === 0 && !written.has(key);
  return transactions.map((one) => ({
    ...one,
    mops: one.mops.map((mop) => (initial(mop) ? ['r', mop[1], null] : mop)),
  }));
}
