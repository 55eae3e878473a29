/**
 * A history of transactions as columns of micro-operations:
 * which versions of which keys each transaction read and wrote.
 *
 * Both datatypes, lists that are appended to and registers that are written, come down to this, and what follows is the
 * same for both.
 */
import type { CycleEdge } from '../checker.ts';
import { type History, INFO, OK } from '../history.ts';
import { identity } from '../monitors/identity.ts';

/**
 * What a micro-operation does. An `OWN_READ` returned what the transaction itself had written, and depends on nobody.
 */
export const READ = 0;
export const WRITE = 1;
export const OWN_READ = 2;

/** What became of a transaction: `UNSEEN` may have happened, but nobody saw an effect, so it counts as never begun. */
export const COMMITTED = 0;
export const ABORTED = 1;
export const UNSEEN = 2;

/** In place of a writer: of the initial version, and of a version that nobody wrote. */
export const INITIAL = -1;
export const NOBODY = -2;

/** Something wrong in what the transactions saw, found without looking for cycles; `rows` prove it. */
export interface TransactionFinding {
  readonly name: string;
  readonly message: string;
  readonly steps: readonly string[];
  readonly rows: readonly number[];
  /** Versions that it is about, whose writers belong to the proof; those that nobody wrote may be among them, or -1. */
  readonly about?: readonly number[];
  /** The edges, between rows, where it is a cycle nevertheless. */
  readonly cycle?: readonly FindingEdge[];
}

/** An edge between rows, with the rows that only witness it. */
export type FindingEdge = CycleEdge & { readonly via: readonly number[] };

/**
 * The micro-operations of row r are `first[r]` to `first[r + 1] - 1`, in program order. `version` is what each
 * read or wrote, or -1 where that is unknown. A version has a key and a writer (a row, `INITIAL` or `NOBODY`).
 */
export interface Transactions {
  readonly history: History;
  readonly rows: number;
  readonly status: Uint8Array;
  /** The session of each row, as `sessionNumbers` has it. */
  readonly session: Int32Array;
  readonly first: Int32Array;
  readonly effect: Uint8Array;
  readonly key: Int32Array;
  readonly version: Int32Array;
  readonly keys: readonly unknown[];
  readonly versions: number;
  readonly versionKey: Int32Array;
  readonly writer: Int32Array;
  readonly findings: readonly TransactionFinding[];
  /** Keys of which one value has several possible writers: nothing can be concluded from who read it. */
  readonly repeated: ReadonlySet<number>;
  /**
   * Why nothing can be called valid, a sentence for each kind of reason: the history is not what the checker can judge.
   */
  readonly problems: readonly string[];
}

/** Registers as `Transactions`, and what only registers have. */
export interface RegisterTransactions extends Transactions {
  /** The version of each key that was there from the beginning. */
  readonly initial: Int32Array;
  /** 1 for a version that its writer overwrote in the same transaction. */
  readonly intermediate: Uint8Array;
}

/** A micro-operation as a history holds it: `['r', key, value]`, `['w', key, value]`, `['append', key, value]`. */
export type Mop = readonly [string, unknown, unknown?];

/** Names of keys and of values that are not plain: numbers and strings stand for themselves. */
export function plain(value: unknown): unknown {
  return identity(value);
}

/** A key or a value as a person reads it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? 'nothing';
}

/** A value of any shape in a few words, for messages. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * The micro-operations of each row as a history holds them, but for a last
 * `['abort']`: with the reads filled where the transaction returned.
 */
export function mopsOf(history: History, row: number): readonly Mop[] | null {
  const { columns } = history;
  const raw = columns.type[row] === OK ? (columns.output[row] ?? columns.input[row]) : columns.input[row];
  if (raw === null || raw === undefined) return [];
  if (!Array.isArray(raw)) return null;
  return isAbort(raw[raw.length - 1]) ? (raw.slice(0, -1) as Mop[]) : (raw as Mop[]);
}

/** Whether a transaction that failed did so because it was asked to, after its other operations: `['abort']`. */
function isAbort(mop: unknown): boolean {
  return Array.isArray(mop) && mop[0] === 'abort';
}

/**
 * Which rows are transactions: those called `txn` where any is called so (faults
 * that another tool's history records as operations are none), else all.
 */
export function transactionRows(history: History): (row: number) => boolean {
  const { f, fNames } = history.columns;
  const txn = fNames.indexOf('txn');
  return txn < 0 ? () => true : (row) => f[row] === txn;
}

/** Whether a version was written by a transaction that committed. */
export function isCommitted({ writer, status }: Pick<Transactions, 'writer' | 'status'>, version: number): boolean {
  return writer[version] >= 0 && status[writer[version]] === COMMITTED;
}

/** Status before anything is known of the effects: an `info` is unseen until an effect is. */
export function initialStatus(history: History): Uint8Array {
  const { type, length } = history.columns;
  const status = new Uint8Array(length);
  for (let row = 0; row < length; row++)
    status[row] = type[row] === OK ? COMMITTED : type[row] === INFO ? UNSEEN : ABORTED;
  return status;
}
