/**
 * What every model of sessions does with a history of registers: infer who wrote what was read, look for a violation, shrink it, and
 * say it in sentences; or say why it cannot say.
 */

import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Columns, type History, INFO } from '../history.ts';
import type { Register } from '../models/register.ts';
import { type Speaker, shrink } from './counterexample.ts';
import { type RegisterOptions, type RegisterRows, registerRows, sentence } from './registers.ts';
import { type Rows, someRows } from './rows.ts';

/** Why rows break a model: the rows that show it, ascending, and how to say so. */
export interface Refutation {
  readonly rows: readonly number[];
  tell(say: Speaker): Pick<Anomaly, 'name' | 'message' | 'steps'>;
}

/** What a model's engine says of rows: that they break it, why it cannot tell, or null: they satisfy it. */
export type Judgement = Refutation | { readonly unknown: string } | null;

/** A checker of a model for registers: invalid with one anomaly, or the impossible reads; else valid, or unknown where writers are unclear. */
export function sessionChecker(
  name: string,
  judgeRows: (rows: Rows) => Judgement,
  options: RegisterOptions,
): Checker<Register> {
  return { name, check: (history) => judge(judgeRows, history as unknown as History, options) };
}

function judge(judgeRows: (rows: Rows) => Judgement, history: History, options: RegisterOptions): Verdict {
  const found = registerRows(history, options);
  const [first, ...rest] = found.anomalies;
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  const judgement = judgeRows(found.rows);
  if (judgement && 'rows' in judgement) {
    return { type: 'invalid', anomalies: [anomalyOf(judgeRows, history.columns, found, judgement)] };
  }
  const reason = judgement?.unknown ?? found.unsure;
  return reason === null ? { type: 'valid' } : { type: 'unknown', reason };
}

function anomalyOf(
  judgeRows: (rows: Rows) => Judgement,
  columns: Columns,
  found: RegisterRows,
  refutation: Refutation,
): Anomaly {
  const refute = (some: Rows): Refutation | null => {
    const judgement = judgeRows(some);
    return judgement && 'rows' in judgement ? judgement : null;
  };
  const kept = shrink(found.rows, refutation.rows, (some) => refute(some) !== null);
  const say: Speaker = (row, as) => sentence(columns, found.operationOf[kept[row]], as);
  const small = refute(someRows(found.rows, kept)) ?? refutation;
  return {
    ...small.tell(say),
    operations: observed(columns, found, kept)
      .map((row) => columns.start[found.operationOf[row]])
      .sort((a, b) => a - b),
  };
}

/** The rows, and for each that is `info` a row that read from it, since only that shows that it happened; and so on for those. */
function observed(columns: Columns, { rows, operationOf }: RegisterRows, kept: readonly number[]): number[] {
  const all = new Set(kept);
  const isInfo = (row: number): boolean => columns.type[operationOf[row]] === INFO;
  for (let size = 0; size < all.size; ) {
    size = all.size;
    const unseen = new Set([...all].filter(isInfo));
    for (const row of all) if (!isInfo(row)) observe(rows, row, unseen);
    // A reader that is itself no `info` settles it; one that is needs a reader in turn.
    for (const settled of [true, false]) {
      for (let row = 0; row < rows.length && unseen.size > 0; row++) {
        if (isInfo(row) !== settled && observe(rows, row, unseen)) all.add(row);
      }
    }
  }
  return [...all];
}

/** Takes what the row reads from out of `unseen`; whether there was any. */
function observe(rows: Rows, row: number, unseen: Set<number>): boolean {
  let any = false;
  for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) any = unseen.delete(rows.readFrom[e]) || any;
  return any;
}
