import { HistoryError } from './history-error.ts';
import { shown } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { cutNote, JsonElements } from './json-elements.ts';
import type { ReadOptions } from './options.ts';
import type { Reader } from './reader.ts';
import { type Scalar, type SessionMop, type SessionTransaction, sessionsHistory } from './sessions.ts';

/**
 * Reads dbcop's JSON: a list of sessions, by itself or as the member `data` of an object,
 * each a list of transactions `{events, committed}`, each event `{"Write":{variable,version}}`,
 * `{"Read":{variable,version}}` (a version of `null` is the initial one) or `["r", key, version]`.
 */
export function dbcopReader(options?: ReadOptions): Reader {
  const transactions: SessionTransaction[] = [];
  const texts = new JsonTexts();
  const says = '"data" of a dbcop history is a list of sessions, which are lists of transactions';
  const elements = new JsonElements({ level: 2, member: 'data', says }, options, (text, line) => {
    transactions.push(transactionOf(texts.parse(text, line), elements.groups - 1, line));
  });
  return {
    push: (text) => elements.push(text),
    end() {
      const cut = elements.end();
      const notes = cut === undefined ? [] : [cutNote(cut, '"events"')];
      return { history: sessionsHistory(transactions, cut !== undefined), notes, format: 'dbcop' };
    },
  };
}

function transactionOf(transaction: unknown, session: number, line: number): SessionTransaction {
  const { events, committed, success } = (transaction ?? {}) as Record<string, unknown>;
  if (!Array.isArray(events))
    throw new HistoryError(`a transaction of a dbcop history has a list of "events", not ${shown(transaction)}`, line);
  const ended = committed ?? success ?? true;
  if (typeof ended !== 'boolean') throw new HistoryError(`"committed" is true or false, not ${shown(ended)}`, line);
  return { session, committed: ended, mops: events.flatMap((event) => mopsOf(event, line)) };
}

/** The micro-operation of an event, or none where the event did not succeed. */
function mopsOf(event: unknown, line: number): SessionMop[] {
  if (Array.isArray(event) && event.length === 3) {
    const [f, key, value] = event;
    if (f === 'r' || f === 'w') return [[f, scalar(key, event, line), versionOf(value, event, line)]];
  }
  const { Read, Write } = (event ?? {}) as { Read?: Version; Write?: Version };
  const one = Write ?? Read;
  if (!one || (Write && Read)) throw noEvent(event, line);
  if (one.success === false) return [];
  return [[Write ? 'w' : 'r', scalar(one.variable, event, line), versionOf(one.version, event, line)]];
}

interface Version {
  readonly variable: unknown;
  readonly version?: unknown;
  readonly success?: unknown;
}

function versionOf(version: unknown, event: unknown, line: number): Scalar | null {
  return version === undefined || version === null ? null : scalar(version, event, line);
}

function scalar(value: unknown, event: unknown, line: number): Scalar {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw noEvent(event, line);
}

function noEvent(event: unknown, line: number): HistoryError {
  return new HistoryError(`${shown(event)} is no event of a dbcop history`, line);
}
