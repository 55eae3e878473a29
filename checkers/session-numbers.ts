import { type Columns, type History, INFO } from './history.ts';

/**
 * The session of each row, or -1 for operations of no process. A session is a process that
 * does one thing after another; one that continues after an operation that never returned
 * is a new session, since that operation may take effect after those that follow it. O(n).
 */
export function sessionNumbers(columns: Columns): Int32Array {
  const { length, type } = columns;
  const { process, count } = placesOf(columns);
  const session = new Int32Array(length);
  const current = new Int32Array(count).fill(-1);
  let sessions = 0;
  for (let row = 0; row < length; row++) {
    const own = process[row];
    if (own < 0) {
      session[row] = -1;
      continue;
    }
    if (current[own] < 0) current[own] = sessions++;
    session[row] = current[own];
    if (type[row] === INFO) current[own] = -1;
  }
  return session;
}

/** The processes as numbers below `count`: as they are, where that takes no more memory than a few columns. */
function placesOf({ process, length }: Columns): { readonly process: Int32Array; readonly count: number } {
  let most = -1;
  for (let row = 0; row < length; row++) if (process[row] > most) most = process[row];
  if (most < 4 * length + 1024) return { process, count: most + 1 };
  const places = new Map<number, number>();
  const place = Int32Array.from({ length }, (_, row) => {
    const own = process[row];
    if (own < 0) return -1;
    const known = places.get(own) ?? places.size;
    places.set(own, known);
    return known;
  });
  return { process: place, count: places.size };
}

/**
 * The first row that began before the row before it in its session had ended, with that row: then the session is in no
 * order. Where the history knows no real time the order of the rows is that of the session, and there is none. O(n).
 */
export function overlapOf({ columns, realTime }: Pick<History, 'columns' | 'realTime'>) {
  return realTime ? overlapIn(columns, sessionNumbers(columns)) : undefined;
}

/** The same by the times of rows alone, whose sessions are known. O(n). */
export function overlapIn({ start, end }: Columns, session: Int32Array) {
  // There are at most as many sessions as rows.
  const latest = new Int32Array(session.length).fill(-1);
  for (let row = 0; row < session.length; row++) {
    const own = session[row];
    if (own < 0) continue;
    const before = latest[own];
    if (before >= 0 && end[before] > start[row]) return { before, row };
    latest[own] = row;
  }
  return undefined;
}

/**
 * These rows of a history, and those that end sessions between them: where a process continued after an operation
 * that never returned, that operation shows that what came before it and after it is unordered. Ascending. O(n).
 */
export function withSeparators(columns: Columns, rows: readonly number[]): number[] {
  const session = sessionNumbers(columns);
  const later = new Set<number>();
  const seen = new Map<number, number>();
  const kept = new Set(rows);
  for (const row of [...rows].sort((a, b) => b - a)) {
    const next = seen.get(columns.process[row]);
    if (next !== undefined && next !== session[row]) later.add(session[row]);
    seen.set(columns.process[row], session[row]);
  }
  if (later.size === 0) return [...kept].sort((a, b) => a - b);
  for (let row = 0; row < columns.length; row++)
    if (columns.type[row] === INFO && later.has(session[row])) kept.add(row);
  return [...kept].sort((a, b) => a - b);
}
