import { Bytes, sameBytes } from './bytes.ts';
import { HistoryError } from './history-error.ts';
import type { Reading } from './reader.ts';
import { type SessionMop, type SessionTransaction, sessionsHistory, withInitialZeros } from './sessions.ts';

/**
 * Reads the bincode of dbcop's first version, in which PolySI's and Plume's histories are published: little-endian
 * numbers of 64 bits, a head of five counts and three texts, then sessions of transactions of events. An event that
 * did not succeed did not happen. The value 0 is the initial one, unless it is written. A file that breaks off ends
 * before the transaction in which it does. Throws a `HistoryError` with the byte where the file is no such history.
 */
export function readBincode(file: Uint8Array): Reading {
  const transactions: SessionTransaction[] = [];
  const bytes = new Bytes(file, true);
  try {
    for (const transaction of transactionsIn(bytes)) transactions.push(transaction);
  } catch (error) {
    if (!(error instanceof HistoryError && error.cutOff)) throw error;
    const notes = [`${error.reason}: the history ends before it`];
    return { history: sessionsHistory(withInitialZeros(transactions), true), notes, format: 'dbcop-bincode' };
  }
  return { history: sessionsHistory(withInitialZeros(transactions)), notes: [], format: 'dbcop-bincode' };
}

function* transactionsIn(bytes: Bytes): Generator<SessionTransaction> {
  for (let counts = 0; counts < 5; counts++) bytes.u64();
  for (let texts = 0; texts < 3; texts++) bytes.skip(bytes.count());
  const sessions = bytes.count();
  for (let session = 0; session < sessions; session++) {
    const length = bytes.count();
    for (let at = 0; at < length; at++) {
      const mops = eventsOf(bytes);
      yield { session, committed: bytes.flag(), mops };
    }
  }
  if (!bytes.done()) throw bytes.error('something follows the last session');
}

function eventsOf(bytes: Bytes): SessionMop[] {
  const mops: SessionMop[] = [];
  for (let left = bytes.count(); left > 0; left--) {
    const writes = bytes.flag();
    const [key, value] = [bytes.u64(), bytes.u64()];
    if (bytes.flag()) mops.push([writes ? 'w' : 'r', key, value]);
  }
  return mops;
}

/** Whether a file that begins so is of this format: five small numbers, and a text's length. */
export function beginsBincode(head: Uint8Array): boolean {
  if (head.length < 48) return false;
  for (let count = 0; count < 6; count++) {
    const high = head.subarray(8 * count + 4, 8 * count + 8);
    if (!sameBytes(high, [0, 0, 0, 0])) return false;
  }
  return head.subarray(8, 48).some((byte) => byte !== 0);
}
