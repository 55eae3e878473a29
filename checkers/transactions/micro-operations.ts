/** The micro-operations of a history one by one, and histories in which they are changed. */
import { type History, OK } from '../history.ts';
import { historyLike } from '../history-builder.ts';
import { someRows } from '../sources/some-rows.ts';
import { type Mop, mopsOf, plain, transactionRows } from './transactions-of.ts';

/** A key or a value as a text of its own. */
export const valueName = (value: unknown): string => `${typeof (value ?? null)} ${String(plain(value ?? null))}`;

/** What is told of a micro-operation: its row, its place in it, and all that the transaction did. */
type Visit = (row: number, at: number, mop: Mop, mops: readonly Mop[]) => void;

/** Visits the micro-operations of all transactions that can be read. */
export function eachMop(history: History, visit: Visit): void {
  const isTransaction = transactionRows(history);
  for (let row = 0; row < history.length; row++) {
    const mops = isTransaction(row) ? mopsOf(history, row) : null;
    mops?.forEach((mop, at) => {
      if (Array.isArray(mop) && ['r', 'w', 'append'].includes(mop[0])) visit(row, at, mop, mops);
    });
  }
}

/** What a micro-operation at a place becomes; null where it is left out. */
export type Change = (row: number, at: number, mop: Mop) => Mop | null;

/** The history, or some of its rows, with its micro-operations changed. */
export function changed(history: History, rows: ReadonlySet<number> | null, change: Change): History {
  const origin = rows === null ? null : [...rows].sort((a, b) => a - b);
  const some = origin === null ? history : someRows(history, rows as ReadonlySet<number>);
  const isTransaction = transactionRows(history);
  const mopsAt = (json: unknown, at: number): unknown => {
    const row = origin === null ? at : origin[at];
    if (!Array.isArray(json) || !isTransaction(row)) return json;
    return json.flatMap((mop: Mop, place): Mop[] => {
      const made = Array.isArray(mop) ? change(row, place, mop) : mop;
      return made === null ? [] : [made];
    });
  };
  const { type, input, output } = some.columns;
  return historyLike(some, {
    input: Array.from({ length: some.length }, (_, at) => mopsAt(input[at], at)),
    output: Array.from({ length: some.length }, (_, at) => (type[at] === OK ? mopsAt(output[at], at) : output[at])),
  });
}
