/**
 * What clients ask of a transactional store, and how each request becomes a transaction:
 * begin, read and write, then commit or abort. A design says what those four are.
 */
import { Refused } from '../node.ts';
import type { Replica } from '../system.ts';
import { deleteRow, insertRow, ROWS, type RowMop, rowsWith, type Store, writesRows } from './rows.ts';

/**
 * A micro-operation: read, write, append to a list, what is done to rows, or, as the
 * last one, change one's mind. What was read is filled in by the answer.
 */
export type Mop = readonly [f: 'r' | 'w' | 'append', key: string, value: unknown] | RowMop | readonly [f: 'abort'];

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Micro-operations in turn; and a bank, whose accounts hold `OPENING_BALANCE` until something is moved. */
export type Transactions = {
  txn(mops: readonly Mop[]): readonly Mop[];
  transfer(input: Transfer): null;
  read(accounts: readonly string[]): Readonly<Record<string, number>>;
};

export const OPENING_BALANCE = 100;

/**
 * One transaction. What throws before `commit` is an abort,
 * and certain; what throws in `commit` is one where it is `Refused`.
 */
export interface Transaction {
  /** `null` where nobody has written. It may help to know that the transaction is about to write the key. */
  read(key: string, toWrite: boolean): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  commit(): Promise<void>;
  abort(): void;
}

/** The client's operations, on a design's way to begin. */
export function transactionsOn(begin: () => Promise<Transaction>): Replica<Transactions>['api'] {
  async function atomically<T>(body: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = await begin().catch(abandon);
    const result = await body(transaction).catch((error: unknown) => {
      transaction.abort();
      return abandon(error);
    });
    await transaction.commit();
    return result;
  }
  return {
    txn: (mops) => atomically((transaction) => inTurn(transaction, mops)),
    transfer: (input) => atomically((transaction) => transfer(transaction, input)),
    read: (accounts) =>
      atomically(async (transaction) => {
        const balances = await Promise.all(accounts.map((account) => balanceOf(transaction, account, false)));
        return Object.fromEntries(accounts.map((account, i) => [account, balances[i]!]));
      }),
  };
}

/** Nothing was decided yet, so whatever went wrong, nothing happened. */
function abandon(error: unknown): never {
  if (error instanceof Refused) throw error;
  throw new Refused(error instanceof Error ? error.message : String(error));
}

async function inTurn(transaction: Transaction, mops: readonly Mop[]): Promise<readonly Mop[]> {
  const written = new Set(mops.flatMap(writtenBy));
  const store = {
    read: (key: string) => transaction.read(key, written.has(key)),
    write: (key: string, value: unknown) => transaction.write(key, value),
  };
  const done: Mop[] = [];
  for (const mop of mops) done.push(await perform(store, mop));
  return done;
}

/** The keys that a micro-operation may write. */
function writtenBy(mop: Mop): readonly string[] {
  if (writesRows(mop)) return [mop[1], ROWS];
  return mop[0] === 'w' || mop[0] === 'append' ? [mop[1]] : [];
}

async function perform(store: Store, mop: Mop): Promise<Mop> {
  switch (mop[0]) {
    case 'abort':
      throw new Refused('aborted, as asked', { answer: true });
    case 'r':
      return ['r', mop[1], await store.read(mop[1])];
    case 'rp':
      return ['rp', mop[1], await rowsWith(store, mop[1])];
    case 'w':
      await store.write(mop[1], mop[2]);
      return mop;
    case 'append':
      await store.write(mop[1], [...(((await store.read(mop[1])) as unknown[]) ?? []), mop[2]]);
      return mop;
    case 'insert':
      await insertRow(store, mop[1], mop[2]);
      return mop;
    case 'delete':
      await deleteRow(store, mop[1]);
      return mop;
  }
}

async function transfer(transaction: Transaction, { from, to, amount }: Transfer): Promise<null> {
  const [source, target] = [await balanceOf(transaction, from, true), await balanceOf(transaction, to, true)];
  if (source < amount) throw new Refused(`${from} has ${source} only`, { answer: true });
  await transaction.write(from, source - amount);
  await transaction.write(to, target + amount);
  return null;
}

async function balanceOf(transaction: Transaction, account: string, toWrite: boolean): Promise<number> {
  return ((await transaction.read(account, toWrite)) as number | null) ?? OPENING_BALANCE;
}

/** What a transaction has read and means to write: it sees its own writes, and reads nothing twice. */
export interface Workspace {
  readonly reads: ReadonlyMap<string, unknown>;
  readonly writes: ReadonlyMap<string, unknown>;
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): void;
}

/** A workspace that reads through `fetch`. */
export function workspace(fetch: (key: string) => Promise<unknown>): Workspace {
  const reads = new Map<string, unknown>();
  const writes = new Map<string, unknown>();
  return {
    reads,
    writes,
    async read(key) {
      if (writes.has(key)) return writes.get(key);
      if (!reads.has(key)) reads.set(key, await fetch(key));
      return reads.get(key);
    },
    write(key, value) {
      writes.set(key, value);
    },
  };
}
