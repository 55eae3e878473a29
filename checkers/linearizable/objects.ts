/** Judges the objects of a history one by one, by searching for an order of each. */
import type { Anomaly, Verdict } from '../checker.ts';
import type { Columns } from '../history.ts';
import { Budget } from './budget.ts';
import { type Linearization, wholeOrder } from './certificate.ts';
import { explainSearch } from './explain-search.ts';
import type { LinearizableOptions } from './options.ts';
import { quickSearch, search } from './search.ts';
import type { SearchOutcome } from './search-outcome.ts';
import { searchPlan } from './search-plan.ts';
import type { Problem } from './search-problem.ts';
import { ofKey } from './words.ts';

/**
 * What is known of some objects: what is wrong with them or unknown
 * of them, or orders of all of them where these were asked for.
 */
export interface Findings {
  readonly verdicts: readonly Verdict[];
  readonly orders: Linearization['objects'];
}

/** The rows of each object: of each key, and of operations without one. */
export function objectsOf(columns: Columns): readonly (readonly number[])[] {
  const byKey: number[][] = [];
  for (let row = 0; row < columns.length; row++) {
    const key = columns.key[row] + 1;
    byKey[key] ??= [];
    byKey[key].push(row);
  }
  return byKey.filter((rows) => rows !== undefined);
}

/** One object's part of a certificate. */
export function orderOf(columns: Columns, rows: readonly number[]): Linearization['objects'][number] {
  const key = rows.length === 0 ? -1 : columns.key[rows[0]];
  return { ...(key < 0 ? {} : { key: columns.keyNames[key] }), order: rows.map((row) => columns.start[row]) };
}

/**
 * Judges objects, short ones first: each with a small share of the budget, and only if
 * that finds nothing wrong those that are left with all of it. One that is wrong is enough.
 */
export function judgeObjects(columns: Columns, problems: readonly Problem[], options: LinearizableOptions): Findings {
  const fresh = (): Budget => new Budget(options.maxSteps ?? 200_000_000, options.maxBytes ?? 1_500_000_000);
  const witness = options.certificate === true;
  const bad: Verdict[] = [];
  const open: Problem[] = [];
  const orders: Linearization['objects'][number][] = [];
  for (const problem of [...problems].sort((a, b) => a.length - b.length)) {
    const plan = searchPlan(problem);
    const outcome = quickSearch(plan, fresh(), witness, options.early);
    if (outcome.type === 'invalid') bad.push(wrong(explainSearch(columns, problem, outcome)));
    else if (outcome.type === 'unknown') open.push(problem);
    else if (outcome.order) orders.push(orderOf(columns, wholeOrder(plan, outcome.order)));
  }
  if (bad.length > 0) return { verdicts: bad, orders: [] };
  const unknown: Verdict[] = [];
  for (const problem of open) {
    const budget = fresh();
    const outcome = search(problem, budget, witness);
    if (outcome.type === 'invalid') return { verdicts: [wrong(explainSearch(columns, problem, outcome))], orders: [] };
    if (outcome.type === 'unknown') unknown.push(gaveUp(columns, problem, budget, outcome));
    else if (outcome.order) orders.push(orderOf(columns, wholeOrder(searchPlan(problem), outcome.order)));
  }
  return { verdicts: unknown, orders };
}

/** The verdict that shows one anomaly. */
export function wrong(anomaly: Anomaly): Verdict {
  return { type: 'invalid', anomalies: [anomaly] };
}

function gaveUp(
  columns: Columns,
  problem: Problem,
  budget: Budget,
  outcome: SearchOutcome & { type: 'unknown' },
): Verdict {
  const where = ofKey(columns, columns.key[problem.row[0]]);
  const spent =
    outcome.lacking === 'steps' ? `${budget.maxSteps} steps` : `${Math.round(budget.maxBytes / 1e5) / 10} MB`;
  return {
    type: 'unknown',
    reason:
      `the search for an order${where} has used its ${spent} at return ${outcome.at} of ${outcome.returns}, where ${outcome.open} operations were open; ` +
      'unique written values, fewer clients on one key, or a larger budget would help',
  };
}
