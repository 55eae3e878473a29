/** Acknowledged writes that vanished, for the datatypes that can tell. */
import { type History, lostWriteCount, setFullReports, totalQueueReport } from 'elle-ts';

export interface Losses {
  /** Writes, additions and insertions that were acknowledged. */
  readonly acknowledged: number;
  /** Those of them of which it is certain that nobody saw them any more. */
  readonly lost: number;
}

/**
 * Counts what was lost; nothing for datatypes whose writes may be
 * overwritten or removed without a trace. Linear but for sorting.
 */
export function losses(history: History): Losses | undefined {
  const functions = new Set(history.columns.fNames);
  const only = (...names: readonly string[]) => [...functions].every((f) => names.includes(f));
  if (functions.has('write') && only('read', 'write', 'cas')) return lostWriteCount(history);
  if (functions.has('add') && functions.has('read') && only('add', 'read')) return lostElements(history);
  if (functions.has('enqueue') && only('enqueue', 'dequeue', 'drain')) return lostFromQueue(history);
  return undefined;
}

/** Of sets that only grow. Counters have the same functions, and answer no lists. */
function lostElements(history: History): Losses | undefined {
  const { columns } = history;
  const isSet = columns.output.some((output) => Array.isArray(output));
  if (!isSet) return undefined;
  const stories = setFullReports(history as never).flatMap((report) => report.stories);
  return {
    acknowledged: stories.filter(({ outcome, known }) => known !== undefined || outcome !== 'never-read').length,
    lost: stories.filter(({ outcome }) => outcome === 'lost').length,
  };
}

/** Only a queue that was emptied at the end can be said to have lost something. */
function lostFromQueue(history: History): Losses | undefined {
  if (!history.columns.fNames.includes('drain')) return undefined;
  const { acknowledged, missing } = totalQueueReport(history as never);
  return { acknowledged, lost: missing.length };
}
