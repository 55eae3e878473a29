/**
 * What one operation certainly knew of another: whatever had ended at a replica before something
 * else began there. Where operations name no replica, a process stands for its replica, since
 * clients stay with theirs. Without real time it is what the same process did there before.
 */
import { type Columns, NEVER_COLUMN, OK } from '../history.ts';
import { endedBefore } from '../monitors/real-time.ts';

/** Whether the operations ran at the same replica, or in the same process where none is named. */
function sameReplica({ node, process }: Columns, a: number, b: number): boolean {
  return node[a] >= 0 && node[b] >= 0 ? node[a] === node[b] : process[a] === process[b];
}

/** Whether `a` succeeded at a replica before `b` began there. */
export function knownTo(columns: Columns, a: number, b: number): boolean {
  return columns.type[a] === OK && endedBefore(columns, a, b) && sameReplica(columns, a, b);
}

/**
 * The rows in the order of their events: `begin` and `end` are called for each, `end` only where
 * it came. Without real time each ends before the next begins, reads of the last round after all
 * others: which is right for callers that keep the replicas of `replicaOf` apart. O(n log n).
 */
export function sweep(
  { start, end, realTime, final }: Columns,
  rows: readonly number[],
  begin: (row: number) => void,
  finish: (row: number) => void,
): void {
  if (!realTime) {
    for (const row of [...rows.filter((one) => !final.has(one)), ...rows.filter((one) => final.has(one))]) {
      begin(row);
      if (end[row] !== NEVER_COLUMN) finish(row);
    }
    return;
  }
  const ending = rows.filter((row) => end[row] !== NEVER_COLUMN).sort((a, b) => end[a] - end[b]);
  let next = 0;
  for (const row of rows) {
    for (; next < ending.length && end[ending[next]] < start[row]; next++) finish(ending[next]);
    begin(row);
  }
  for (; next < ending.length; next++) finish(ending[next]);
}

/** How many processes a number may tell apart at a node. */
const PROCESSES = 2 ** 32;

/** A replica's place in maps: the node, or the process below all nodes; without real time the process at its node. */
export function replicaOf({ node, process, realTime }: Columns, row: number): number {
  if (!realTime) return (node[row] + 1) * PROCESSES + process[row];
  return node[row] >= 0 ? node[row] : -1 - process[row];
}

/**
 * The operations that certainly came after `origin` in the order that replicas know, each
 * with the read by which its replica knew (or `origin` itself): begun at a replica that had
 * by then completed it, or shown it, or shown something that came after it. `shows` says
 * which writes a read saw. O(n log n); without real time that for each hop from one process to the next.
 */
export function certainlyAfter(
  columns: Columns,
  rows: readonly number[],
  origin: number,
  shows: (row: number) => readonly number[],
): ReadonlyMap<number, number> {
  const after = new Map<number, number>();
  for (let known = -1; known < after.size; ) {
    known = after.size;
    const aware = new Map<number, number>();
    sweep(
      columns,
      rows,
      (row) => {
        const by = row === origin ? undefined : aware.get(replicaOf(columns, row));
        if (by !== undefined && !after.has(row)) after.set(row, by);
      },
      (row) => {
        if (columns.type[row] !== OK || aware.has(replicaOf(columns, row))) return;
        if (row === origin || shows(row).some((write) => write === origin || after.has(write)))
          aware.set(replicaOf(columns, row), row);
      },
    );
    if (columns.realTime) break;
  }
  return after;
}

/** The reads by which `row` came to know of `origin`, the last one first, with the writes that they show in between. */
export function wayOfNews(
  after: ReadonlyMap<number, number>,
  origin: number,
  row: number,
  shows: (row: number) => readonly number[],
): readonly number[] {
  const way: number[] = [];
  for (let at: number | undefined = row; at !== undefined && at !== origin; ) {
    const by: number | undefined = after.get(at);
    if (by === undefined || by === origin) break;
    way.push(by);
    at = shows(by).find((write) => write === origin || (after.has(write) && !way.includes(write)));
    if (at !== undefined && at !== origin) way.push(at);
  }
  return way;
}
