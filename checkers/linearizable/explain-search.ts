/** Turns the end of a failed search into an anomaly. */
import type { Anomaly } from '../checker.ts';
import type { Columns } from '../history.ts';
import type { Problem } from './schedule.ts';
import { ofKey, phrase, placed, show } from './words.ts';

/** The anomaly of a search that found no order for the operations up to the return of one of them. */
export function explainSearch(
  columns: Columns,
  problem: Problem,
  finding: { readonly operation: number; readonly states: readonly number[] },
): Anomaly {
  const row = problem.row[finding.operation];
  const states = finding.states.map((state) => show(problem.spec.state(state)));
  return {
    name: 'non-linearizable',
    message: `${phrase(columns, row)}${ofKey(columns, columns.key[row])}, which no order of the operations up to then explains`,
    steps: [`the state could be ${states.slice(0, 8).join(' or ')} by then`, placed(columns, row)],
    operations: [columns.start[row]],
  };
}
