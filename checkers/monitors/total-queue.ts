/**
 * What goes in comes out: multisets of what was put in and taken out, without any order. For queues that promise no more, and for
 * runs too wild for more.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, type History, INFO, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';

/** A queue that can also be emptied in one operation, which answers all that was in it. */
export type DrainableQueue = {
  enqueue(value: unknown): null;
  dequeue(input: null): unknown;
  drain(input: null): readonly unknown[];
};

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
  /** Came out although nobody was told that it went in. */
  readonly recovered: readonly unknown[];
}

/**
 * Whether everything that was put in came out, once. A value is lost when a drain, or a removal that found nothing, began after the value
 * was in, and no removal took it, nor can one that crashed have. Without such a proof that the queue was emptied a missing value is `unknown`
 * and not lost: it may still be inside. O(n); keys are one queue each.
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
      const reason = `${undecided} acknowledged values never came out, and no drain shows that the queue was emptied after them`;
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
  else if (type === OK ? draining || columns.output[row] === null : saysEmpty(columns, row)) queue.emptied = row;
}

/** What an operation is known to have taken: a drain that crashed may tell of a part. */
function taken(columns: Columns, row: number, draining: boolean): readonly unknown[] {
  const told = columns.output[row];
  if (draining) return Array.isArray(told) ? told : [];
  return columns.type[row] === OK && told !== null ? [told] : [];
}

function saysEmpty(columns: Columns, row: number): boolean {
  return /empty/i.test(columns.error.get(row) ?? '');
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
    const why = failed.length > 0 ? 'putting it in had failed' : 'nobody put it in';
    const rows = [...failed.slice(0, 1), out[0]];
    return [anomaly(columns, 'unexpected', `${short(value)} came out, but ${why}.`, rows, tell(rows))];
  }
  const first = out.reduce((a, b) => (columns.end[b] < columns.end[a] ? b : a));
  if (columns.end[first] < columns.start[attempts[0]]) {
    const message = `${short(value)} came out before anybody began to put it in.`;
    return [anomaly(columns, 'unexpected', message, [first, attempts[0]], tell([first, attempts[0]]))];
  }
  if (out.length <= attempts.length || options.delivery === 'at-least-once') return [];
  const rows = [...attempts, ...out];
  const message = `${short(value)} went in ${times(attempts.length)} and came out ${times(out.length)}.`;
  return [anomaly(columns, 'duplicate', message, rows, tell(rows))];
}

/** The lost values; or how many are missing, where nothing proves that the queue was emptied or where crashes may have taken them. */
function losses(columns: Columns, queue: QueueTally): readonly Anomaly[] | number {
  const { emptied } = queue;
  const missing: { tally: Tally; row: number }[] = [];
  let unproved = 0;
  for (const tally of queue.values.values()) {
    const count = tally.acked.length - tally.out.length;
    if (count <= 0) continue;
    const before = emptied < 0 ? [] : tally.acked.filter((row) => columns.end[row] < columns.start[emptied]);
    const certain = Math.max(0, before.length - tally.out.length);
    for (let i = 0; i < certain; i++) missing.push({ tally, row: before[i] });
    unproved += count - certain;
  }
  const thieves = emptied < 0 ? [] : queue.crashed.filter(({ row }) => columns.start[row] < columns.end[emptied]);
  if (missing.length <= thieves.length || thieves.some(({ draining }) => draining)) return unproved;
  return missing.map(({ tally, row }) => {
    const steps = [`${say(columns, row)} ended before ${say(columns, emptied)} began, which left nothing inside.`];
    if (thieves.length > 0)
      steps.push(`${missing.length} values are missing, and only ${thieves.length} removals crashed.`);
    return anomaly(columns, 'lost', `${short(tally.value)} went in and never came out.`, [row, emptied], steps);
  });
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
