/**
 * Sequential consistency of any objects: is there one order of all operations, on all objects together,
 * that keeps the order of each process and in which the model gives every output that was observed? Lamport,
 * "How to make a multiprocessor computer that correctly executes multiprocess programs", IEEE Transactions on
 * Computers C-28(9), 1979. It is not local: each object alone may be right and all together wrong.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Api, type Columns, FAIL, type History } from '../history.ts';
import { Budget } from '../linearizable/budget.ts';
import { linearizable } from '../linearizable/linearizable.ts';
import { unsupportedOperations } from '../linearizable/unsupported-operations.ts';
import { placed, placedWithKey } from '../linearizable/words.ts';
import type { Model } from '../model.ts';
import { overlapOf, withSeparators } from '../session-numbers.ts';
import { unlessWrongHint } from '../wrong-hint.ts';
import { type Interleaving, interleave } from './search.ts';
import { type Sessions, sessionsOf } from './sessions.ts';

/** How to judge. */
export interface SequentialObjectsOptions {
  /** What each object holds at first, instead of the model's `init`. */
  readonly initial?: unknown;
  /** The most steps of the model that the search may take; default 20 million. */
  readonly maxSteps?: number;
  /** The most memory that the search may use, in bytes; default 1 GB. */
  readonly maxBytes?: number;
  /** Whether a valid verdict carries the order, by `start`. */
  readonly certificate?: boolean;
}

/**
 * Steps of the quick look for a linearization, which nearly always
 * suffices: a linearizable history is sequentially consistent.
 */
const MOMENT = 100_000;
/** Steps that leaving out reads may take. */
const SHRINKING = 50_000;

/**
 * Judges sequential consistency of histories of any model. First whether the history is linearizable, which is quick
 * and implies it; then a search over how far each process has got. Exact, or `unknown` where the budget runs out.
 * Time grows with the product of the processes' lengths in the worst case. An operation that never returned
 * ends its session; it may have taken effect at any later time, or not. Real time does not count: an output may
 * depend on an operation that began only later. Of a process that overlaps itself only linearizability is asked.
 */
export function sequentialObjects<A extends Api, S>(
  model: Model<A, S>,
  options: SequentialObjectsOptions = {},
): Checker<A> {
  const initial = 'initial' in options ? options.initial : model.init;
  return {
    name: 'sequential',
    check: (history: History<A>): Verdict => unlessWrongHint(() => judged(history, model, initial, options)),
  };
}

function judged<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  initial: unknown,
  options: SequentialObjectsOptions,
): Verdict {
  const { columns } = history;
  const reason = unsupportedOperations(columns, model);
  if (reason !== undefined) return { type: 'unknown', reason };
  const overlap = overlapOf(history);
  // Where times say nothing, an order in time proves nothing;
  // where a process is in no order, only one in time can be right.
  if (overlap || (history.realTime && !options.certificate)) {
    const stronger = linearizable(model, { initial, maxSteps: MOMENT }).check(history);
    if (stronger.type === 'valid') return { type: 'valid' };
  }
  if (overlap) return { type: 'unknown', reason: inNoOrder(columns, overlap) };
  const rows = Array.from({ length: history.length }, (_, row) => row);
  const sessions = sessionsOf(columns, rows, model, initial);
  const budget = new Budget(options.maxSteps ?? 20_000_000, options.maxBytes ?? 1_000_000_000);
  const found = interleave(sessions, budget);
  if (found.type === 'found') return valid(columns, sessions, found.order, options.certificate === true);
  if (found.type === 'unknown') return { type: 'unknown', reason: gaveUp(budget, sessions, found) };
  const few = withoutReads(rows, (kept) => sessionsOf(columns, kept, model, initial), columns, model);
  return { type: 'invalid', anomalies: [inWords(columns, few)] };
}

function valid(columns: Columns, { problem }: Sessions, order: readonly number[], shown: boolean): Verdict {
  return shown ? { type: 'valid', certificate: order.map((i) => columns.start[problem.row[i]]) } : { type: 'valid' };
}

function inNoOrder({ process, start }: Columns, { before, row }: { before: number; row: number }): string {
  return `process ${process[row]} began operation ${start[row]} while its operation ${start[before]} was open, so its operations are in no order`;
}

function gaveUp(budget: Budget, { problem, operations }: Sessions, found: Interleaving & { type: 'unknown' }): string {
  const spent =
    budget.lacking === 'steps' ? `${budget.maxSteps} steps` : `${Math.round(budget.maxBytes / 1e5) / 10} MB`;
  return (
    `the search for one order has used its ${spent}; the best order explained ${found.furthest} of ${problem.length} operations of ${operations.length} processes; ` +
    'fewer processes, a shorter history or a larger budget would help'
  );
}

/**
 * Leaves out reads, many at once and at last one by one, as long as no order
 * remains: a right order without them would be right with them left out.
 */
function withoutReads<A extends Api, S>(
  rows: readonly number[],
  sessionsFor: (rows: readonly number[]) => Sessions,
  columns: Columns,
  model: Model<A, S>,
): Sessions {
  const budget = new Budget(SHRINKING, 200_000_000);
  let kept = rows;
  const reads = rows.filter(
    (row) => columns.type[row] === FAIL || model.readOnly?.(columns.fNames[columns.f[row]], columns.input[row]),
  );
  for (let size = reads.length; size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let at = 0; at < reads.length && budget.left(0); at += size) {
      const chosen = new Set(reads.slice(at, at + size));
      const fewer = kept.filter((row) => !chosen.has(row));
      if (fewer.length < kept.length && interleave(sessionsFor(fewer), budget).type === 'none') kept = fewer;
    }
  }
  return sessionsFor(kept);
}

function inWords(columns: Columns, { problem }: Sessions): Anomaly {
  const rows = [...problem.row];
  const said = new Set(rows.map((row) => columns.key[row])).size > 1 ? placedWithKey : placed;
  return {
    name: 'not-sequential',
    message: 'no single order of these operations keeps the order of each process and explains every output',
    steps: [
      ...rows.slice(0, 12).map((row) => said(columns, row)),
      ...(rows.length > 12 ? [`and ${rows.length - 12} more operations`] : []),
      'every order of them was tried, and in each some output is wrong',
    ],
    operations: withSeparators(columns, rows).map((row) => columns.start[row]),
  };
}
