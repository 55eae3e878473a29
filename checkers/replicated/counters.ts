/** Replicated counters: what each replica counted is there in the end, once. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { acceptableSums, addTo, judgeSum, nodeOf, SUMS, sumText } from '../monitors/final-counter.ts';
import { anomaly, say } from '../monitors/findings.ts';
import { NO_REAL_TIME } from '../monitors/real-time.ts';
import { type Judged, replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { replicaOf, sweep } from './replica-order.ts';

/**
 * A counter that only grows: replicas agree in the end on what was acknowledged and some of what crashed; a read
 * shows at least what its replica had acknowledged or shown before, and at most what had been attempted. O(n log n).
 */
export function gCounter(): Checker<Counter> {
  return replicated({
    name: 'g-counter',
    ...sameCounters,
    judge: (columns, rows, final) => {
      const { anomalies, unsure } = beyondBounds(columns, rows, []);
      const sums = judgeFinal(columns, rows, final.slice(-1));
      return { ...sums, always: [...grows(columns, rows), ...anomalies], unsure: sums.unsure ?? unsure };
    },
  });
}

/**
 * A counter of both signs: replicas agree in the end on what was acknowledged and some of what crashed, and no read
 * shows more, or less, than the additions that had begun by then can make. O(n log n), and the crashed additions' sums.
 */
export function pnCounter(): Checker<Counter> {
  return upAndDown(false);
}

/**
 * The same of every final read, whether or not every replica was read in the end. Unknown
 * where something was added and nothing finally read, and where more than a million sums are possible.
 */
export function finalCounter(): Checker<Counter> {
  return { ...upAndDown(true), name: 'pn-counter' };
}

function upAndDown(partial: boolean): Checker<Counter> {
  return replicated({
    name: 'pn-counter',
    ...sameCounters,
    partial,
    judge: (columns, rows, reads) => {
      const final = partial ? reads : reads.slice(-1);
      const { anomalies, unsure } = beyondBounds(columns, rows, final);
      const sums = judgeFinal(columns, rows, final);
      return { ...sums, always: anomalies, unsure: sums.unsure ?? unsure };
    },
  });
}

/** What makes two values of a replicated counter the same: any part of what crashed may have come between two reads. */
export const sameCounters = {
  certain: (columns: Columns, rows: readonly number[]) => {
    const sums = acceptableSums(columns, rows);
    return (read: number): unknown => {
      const value = shown(columns, read);
      if (!sums) return undefined;
      return sums.has(value as number) ? 'what some of them make' : value;
    };
  },
} as const;

function judgeFinal(columns: Columns, rows: readonly number[], final: readonly number[]): Judged {
  if (final.length === 0) return {};
  const sums = acceptableSums(columns, rows);
  if (!sums) return { unsure: `the additions that crashed make more than ${SUMS} different sums` };
  return { final: final.flatMap((row) => judgeSum(columns, sums, row)) };
}

/**
 * Reads that show more, or less, than all additions of one sign that had
 * begun when they ended; those of `exactly` are judged elsewhere.
 */
function beyondBounds(
  columns: Columns,
  rows: readonly number[],
  exactly: readonly number[],
): { anomalies: readonly Anomaly[]; unsure?: string | undefined } {
  const { realTime, type, input, process, fNames, f, final } = columns;
  const elsewhere = new Set(exactly);
  const isAdd = (row: number): boolean => fNames[f[row]] === 'add';
  const anomalies: Anomaly[] = [];
  let unsure: string | undefined;
  const [up, down] = [new Map<number, number>(), new Map<number, number>()];
  const [upAt, downAt] = [new Map<string, number>(), new Map<string, number>()];
  const all = -1;
  const raise = (who: number, row: number): void => {
    const delta = input[row] as number;
    const sums = delta > 0 ? up : down;
    sums.set(who, (sums.get(who) ?? 0) + delta);
    if (who === all) addTo(delta > 0 ? upAt : downAt, nodeOf(columns, row), delta);
  };
  // Without real time all additions may have begun before any read, and those of its own process certainly had.
  if (!realTime) for (const row of rows) if (isAdd(row) && type[row] !== FAIL) raise(all, row);
  const begin = (row: number): void => {
    if (isAdd(row) && type[row] !== FAIL) raise(realTime ? all : process[row], row);
  };
  const end = (row: number): void => {
    if (isAdd(row) || type[row] !== OK || elsewhere.has(row)) return;
    const value = shown(columns, row) as number;
    const [most, least] = [up.get(all) ?? 0, down.get(all) ?? 0];
    const own = value <= (up.get(process[row]) ?? 0) && value >= (down.get(process[row]) ?? 0);
    if (value > most) {
      const message = `A read shows ${value}, and no more than ${most} had been added by then.`;
      const sum = `added by then: ${sumText(upAt)}; the read shows ${value - most} more`;
      anomalies.push(anomaly(columns, 'unexpected', message, [row], [say(columns, row), sum]));
    } else if (value < least) {
      const message = `A read shows ${value}, and no more than ${-least} had been taken away by then.`;
      const sum = `taken away by then: ${sumText(downAt)}; the read shows ${least - value} less`;
      anomalies.push(anomaly(columns, 'unexpected', message, [row], [say(columns, row), sum]));
    } else if (!realTime && !own && !final.has(row))
      unsure ??= `${NO_REAL_TIME}, so it is unknown what had been added by the end of ${say(columns, row)}`;
  };
  sweep(columns, rows, begin, end);
  return { anomalies, unsure };
}

/**
 * What a read has to show at least: what its replica had acknowledged,
 * lastly by the row `last`, and what the row `read` had shown (-1 for none).
 */
interface Floor {
  readonly sum: number;
  readonly last: number;
  readonly read: number;
}

/**
 * Reads that show less than their replica had acknowledged or shown before.
 * What takes away may never have come into effect: it lowers no bound.
 */
function grows(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const acknowledged = new Map<number, { readonly sum: number; readonly last: number }>();
  const highest = new Map<number, number>();
  const floors = new Map<number, Floor>();
  const isAdd = (row: number): boolean => columns.fNames[columns.f[row]] === 'add';
  const value = (row: number): number => shown(columns, row) as number;
  const begin = (row: number): void => {
    const replica = replicaOf(columns, row);
    if (isAdd(row)) return;
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
    const problem = below(columns, row, value(row), floors.get(row) as Floor);
    if (problem) anomalies.push(problem);
    const best = highest.get(replica);
    if (best === undefined || value(row) > value(best)) highest.set(replica, row);
  };
  sweep(columns, rows, begin, end);
  return anomalies;
}

function below(columns: Columns, row: number, value: number, floor: Floor): Anomaly | undefined {
  if (floor.read >= 0 && value < (shown(columns, floor.read) as number)) {
    const steps = [`${say(columns, floor.read)} ended before ${say(columns, row)} began, at the same replica.`];
    return anomaly(columns, 'nonmonotonic-read', 'A replica counted backwards.', [floor.read, row], steps);
  }
  if (value >= floor.sum || floor.last < 0) return undefined;
  const message = `A read shows ${value}, and its replica had acknowledged ${floor.sum} before.`;
  const steps = [`${say(columns, floor.last)} ended before ${say(columns, row)} began, at the same replica.`];
  return anomaly(columns, 'lost', message, [floor.last, row], steps);
}
