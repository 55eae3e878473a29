/**
 * First-in-first-out queues of distinct values, in linear time.
 *
 * A history is linearizable exactly when values pair up, removals that found nothing are right (container.ts),
 * and no two values overtake each other: u entirely in before v begins to go in, and v entirely out before u
 * begins to come out. Henzinger, Sezgin and Vafeiadis, "Aspect-oriented linearizability proofs", CONCUR 2013.
 *
 * A consumer that crashed may have taken an element with it. A value that was overtaken and never
 * came out must have gone that way, to a crashed consumer that began before the overtaker
 * was out: deadlines are matched to crashes in order (Hall's theorem for nested thresholds).
 */
import type { Anomaly, Checker } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type Queue, queue } from '../models/queue.ts';
import { type Contents, rowsOf } from './container.ts';
import { fifoOrder } from './container-orders.ts';
import { type Container, containerMonitor } from './discipline.ts';
import { anomaly, say, short } from './findings.ts';
import type { MonitorOptions } from './monitor.ts';

/** Whether a queue is linearizable. Exact in O(n) for distinct values; repeated values go to the general search. */
export function fifoQueue(options: MonitorOptions = {}): Checker<Queue> {
  return containerMonitor(
    {
      name: 'fifo-queue',
      add: 'enqueue',
      remove: 'dequeue',
      disorder: overtaken,
      order: fifoOrder,
      replay: line,
      knowsPending: true,
    },
    queue,
    options,
  );
}

function line(): Container {
  const values: unknown[] = [];
  let first = 0;
  return { put: (value) => values.push(value), take: () => (first < values.length ? values[first++] : null) };
}

/** The first overtaking, if there is one. */
function overtaken(contents: Contents): readonly Anomaly[] {
  const { count, addInv, addRet, removeInv, removeRet, removeRow } = contents;
  const byAddRet = placesBy(addRet, contents.timeline.size);
  const deadlines = deadlinesOf(contents, byAddRet);
  const needed: { deadline: number; value: number; overtaker: number }[] = [];
  for (let u = 0; u < count; u++) {
    if (removeRow[u] >= 0 || deadlines.at[u] === NEVER_COLUMN) continue;
    needed.push({ deadline: deadlines.at[u], value: u, overtaker: deadlines.by[u] });
  }
  const unmatched = unmatchedOf(contents, needed);
  if (unmatched.length > 0) return [swallowed(contents, unmatched)];
  let latest = -1;
  let next = 0;
  for (let v = 0; v < count; v++) {
    for (; next < byAddRet.length && addRet[byAddRet[next]] < addInv[v]; next++) {
      const u = byAddRet[next];
      if (removeRow[u] >= 0 && (latest < 0 || removeInv[u] > removeInv[latest])) latest = u;
    }
    if (latest >= 0 && removeRet[v] < removeInv[latest]) return [overtaking(contents, latest, v)];
  }
  return [];
}

/** By value, the earliest end of a removal among the values that went in entirely after it, and whose it is. */
function deadlinesOf(
  { count, addInv, removeRet, addRet }: Contents,
  byAddRet: Int32Array,
): { at: Int32Array; by: Int32Array } {
  const at = new Int32Array(count).fill(NEVER_COLUMN);
  const by = new Int32Array(count).fill(-1);
  let earliest = -1;
  let v = count - 1;
  for (let i = byAddRet.length - 1; i >= 0; i--) {
    const u = byAddRet[i];
    for (; v >= 0 && addInv[v] > addRet[u]; v--) {
      if (removeRet[v] !== NEVER_COLUMN && (earliest < 0 || removeRet[v] < removeRet[earliest])) earliest = v;
    }
    if (earliest < 0) continue;
    at[u] = removeRet[earliest];
    by[u] = earliest;
  }
  return { at, by };
}

/**
 * Values that more must have been taken of than removals had crashed
 * by then: with the most urgent first, all up to the first too many.
 */
function unmatchedOf<T extends { deadline: number }>(contents: Contents, needed: T[]): readonly T[] {
  const { inv } = contents.timeline;
  needed.sort((a, b) => a.deadline - b.deadline);
  const at = needed.findIndex(({ deadline }, i) => {
    const crash = contents.pending[i];
    return crash === undefined || inv[crash] >= deadline;
  });
  return needed.slice(0, at + 1);
}

/** The places in the order of their distinct times below `size`. */
function placesBy(times: Int32Array, size: number): Int32Array {
  const at = new Int32Array(size).fill(-1);
  let count = 0;
  for (let v = 0; v < times.length; v++) {
    if (times[v] >= size) continue;
    at[times[v]] = v;
    count++;
  }
  const places = new Int32Array(count);
  for (let time = 0, next = 0; time < size; time++) if (at[time] >= 0) places[next++] = at[time];
  return places;
}

function overtaking(contents: Contents, u: number, v: number): Anomaly {
  const { timeline, addRow, removeRow } = contents;
  const { columns } = timeline;
  const first = short(columns.input[addRow[u]]);
  const second = short(columns.input[addRow[v]]);
  const steps = [
    `${say(columns, addRow[u])} ended before ${say(columns, addRow[v])} began: ${first} is before ${second}.`,
    `${say(columns, removeRow[v])} ended before ${say(columns, removeRow[u])} began: ${second} came out first.`,
  ];
  const rows = [...rowsOf(contents, u), ...rowsOf(contents, v)];
  return anomaly(columns, 'reordered', `${first} went in before ${second}, but ${second} came out first.`, rows, steps);
}

/**
 * The last of these never came out though its overtaker did, and all
 * consumers that had crashed by then must have taken the others.
 */
function swallowed(contents: Contents, needed: readonly { value: number; overtaker: number }[]): Anomaly {
  const { timeline, addRow, removeRow, pending } = contents;
  const { columns } = timeline;
  const crashed = pending.slice(0, needed.length - 1);
  const { value, overtaker } = needed[needed.length - 1];
  const first = short(columns.input[addRow[value]]);
  const second = short(columns.input[addRow[overtaker]]);
  const steps = [
    `${say(columns, addRow[value])} ended before ${say(columns, addRow[overtaker])} began: ${first} is before ${second}.`,
    `${second} came out with ${say(columns, removeRow[overtaker])}, and ${first} never did.`,
  ];
  if (crashed.length > 0)
    steps.push(`So it is with ${needed.length} values, and only ${crashed.length} consumers had crashed by then.`);
  const rows = needed.flatMap((one) => [...rowsOf(contents, one.value), ...rowsOf(contents, one.overtaker)]);
  const message = `${first} went in before ${second}, but ${second} came out first.`;
  return anomaly(columns, 'lost', message, [...rows, ...crashed], steps);
}
