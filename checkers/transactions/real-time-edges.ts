/**
 * The orders that do not come from data: of the transactions of one process, and of those that followed one another in
 * real time.
 *
 * Real time is a chain of barriers, one for each run of completions with no invocation between: a transaction reaches
 * the barrier after its end, each barrier the next, and the last barrier before an invocation its transaction.
 * That is exactly "ended before it began", with at most three edges a transaction instead of their square.
 */
import { NEVER_COLUMN } from '../history.ts';
import { type EdgeList, RT, SO, VIA_RT } from './edges.ts';
import { COMMITTED, type Transactions } from './transactions-of.ts';

/** Transactions with their times; `happened` says which of them count, null that all do. */
export interface Timed {
  readonly rows: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly session: Int32Array;
  readonly happened: ((row: number) => boolean) | null;
}

/** The times of a history's transactions, of which those count that committed. */
export function timedOf({ rows, history, session, status }: Transactions): Timed {
  const { start, end } = history.columns;
  return { rows, start, end, session, happened: (row) => status[row] === COMMITTED };
}

/**
 * Adds an edge from each committed transaction to the next of its session, where the one ended before the other began.
 */
export function addSessions(edges: EdgeList, { rows, start, end, session, happened }: Timed): void {
  const last = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    if ((happened && !happened(row)) || session[row] < 0) continue;
    const before = last.get(session[row]);
    if (before !== undefined && end[before] < start[row]) edges.add(before, row, SO);
    last.set(session[row], row);
  }
}

/** Adds the barrier chain of real time. */
export function addRealTime(edges: EdgeList, txns: Timed): void {
  const { rows, start, end, happened } = txns;
  const completions = rowsByEnd(txns);
  let barrier = -1;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (happened && !happened(row)) continue;
    if (at < completions.length && end[completions[at]] < start[row]) {
      const next = edges.virtual();
      if (barrier >= 0) edges.add(barrier, next, VIA_RT);
      barrier = next;
      for (; at < completions.length && end[completions[at]] < start[row]; at++)
        edges.add(completions[at], barrier, RT);
    }
    if (barrier >= 0) edges.add(barrier, row, VIA_RT);
  }
}

/** The committed transactions that ended, in the order of their ends. */
function rowsByEnd(txns: Timed): Int32Array {
  const { end, happened } = txns;
  const ended: number[] = [];
  let last = 0;
  for (let row = 0; row < txns.rows; row++) {
    if ((happened && !happened(row)) || end[row] === NEVER_COLUMN) continue;
    ended.push(row);
    if (end[row] > last) last = end[row];
  }
  // Indices of events are unique and, in our own histories, dense: then they are places, and no sorting is needed.
  if (last > txns.rows * 8 + 1024) return sorted(ended, end);
  const at = new Int32Array(last + 1).fill(-1);
  for (const row of ended) at[end[row]] = row;
  const rows = at.filter((row) => row >= 0);
  return rows.length === ended.length ? rows : sorted(ended, end);
}

function sorted(rows: number[], end: Int32Array): Int32Array {
  return Int32Array.from(rows.sort((a, b) => end[a] - end[b]));
}
