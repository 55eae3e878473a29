/**
 * What one operation certainly knew of another: whatever had ended at a replica before something else began there. Where operations name
 * no replica, a process takes its place: clients stay with their replica.
 */
import { type Columns, NEVER_COLUMN, OK } from '../history.ts';

/** Whether the operations ran at the same replica, or in the same process where none is named. */
function sameReplica({ node, process }: Columns, a: number, b: number): boolean {
  return node[a] >= 0 && node[b] >= 0 ? node[a] === node[b] : process[a] === process[b];
}

/** Whether `a` succeeded at a replica before `b` began there. */
export function knownTo(columns: Columns, a: number, b: number): boolean {
  return columns.type[a] === OK && columns.end[a] < columns.start[b] && sameReplica(columns, a, b);
}

/** The rows in the order of their events: `begin` and `end` are called for each, `end` only where it came. O(n log n). */
export function sweep(
  { start, end }: Columns,
  rows: readonly number[],
  begin: (row: number) => void,
  finish: (row: number) => void,
): void {
  const ending = rows.filter((row) => end[row] !== NEVER_COLUMN).sort((a, b) => end[a] - end[b]);
  let next = 0;
  for (const row of rows) {
    for (; next < ending.length && end[ending[next]] < start[row]; next++) finish(ending[next]);
    begin(row);
  }
  for (; next < ending.length; next++) finish(ending[next]);
}

/** A replica's place in maps: the node, or the process below all nodes. */
export function replicaOf({ node, process }: Columns, row: number): number {
  return node[row] >= 0 ? node[row] : -1 - process[row];
}

/**
 * The operations that certainly came after `origin` in the order that replicas know: begun at a replica that had by then completed it, or
 * shown it, or shown something that came after it. `shows` answers which write a read saw. O(n log n).
 */
export function certainlyAfter(
  columns: Columns,
  rows: readonly number[],
  origin: number,
  shows: (row: number) => readonly number[],
): ReadonlySet<number> {
  const aware = new Set<number>();
  const after = new Set<number>();
  sweep(
    columns,
    rows,
    (row) => {
      if (row !== origin && aware.has(replicaOf(columns, row))) after.add(row);
    },
    (row) => {
      if (columns.type[row] !== OK) return;
      if (row === origin || shows(row).some((write) => write === origin || after.has(write)))
        aware.add(replicaOf(columns, row));
    },
  );
  return after;
}
