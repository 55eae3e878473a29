/**
 * What every model of sessions does with a history of registers: infer who wrote what was read, look for a violation, shrink it, and
 * say it in sentences; or say why it cannot say.
 */

import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Columns, type History, INFO } from '../history.ts';
import type { Register } from '../models/register.ts';
import { narrate, type Speaker, shrink } from './counterexample.ts';
import { type RegisterOptions, type RegisterRows, registerRows, sentence } from './registers.ts';
import { type Rows, someRows } from './rows.ts';
import { rowsOf, type Violation } from './violation.ts';

/** A model as this file needs it. */
export interface SessionModel {
  readonly name: string;
  violation(rows: Rows): Violation | null;
  /** The anomaly's name, and what a person should read first. */
  describe(violation: Violation, some: Rows, say: Speaker): { readonly name: string; readonly message: string };
}

/** A checker of the model for registers: invalid with one anomaly, or the impossible reads; else valid, or unknown where writers are unclear. */
export function sessionChecker(model: SessionModel, options: RegisterOptions): Checker<Register> {
  return {
    name: model.name,
    check: (history) => judge(model, history as unknown as History, options),
  };
}

function judge(model: SessionModel, history: History, options: RegisterOptions): Verdict {
  const found = registerRows(history, options);
  const [first, ...rest] = found.anomalies;
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  const violation = model.violation(found.rows);
  if (violation) return { type: 'invalid', anomalies: [anomalyOf(model, history.columns, found, violation)] };
  return found.unsure === null ? { type: 'valid' } : { type: 'unknown', reason: found.unsure };
}

function anomalyOf(model: SessionModel, columns: Columns, found: RegisterRows, violation: Violation): Anomaly {
  const kept = shrink(found.rows, rowsOf(violation), (some) => model.violation(some) !== null);
  const some = someRows(found.rows, kept);
  const small = model.violation(some) ?? violation;
  const say: Speaker = (row, as) => sentence(columns, found.operationOf[kept[row]], as);
  const steps = narrate(small.links, say);
  if (small.kind === 'initial') steps.push(`${say(small.reader, 'read')}, as if no write of that key had been there`);
  return {
    ...model.describe(small, some, say),
    steps,
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
