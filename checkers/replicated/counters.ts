/** Replicated counters: what each replica counted is there in the end, once. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { acceptableSums, judgeSum } from '../monitors/final-counter.ts';
import { anomaly, say } from '../monitors/findings.ts';
import { replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { replicaOf, sweep } from './replica-order.ts';

/**
 * A counter that only grows: replicas agree in the end on what was acknowledged and some of what crashed; a read shows at least what its
 * replica had acknowledged or shown before, and at most what had been attempted. O(n log n).
 */
export function gCounter(): Checker<Counter> {
  return replicated({ name: 'g-counter', final: judgeFinal, always: grows });
}

/** A counter of both signs: replicas agree in the end on what was acknowledged and some of what crashed. O(n), and the crashed additions' sums. */
export function pnCounter(): Checker<Counter> {
  return replicated({ name: 'pn-counter', final: judgeFinal });
}

function judgeFinal(columns: Columns, rows: readonly number[], read: number): readonly Anomaly[] {
  const sums = acceptableSums(columns, rows);
  return sums ? judgeSum(columns, sums, read) : [];
}

/** What a read has to show at least: what its replica had acknowledged, lastly by the row `last`, and what the row `read` had shown (-1 for none). */
interface Floor {
  readonly sum: number;
  readonly last: number;
  readonly read: number;
}

function grows(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  let attempted = 0;
  const acknowledged = new Map<number, { readonly sum: number; readonly last: number }>();
  const highest = new Map<number, number>();
  const floors = new Map<number, Floor>();
  const isAdd = (row: number): boolean => columns.fNames[columns.f[row]] === 'add';
  const value = (row: number): number => shown(columns, row) as number;
  const begin = (row: number): void => {
    const replica = replicaOf(columns, row);
    if (isAdd(row)) {
      // What takes away may never have come into effect: it lowers no bound.
      if (columns.type[row] !== FAIL) attempted += Math.max(0, columns.input[row] as number);
    } else
      floors.set(row, { ...(acknowledged.get(replica) ?? { sum: 0, last: -1 }), read: highest.get(replica) ?? -1 });
  };
  const end = (row: number): void => {
    if (columns.type[row] !== OK) return;
    const replica = replicaOf(columns, row);
    if (isAdd(row)) {
      const sum = (acknowledged.get(replica)?.sum ?? 0) + (columns.input[row] as number);
      acknowledged.set(replica, { sum, last: row });
      return;
    }
    const floor = floors.get(row) as Floor;
    const problem = outside(columns, row, value(row), floor, attempted);
    if (problem) anomalies.push(problem);
    const best = highest.get(replica);
    if (best === undefined || value(row) > value(best)) highest.set(replica, row);
  };
  sweep(columns, rows, begin, end);
  return anomalies;
}

function outside(columns: Columns, row: number, value: number, floor: Floor, attempted: number): Anomaly | undefined {
  if (floor.read >= 0 && value < (shown(columns, floor.read) as number)) {
    const steps = [`${say(columns, floor.read)} ended before ${say(columns, row)} began, at the same replica.`];
    return anomaly(columns, 'nonmonotonic-read', 'A replica counted backwards.', [floor.read, row], steps);
  }
  if (value < floor.sum) {
    const message = `A read shows ${value}, and its replica had acknowledged ${floor.sum} before.`;
    const steps = [`${say(columns, floor.last)} ended before ${say(columns, row)} began, at the same replica.`];
    return anomaly(columns, 'lost', message, [floor.last, row], steps);
  }
  if (value <= attempted) return undefined;
  const message = `A read shows ${value}, and no more than ${attempted} had been added by then.`;
  return anomaly(columns, 'unexpected', message, [row], [say(columns, row)]);
}
