/** Draws an anomaly as text, for terminals, reports and stories. */
import type { Anomaly } from '../checker.ts';
import type { History } from '../history.ts';
import { drawCycle } from './cycle.ts';
import { drawIntervals } from './intervals.ts';

/**
 * The anomaly's sentence, and under it a drawing: a cycle where transactions prove it, an edge a step, and otherwise intervals by
 * process. Several lines, without colour and without a last newline.
 */
export function explain(history: History, anomaly: Anomaly): string {
  const title = `${anomaly.name}: ${anomaly.message}`;
  if (anomaly.operations.length === 0) return [title, ...anomaly.steps].join('\n');
  if (isCycle(history, anomaly)) return `${title}\n\n${drawCycle(history, anomaly)}`;
  return [title, '', drawIntervals(history, anomaly), '', ...anomaly.steps].join('\n').trimEnd();
}

function isCycle(history: History, { operations, steps }: Anomaly): boolean {
  if (operations.length < 2 || steps.length !== operations.length) return false;
  const { columns } = history;
  const wanted = new Set(operations);
  for (let row = 0; row < history.length; row++)
    if (wanted.has(columns.start[row] as number) && columns.fNames[columns.f[row] as number] !== 'txn') return false;
  return true;
}
