/** Messages of logs and elements of queues that went in and are gone. */
import { type Columns, INFO, OK } from '../history.ts';
import type { Queue } from '../models/queue.ts';
import { identity } from '../monitors/identity.ts';
import type { Log } from '../monitors/log/operations.ts';
import { type DurabilityChecker, durability, finalReads, groupBy, type LossReport } from './losses.ts';

/**
 * Whether every acknowledged message of a partitioned log is polled in the end. Final polls go from the beginning
 * to the end: `send(value)` with a key, `poll` returns `[[offset, value], ...]`. O(size of the polls).
 */
export function lostMessages(): DurabilityChecker<Log> {
  return durability('messages', ({ columns }) => {
    const nameOf = (row: number) => columns.fNames[columns.f[row]];
    const isPoll = (row: number) => nameOf(row) === 'poll' && isFromTheBeginning(columns, row);
    const finals = groupBy(
      finalReads(columns, (row) => nameOf(row) === 'send', isPoll),
      (row) => columns.key[row],
    );
    const polled = new Map([...finals].map(([key, reads]) => [key, messagesIn(columns, reads)]));
    const sent = rowsOf(columns).filter((row) => nameOf(row) === 'send' && columns.type[row] === OK);
    const judged = sent.filter((row) => polled.has(columns.key[row]));
    const losses = judged
      .filter((row) => !polled.get(columns.key[row])?.has(identity(columns.input[row])))
      .map((row) => ({ row, reads: finals.get(columns.key[row]) ?? [] }));
    return { acknowledged: sent.length, judged: judged.length, losses };
  });
}

/** A poll that continues from its client's position says nothing of what came before. */
function isFromTheBeginning(columns: Columns, row: number): boolean {
  const input = columns.input[row] as { readonly after?: unknown } | null;
  return Array.isArray(columns.output[row]) && (input === null || (input?.after ?? null) === null);
}

function messagesIn(columns: Columns, polls: readonly number[]): ReadonlySet<unknown> {
  return new Set(
    polls.flatMap((row) =>
      (columns.output[row] as readonly (readonly [number, unknown])[]).map(([, value]) => identity(value)),
    ),
  );
}

/**
 * Whether every acknowledged element of a queue came out. One that did not is lost where a removal
 * that found nothing began after the element was in; as many lost elements as there are removals
 * that never returned are uncertain. What may still be inside is not judged. Elements are unique. O(n).
 */
export function lostFromQueue(): DurabilityChecker<Queue> {
  return durability(
    'elements',
    ({ columns }) => {
      const queues = groupBy(rowsOf(columns), (row) => columns.key[row]);
      const reports = [...queues.values()].map((rows) => queueReport(columns, rows));
      return {
        acknowledged: reports.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
        judged: reports.reduce((sum, { judged }) => sum + judged, 0),
        losses: reports.flatMap(({ losses }) => losses),
      };
    },
    () => 'never came out of the queue, which was found empty later',
  );
}

function queueReport(columns: Columns, rows: readonly number[]): LossReport {
  const nameOf = (row: number) => columns.fNames[columns.f[row]];
  const removals = rows.filter((row) => nameOf(row) === 'dequeue');
  const out = new Set(removals.filter((row) => columns.type[row] === OK).map((row) => identity(columns.output[row])));
  const emptied = removals.findLast((row) => foundNothing(columns, row)) ?? -1;
  const acked = rows.filter((row) => nameOf(row) === 'enqueue' && columns.type[row] === OK);
  const missing = acked.filter((row) => !out.has(identity(columns.input[row])));
  const gone = missing.filter((row) => emptied >= 0 && columns.end[row] < columns.start[emptied]);
  const open = removals.filter((row) => columns.type[row] === INFO && columns.start[row] < columns.end[emptied]);
  const judged = acked.length - missing.length + gone.length;
  const losses = gone.length > open.length ? gone.map((row) => ({ row, reads: [emptied] })) : [];
  return { acknowledged: acked.length, judged, losses: losses.slice(0, gone.length - open.length) };
}

function foundNothing(columns: Columns, row: number): boolean {
  if (columns.type[row] === OK) return columns.output[row] === null;
  return /\bempty\b/i.test(columns.error.get(row) ?? '');
}

function rowsOf(columns: Columns): readonly number[] {
  return Array.from({ length: columns.length }, (_, row) => row);
}
