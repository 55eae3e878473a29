import { mayBeCut } from './cut-number.ts';
import { wholeNumber } from './exact-number.ts';
import { HistoryError } from './history-error.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import type { Reader } from './reader.ts';
import { type SessionMop, type SessionTransaction, sessionsHistory } from './sessions.ts';

const OPERATION = /^\s*([rw])\s+(-?\d+)\s+(-?\d+)\s*$/;
const TRANSACTION = /^\s*-{3,}\s*$/;
const SESSION = /^\s*={3,}\s*$/;

/**
 * Reads the text of AWDIT's tests: `r key value` or `w key value` a line, dashes between transactions and
 * equals signs between sessions. Every transaction is committed, and one of them writes the initial values.
 */
export function awditReader(options?: ReadOptions): Reader {
  const transactions: SessionTransaction[] = [];
  let session = 0;
  let mops: SessionMop[] = [];
  const endTransaction = (): void => {
    if (mops.length > 0) transactions.push({ session, committed: true, mops });
    mops = [];
  };
  const lines = new Lines(options, (text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() === '') return;
    if (TRANSACTION.test(line)) return endTransaction();
    if (SESSION.test(line)) {
      endTransaction();
      session++;
      return;
    }
    const [, f, key, value] = OPERATION.exec(line) ?? [];
    if (f === undefined || (to === text.length && mayBeCut(line, valuesIn(transactions, mops))))
      throw new HistoryError(
        `no line of the form "r key value", "-----" or "=====": "${line.slice(0, 40)}"`,
        number,
        /^\s*([rw]\s*(-?\d*\s*){0,2}|-+|=+)$/.test(line),
      );
    mops.push([f as 'r' | 'w', wholeNumber(key as string, number), wholeNumber(value as string, number)]);
  });
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      endTransaction();
      return { history: sessionsHistory(transactions, notes.length > 0), notes, format: 'awdit-test' };
    },
  };
}

function* valuesIn(transactions: readonly SessionTransaction[], last: readonly SessionMop[]): Generator<unknown> {
  for (const { mops } of transactions) for (const [, , value] of mops) yield value;
  for (const [, , value] of last) yield value;
}
