import { Bytes } from './bytes.ts';
import type { Reading } from './reader.ts';
import { type Scalar, type SessionMop, type SessionTransaction, sessionsHistory } from './sessions.ts';

/**
 * Bytes of a record by its first: a transaction's start and commit,
 * a write (id, key, value), a read (writer, id, key, value).
 */
const SIZES: Readonly<Record<number, number>> = { 83: 9, 67: 9, 87: 25, 82: 33 };
const [START, COMMIT, WRITE] = [0x53, 0x43, 0x57];

/** The write ids of values that were there before the history began. */
const INITIAL: readonly Scalar[] = [0xbebeebee, 0xdeadbeef];

/**
 * Reads Cobra's logs, one file a session, big-endian: a write has an id of its own, and a
 * read names the one that it saw. Keys are their hashes. A transaction without a commit
 * may have happened. A log that ends inside a record or a transaction is cut off there.
 */
export function readCobra(files: readonly Uint8Array[]): Reading {
  const notes: string[] = [];
  const transactions = files.flatMap((file, session) => {
    const log = sessionOf(new Bytes(file, false), file.length, session);
    if (log.cut !== undefined)
      notes.push(`log ${session + 1} is cut off at byte ${log.cut}: its session ends before it`);
    return log.transactions;
  });
  return { history: sessionsHistory(transactions, notes.length > 0), notes, format: 'cobra' };
}

function sessionOf(
  bytes: Bytes,
  length: number,
  session: number,
): { readonly transactions: SessionTransaction[]; readonly cut?: number } {
  const transactions: SessionTransaction[] = [];
  let open: { readonly id: Scalar; readonly mops: SessionMop[] } | undefined;
  const end = (committed: boolean | 'unknown'): void => {
    if (open) transactions.push({ session, committed, mops: open.mops });
    open = undefined;
  };
  while (!bytes.done()) {
    const began = bytes.at;
    const kind = bytes.byte();
    const size = SIZES[kind];
    if (size === undefined) throw bytes.error(`0x${kind.toString(16)} begins no record of a Cobra log (S, R, W or C)`);
    if (began + size > length) {
      end('unknown');
      return { transactions, cut: began };
    }
    const first = bytes.i64();
    if (kind === START) {
      end('unknown');
      open = { id: first, mops: [] };
    } else if (!open) throw bytes.error('a record of no transaction');
    else if (kind === COMMIT) {
      if (open.id !== first) throw bytes.error(`transaction ${first} commits inside of transaction ${open.id}`);
      end(true);
    } else open.mops.push(kind === WRITE ? written(bytes, first) : read(bytes));
  }
  if (!open) return { transactions };
  end('unknown');
  return { transactions, cut: bytes.at };
}

function written(bytes: Bytes, id: Scalar): SessionMop {
  const key = bytes.i64();
  bytes.i64();
  return ['w', key, id];
}

function read(bytes: Bytes): SessionMop {
  const id = bytes.i64();
  const key = bytes.i64();
  bytes.i64();
  return ['r', key, INITIAL.includes(id) ? null : id];
}

/**
 * Whether a file that begins so is a log of Cobra's: a transaction's
 * start, whose number is no text, and record after record.
 */
export function beginsCobra(head: Uint8Array): boolean {
  if (head.length < 9 || head[0] !== START || head[1] !== 0) return false;
  let at = 0;
  while (at < head.length) {
    const size = SIZES[head[at] as number];
    if (size === undefined) return false;
    at += size;
  }
  return true;
}
