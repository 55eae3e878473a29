import { HistoryError } from './history-error.ts';
import { shown } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import type { Reader } from './reader.ts';
import {
  type Scalar,
  type SessionMop,
  type SessionTransaction,
  sessionsHistory,
  withInitialZeros,
} from './sessions.ts';

/**
 * Reads Viper's logs, one text a session: a transaction a line,
 * `{"value": [["w", key, value, true], ["r", key, value, true]]}`. An operation whose last member is false did not
 * happen. The value 0 is the initial one, unless it is written, and so is null. `nextFile` begins another session.
 */
export function viperReader(options?: ReadOptions): Reader {
  const transactions: SessionTransaction[] = [];
  const notes: string[] = [];
  const texts = new JsonTexts();
  let session = 0;
  const newLines = (): Lines =>
    new Lines(options, (text, from, to, number) => {
      const line = text.slice(from, to);
      if (line.trim() !== '') transactions.push(transactionOf(texts.parseLine(line, number), session, number));
    });
  let lines = newLines();
  return {
    push: (text) => lines.push(text),
    nextFile() {
      notes.push(...lines.end());
      lines = newLines();
      session++;
    },
    end() {
      notes.push(...lines.end());
      return { history: sessionsHistory(withInitialZeros(transactions), notes.length > 0), notes, format: 'viper' };
    },
  };
}

function transactionOf(transaction: unknown, session: number, line: number): SessionTransaction {
  const { value } = (transaction ?? {}) as { readonly value?: unknown };
  if (!Array.isArray(value))
    throw new HistoryError(`a transaction of Viper's is {"value": [operations]}, not ${shown(transaction)}`, line);
  return { session, committed: true, mops: value.flatMap((operation) => mopsOf(operation, line)) };
}

function mopsOf(operation: unknown, line: number): SessionMop[] {
  const [f, key, value, happened = true] = Array.isArray(operation) ? operation : [];
  if (
    (f !== 'r' && f !== 'w') ||
    !isScalar(key) ||
    !(value === null || isScalar(value)) ||
    typeof happened !== 'boolean'
  )
    throw new HistoryError(`${shown(operation)} is no operation ["r" or "w", key, value, true or false]`, line);
  return happened ? [[f, key, value]] : [];
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'number' || typeof value === 'string';
}
