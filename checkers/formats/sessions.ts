import { type History, HistoryBuilder } from '../history.ts';

/** A transaction of a format that knows sessions but no time. */
export interface SessionTransaction {
  readonly session: number;
  readonly committed: boolean;
  /** `["r", key, value]` with `null` for the initial value, and `["w", key, value]`. */
  readonly mops: readonly (readonly ['r' | 'w', number | string, number | string | null])[];
}

/**
 * The history of transactions that are in order within their sessions. Nothing is known of when they happened: each begins before any
 * ends, so that no real-time order is claimed. An operation is named by its transaction's place in the file.
 */
export function sessionsHistory(transactions: readonly SessionTransaction[]): History {
  const builder = new HistoryBuilder();
  for (const [at, { session, mops }] of transactions.entries()) {
    const input = mops.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
    builder.invoke(at, at, session, { f: 'txn', input });
  }
  for (const [at, { committed, mops }] of transactions.entries()) {
    const end = transactions.length + at;
    builder.complete(at, end, end, committed ? { type: 'ok', output: mops } : { type: 'fail', error: 'aborted' });
  }
  return builder;
}
