/** Draws an anomaly as text, for terminals, reports and stories. */
import type { Anomaly } from '../checker.ts';
import type { History } from '../history.ts';
import { drawCycle } from './cycle.ts';
import { drawIntervals } from './intervals.ts';

/**
 * The anomaly's sentence, and under it a drawing: its cycle where it carries one, an edge a step,
 * and otherwise intervals by process. Several lines, without colour and without a last newline.
 */
export function explain(history: History, anomaly: Anomaly): string {
  const title = `${anomaly.name}: ${anomaly.message}`;
  if (anomaly.operations.length === 0) return [title, ...anomaly.steps].join('\n');
  if (anomaly.cycle) return `${title}\n\n${drawCycle(history, anomaly, anomaly.cycle)}`;
  return [title, '', drawIntervals(history, anomaly), '', ...anomaly.steps].join('\n').trimEnd();
}
