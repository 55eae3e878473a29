/**
 * What a history says about the order of two operations of different processes: by the places of their events,
 * where it knows real time. Where it does not, an operation is known to have ended before another began only in the
 * same process, and before a read of the last round; and what was there at first (starts below zero) before all.
 */
import { type Columns, INFO } from '../history.ts';

/** Why something is unknown of such a history. */
export const NO_REAL_TIME = 'the history knows the order within each process and no real time';

/** What to do about reads of which nobody knows whether they were the last. */
export const MARK_FINAL = 'mark the reads of the last round with "final?": true';

/** Whether `a` is known to have ended before `b` began. O(1). */
export function endedBefore(columns: Columns, a: number, b: number): boolean {
  const { realTime, start, end, type, process, final } = columns;
  if (realTime) return end[a] < start[b];
  if (type[a] === INFO || a === b) return false;
  return (process[a] === process[b] && a < b) || (final.has(b) && !final.has(a)) || (start[a] < 0 && start[b] >= 0);
}

/**
 * Whether an update had begun by the time an observation ended, for all that is known: true where there is no
 * real time. An update that crashed counts from its invocation; one that failed is none, so nobody asks. O(1).
 */
export function hadBegunBy({ realTime, start, end }: Columns, update: number, observation: number): boolean {
  return !realTime || start[update] <= end[observation];
}

/** Whether that is certain: what no real time tells, the process's order or the last round does. O(1). */
export function certainlyBegunBy(columns: Columns, update: number, observation: number): boolean {
  const { realTime, start, process, final } = columns;
  if (realTime) return hadBegunBy(columns, update, observation);
  const before = process[update] === process[observation] && update < observation;
  return before || final.has(observation) || start[update] < 0;
}
