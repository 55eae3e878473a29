import { HistoryError } from './history-error.ts';
import { parseJson } from './json.ts';
import type { Reader } from './reader.ts';
import { type SessionTransaction, sessionsHistory } from './sessions.ts';

/**
 * Reads dbcop's JSON: `data` is a list of sessions, each a list of transactions `{events, committed}`, each event
 * `{"Write":{variable,version}}`, `{"Read":{variable,version}}` (a version of `null` is the initial one) or `["r", key, version]`.
 */
export function dbcopReader(): Reader {
  const chunks: string[] = [];
  return {
    push: (text) => void chunks.push(text),
    end() {
      const transactions = sessionsOf(chunks.join('')).flatMap((session, number) =>
        listOf(session, 'a session').map((transaction) => transactionOf(transaction, number)),
      );
      return { history: sessionsHistory(transactions), notes: [], format: 'dbcop' };
    },
  };
}

function sessionsOf(text: string): readonly unknown[] {
  let whole: unknown;
  try {
    whole = parseJson(text);
  } catch (error) {
    throw new HistoryError(`not JSON (${error instanceof Error ? error.message : error})`);
  }
  return listOf((whole as { data?: unknown } | null)?.data, '"data"');
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new HistoryError(`${what} of a dbcop history is a list`);
  return value;
}

function transactionOf(transaction: unknown, session: number): SessionTransaction {
  const { events, committed, success } = (transaction ?? {}) as Record<string, unknown>;
  return {
    session,
    committed: (committed ?? success) !== false,
    mops: listOf(events, 'the "events" of a transaction').map(mopOf),
  };
}

function mopOf(event: unknown): SessionTransaction['mops'][number] {
  if (Array.isArray(event) && event.length === 3) {
    const [f, key, value] = event;
    if (f === 'r' || f === 'w') return [f, scalar(key, event), value === null ? null : scalar(value, event)];
  }
  const { Read, Write } = (event ?? {}) as { Read?: Version; Write?: Version };
  const one = Write ?? Read;
  if (!one) throw new HistoryError(`${JSON.stringify(event)} is no event of a dbcop history`);
  const version = one.version ?? null;
  return [Write ? 'w' : 'r', scalar(one.variable, event), version === null ? null : scalar(version, event)];
}

interface Version {
  readonly variable: unknown;
  readonly version?: unknown;
}

function scalar(value: unknown, event: unknown): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new HistoryError(`${JSON.stringify(event)} is no event of a dbcop history`);
}
