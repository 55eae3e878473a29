/** A counterexample of a chapter as the playground runs it: its scenario, whether it broke as told, and the moment. */
import type { Told as Anomaly } from '../../report/page/data.ts';
import type { Run } from '../../report/page/run.ts';
import type { Made } from '../engine/messages.ts';
import type { Example } from './chapter.ts';

/** The anomaly of this name in a run, as a report tells it. */
export function anomalyOf({ page }: Made, name: string): Anomaly | undefined {
  return page.anomalies.find((one) => one.name === name);
}

/** What came of it: the same run to the last message, the anomaly in another run, or no such anomaly. */
export type Told = 'same' | 'occurred' | 'missing';

export function toldBy({ anomaly, trace }: Example, made: Made): Told {
  if (!anomalyOf(made, anomaly.name)) return 'missing';
  return made.trace === trace ? 'same' : 'occurred';
}

/**
 * The moment at which it shows, in ms: where the anomaly is a moment that, otherwise when the last of the operations
 * that prove it was answered; of one that no operation proves, when the last fault ended.
 */
export function momentOf({ page, ops }: Run): number {
  const [told] = page.anomalies;
  if (told?.at) return told.at.ms;
  const rows = (told?.operations ?? []).map((start) => ops.row(start)).filter((row) => row >= 0);
  if (rows.length > 0) return Math.max(...rows.map((row) => ops.endNs(row))) / 1e6;
  return Math.max(0, ...page.faults.map(({ toMs }) => toMs).filter(Number.isFinite));
}
