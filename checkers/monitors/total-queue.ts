/**
 * What goes in comes out: multisets of what was put in and taken out, without any order.
 * For queues that promise no order, and for runs in which crashes leave any order possible.
 */

import type { Anomaly, Checker } from '../checker.ts';
import { counted } from '../explain/grammar.ts';
import { type Columns, FAIL, type History, INFO, OK } from '../history.ts';
import { baseless, PUT_IN, times } from './begun.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { endedBefore, NO_REAL_TIME } from './real-time.ts';

/** A queue that can also be emptied in one operation, which returns all that was in it. */
export type DrainableQueue = {
  enqueue(value: unknown): null;
  dequeue(input: null): unknown;
  drain(input: null): readonly unknown[];
};

/** How to judge a queue by what went in and came out. */
export interface TotalQueueOptions {
  /** Whether a value may come out more often than it went in; `exactly-once` unless said otherwise. */
  readonly delivery?: 'exactly-once' | 'at-least-once';
}

/** The multisets, a value as often as it counts. `missing` went in for certain and was not seen again. */
export interface TotalQueueReport {
  readonly attempted: number;
  readonly acknowledged: number;
  readonly missing: readonly unknown[];
  readonly duplicated: readonly unknown[];
  readonly unexpected: readonly unknown[];
  /** Came out although its insertion was never acknowledged. */
  readonly recovered: readonly unknown[];
}

/**
 * Whether everything that was put in came out, once. A value is lost when a drain, or a removal that
 * found nothing, began after the value was in, and no removal took it, nor can one that crashed have.
 * Without such a proof that the queue was emptied a missing value is `unknown` and not lost: it may
 * still be inside. Nothing comes out before anybody began to put it in; without real time that is
 * not judged, and only a drain that is marked as final proves a loss. O(n); keys are one queue each.
 */
export function totalQueue(options: TotalQueueOptions = {}): Checker<DrainableQueue> {
  return {
    name: 'total-queue',
    check(history) {
      const tallies = talliesOf(history.columns);
      const anomalies: Anomaly[] = [];
      let undecided = 0;
      for (const queue of tallies.values()) {
        for (const tally of queue.values.values()) anomalies.push(...surplus(history.columns, tally, options));
        const missing = losses(history.columns, queue);
        if (Array.isArray(missing)) anomalies.push(...missing);
        else undecided += missing as number;
      }
      const verdict = verdictOf(anomalies);
      if (verdict.type === 'invalid' || undecided === 0) return verdict;
      const known = history.realTime ? '' : `; ${NO_REAL_TIME}`;
      const reason = `${counted(undecided, 'acknowledged value', 'acknowledged values')} never came out, and no drain shows that the queue was emptied after them${known}`;
      return { type: 'unknown', reason };
    },
  };
}

/** What the checker counts, over all keys. O(n). */
export function totalQueueReport(history: History<DrainableQueue>): TotalQueueReport {
  const report = { attempted: 0, acknowledged: 0, missing: [], duplicated: [], unexpected: [], recovered: [] };
  const lists: Record<string, unknown[]> = report as unknown as Record<string, unknown[]>;
  for (const queue of talliesOf(history.columns).values()) {
    for (const { value, acked, info, out } of queue.values.values()) {
      const attempts = acked.length + info.length;
      report.attempted += attempts;
      report.acknowledged += acked.length;
      const add = (list: string, times: number): void => {
        for (let i = 0; i < times; i++) lists[list].push(value);
      };
      add('missing', acked.length - out.length);
      add('duplicated', attempts > 0 ? out.length - attempts : 0);
      add('unexpected', attempts > 0 ? 0 : out.length);
      add('recovered', Math.min(out.length, attempts) - acked.length);
    }
  }
  return report;
}

interface Tally {
  readonly value: unknown;
  /** Rows of insertions, by how they ended, and of removals; a drain's row once for each time it held the value. */
  readonly acked: number[];
  readonly info: number[];
  readonly failed: number[];
  readonly out: number[];
}

interface QueueTally {
  readonly values: Map<unknown, Tally>;
  /** Removals that crashed; a drain among them may have taken everything. */
  readonly crashed: { readonly row: number; readonly draining: boolean }[];
  /** The latest-begun operation that saw the queue empty, -1 for none. */
  emptied: number;
}

function talliesOf(columns: Columns): Map<number, QueueTally> {
  const queues = new Map<number, QueueTally>();
  const enqueue = columns.fNames.indexOf('enqueue');
  for (let row = 0; row < columns.length; row++) {
    let queue = queues.get(columns.key[row]);
    if (!queue) {
      queue = { values: new Map(), crashed: [], emptied: -1 };
      queues.set(columns.key[row], queue);
    }
    if (columns.f[row] !== enqueue) {
      countRemoval(columns, row, queue);
      continue;
    }
    const { acked, info, failed } = tallyOf(queue, columns.input[row]);
    if (columns.type[row] === OK) acked.push(row);
    else (columns.type[row] === FAIL ? failed : info).push(row);
  }
  return queues;
}

function countRemoval(columns: Columns, row: number, queue: QueueTally): void {
  const type = columns.type[row];
  const draining = columns.fNames[columns.f[row]] === 'drain';
  for (const value of taken(columns, row, draining)) tallyOf(queue, value).out.push(row);
  if (type === INFO) queue.crashed.push({ row, draining });
  else if (type === OK && (draining || columns.output[row] === null) && isLast(columns, row)) queue.emptied = row;
}

/** Whether rows tell what an operation came after: always in real time, and else those of the last round. */
function isLast({ realTime, final }: Columns, row: number): boolean {
  return realTime || final.has(row);
}

/** What an operation is known to have taken: a drain that crashed may tell of a part. */
function taken(columns: Columns, row: number, draining: boolean): readonly unknown[] {
  const told = columns.output[row];
  if (draining) return Array.isArray(told) ? told : [];
  return columns.type[row] === OK && told !== null ? [told] : [];
}

function tallyOf(queue: QueueTally, value: unknown): Tally {
  const name = identity(value);
  let tally = queue.values.get(name);
  if (!tally) {
    tally = { value, acked: [], info: [], failed: [], out: [] };
    queue.values.set(name, tally);
  }
  return tally;
}

function surplus(columns: Columns, tally: Tally, options: TotalQueueOptions): readonly Anomaly[] {
  const { value, acked, info, failed, out } = tally;
  const attempts = [...acked, ...info].sort((a, b) => a - b);
  if (out.length === 0) return [];
  const tell = (rows: readonly number[]): string[] => rows.slice(0, 8).map((row) => say(columns, row));
  if (attempts.length === 0) {
    const why = failed.length > 0 ? 'putting it in had failed' : 'no client put it in';
    const rows = [...failed.slice(0, 1), out[0]];
    return [anomaly(columns, 'unexpected', `${short(value)} came out, but ${why}.`, rows, tell(rows))];
  }
  const soonest = [...out].sort((a, b) => columns.end[a] - columns.end[b]);
  const counted = options.delivery === 'at-least-once' ? soonest.slice(0, 1) : soonest;
  for (const [i, row] of counted.entries()) {
    if (i >= attempts.length) break;
    const origin = { begun: attempts, failed: -1 };
    const early = baseless(columns, PUT_IN, `${short(value)} came out`, row, origin, i + 1);
    if (early) return [{ ...early, operations: named(columns, [...soonest.slice(0, i), row], early) }];
  }
  if (out.length <= attempts.length || options.delivery === 'at-least-once') return [];
  const rows = [...attempts, ...out];
  const message = `${short(value)} went in ${times(attempts.length)} and came out ${times(out.length)}.`;
  return [anomaly(columns, 'duplicate', message, rows, tell(rows))];
}

/** With the removals that had taken the copies before. */
function named(columns: Columns, rows: readonly number[], { operations }: Anomaly): readonly number[] {
  return [...new Set([...operations, ...rows.map((row) => columns.start[row])])].sort((a, b) => a - b);
}

/**
 * What of a value is gone for certain: the insertions that had
 * ended when the queue was emptied, more than ever came out.
 */
interface Missing {
  readonly tally: Tally;
  readonly before: readonly number[];
  readonly count: number;
}

/**
 * The lost values; or how many are missing, where nothing proves
 * that the queue was emptied or where crashes may have taken them.
 */
function losses(columns: Columns, queue: QueueTally): readonly Anomaly[] | number {
  const { emptied } = queue;
  const missing: Missing[] = [];
  let [lost, unproved] = [0, 0];
  for (const tally of queue.values.values()) {
    const all = tally.acked.length - tally.out.length;
    if (all <= 0) continue;
    const before = emptied < 0 ? [] : tally.acked.filter((row) => endedBefore(columns, row, emptied));
    const count = Math.max(0, before.length - tally.out.length);
    if (count > 0) missing.push({ tally, before, count });
    lost += count;
    unproved += all - count;
  }
  const began = (row: number): boolean => !columns.realTime || columns.start[row] < columns.end[emptied];
  const thieves = emptied < 0 ? [] : queue.crashed.filter(({ row }) => began(row));
  if (lost <= thieves.length || thieves.some(({ draining }) => draining)) return unproved;
  if (thieves.length > 0) return [unaccounted(columns, emptied, missing, lost, thieves)];
  return missing.map(({ tally, before }) => {
    const [row] = before;
    const steps = [`${say(columns, row)} ended before ${say(columns, emptied)} began, which left nothing inside.`];
    const again = `${times(before.length)} and came out ${times(tally.out.length)}`;
    const message = `${short(tally.value)} went in ${before.length === 1 ? 'and never came out' : again}.`;
    return anomaly(columns, 'lost', message, [...before, ...tally.out, emptied], steps);
  });
}

/** More values are missing than removals crashed: named are as many as prove it, with all that can have taken one. */
function unaccounted(
  columns: Columns,
  emptied: number,
  missing: readonly Missing[],
  lost: number,
  thieves: QueueTally['crashed'],
): Anomaly {
  let enough = 0;
  const few = missing.filter(({ count }) => {
    const wanted = enough <= thieves.length;
    enough += count;
    return wanted;
  });
  const steps = few.slice(0, 8).map(({ before: [row] }) => `${say(columns, row)} ended before the queue was emptied.`);
  steps.push(
    `${say(columns, emptied)} left nothing inside, and only ${counted(thieves.length, 'removal')} had crashed.`,
  );
  const values = few.slice(0, 8).map(({ tally }) => short(tally.value));
  const message = `${lost} values went in and never came out, more than crashed removals can have taken: ${values.join(', ')}${few.length > 8 ? '...' : ''}.`;
  const rows = few.flatMap(({ tally, before }) => [...before, ...tally.out]);
  return anomaly(columns, 'lost', message, [...rows, ...thieves.map(({ row }) => row), emptied], steps);
}
