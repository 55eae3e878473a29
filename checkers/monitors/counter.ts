/**
 * Counters.
 *
 * Where every delta is the same, exactly and in O(n log n): reads of one value form a class, classes
 * are ordered by value, and between two neighbours lies a gap that takes as many increments as the
 * values differ. An increment may lie in the gaps from the first after all reads that ended before
 * it began, up to the last before all reads that began after it ended. Gaps are filled in order,
 * the most urgent increment first; what remains too long, or does not suffice, proves the history wrong.
 *
 * Where deltas differ the question is subset-sum, which is NP-hard: bounds refute (what was acknowledged
 * before a read began, what was attempted before it ended), and the general search decides the rest.
 */

import type { Anomaly, Checker } from '../checker.ts';
import { counted } from '../explain/grammar.ts';
import { FAIL, type History, NEVER_COLUMN, OK } from '../history.ts';
import { type Counter, counter } from '../models/counter.ts';
import { anomaly, say } from './findings.ts';
import {
  explains,
  type Finding,
  found,
  generally,
  type MonitorOptions,
  monitor,
  unsupportedOperations,
} from './monitor.ts';
import { type Timeline, timelines } from './timeline.ts';

/**
 * Whether a counter is linearizable. Exact, O(n log n), where all
 * deltas are equal; otherwise bounds, then the general search.
 */
export function counterMonitor(options: MonitorOptions = {}): Checker<Counter> {
  return monitor('counter', (timeline) => judge(timeline, options), generally(counter, options));
}

/** The least and the most that each `ok` read could show by the bounds, in the order of the reads' starts. O(n). */
export function counterBounds(
  history: History<Counter>,
): readonly { readonly start: number; readonly lower: number; readonly value: number; readonly upper: number }[] {
  return timelines(history.columns).flatMap((timeline) => {
    const { reads, adds } = split(timeline);
    const { lower, upper } = boundsOf(timeline, reads, adds);
    const { columns } = timeline;
    return reads.map((row, i) => {
      return { start: columns.start[row], lower: lower[i], value: columns.output[row] as number, upper: upper[i] };
    });
  });
}

interface Parts {
  /** Rows of `ok` reads, of additions of anything but zero that did not fail, and of those of zero, which are free. */
  readonly reads: readonly number[];
  readonly adds: readonly number[];
  readonly free: readonly number[];
}

function split({ columns, rows }: Timeline): Parts {
  const add = columns.fNames.indexOf('add');
  const reads: number[] = [];
  const adds: number[] = [];
  const free: number[] = [];
  for (const row of rows) {
    if (columns.f[row] !== add) {
      if (columns.type[row] === OK) reads.push(row);
    } else if (columns.type[row] !== FAIL) (columns.input[row] === 0 ? free : adds).push(row);
  }
  return { reads, adds, free };
}

function judge(timeline: Timeline, options: MonitorOptions): Finding {
  const unsupported = unsupportedOperations(timeline, ['add', 'read']);
  if (unsupported) return unsupported;
  const { columns } = timeline;
  const parts = split(timeline);
  const noNumber = parts.reads.find((row) => typeof columns.output[row] !== 'number');
  if (noNumber !== undefined) {
    return found([
      anomaly(columns, 'unexpected', `A read answered what is not a number: ${say(columns, noNumber)}.`, [noNumber]),
    ]);
  }
  const outside = outOfBounds(timeline, parts);
  if (outside) return found([outside]);
  const delta = parts.adds.length > 0 ? (columns.input[parts.adds[0]] as number) : 1;
  if (parts.adds.every((row) => columns.input[row] === delta)) return judgeEqual(timeline, parts, delta, options);
  if (parts.reads.length === 0) return { type: 'valid' };
  return { type: 'unsure', reason: 'every read is within its bounds, but the deltas differ' };
}

/** By read: what it shows at least and at most, if only the read itself mattered. */
function boundsOf(
  { columns, size, inv, ret }: Timeline,
  reads: readonly number[],
  adds: readonly number[],
): { lower: number[]; upper: number[] } {
  // Acknowledged by a time, and begun by a time; of each the positive and the negative deltas apart.
  const maybeUp = new Float64Array(size + 1);
  const maybeDown = new Float64Array(size + 1);
  const ackedUp = new Float64Array(size + 1);
  const ackedDown = new Float64Array(size + 1);
  for (const row of adds) {
    const delta = columns.input[row] as number;
    (delta > 0 ? maybeUp : maybeDown)[inv[row]] += delta;
    if (ret[row] !== NEVER_COLUMN) (delta > 0 ? ackedUp : ackedDown)[ret[row]] += delta;
  }
  for (const sums of [maybeUp, maybeDown, ackedUp, ackedDown]) for (let t = 1; t <= size; t++) sums[t] += sums[t - 1];
  return {
    lower: reads.map((row) => ackedUp[inv[row]] + maybeDown[ret[row]]),
    upper: reads.map((row) => maybeUp[ret[row]] + ackedDown[inv[row]]),
  };
}

function outOfBounds(timeline: Timeline, { reads, adds }: Parts): Anomaly | undefined {
  const { columns, inv, ret } = timeline;
  const { lower, upper } = boundsOf(timeline, reads, adds);
  const at = reads.findIndex(
    (row, i) => (columns.output[row] as number) < lower[i] || (columns.output[row] as number) > upper[i],
  );
  if (at < 0) return undefined;
  const row = reads[at];
  const value = columns.output[row] as number;
  const low = value < lower[at];
  // The additions whose sum is beyond the value: those that must count, or all that can.
  const rows = adds.filter((add) =>
    (columns.input[add] as number) > 0 === low ? ret[add] < inv[row] : inv[add] < ret[row],
  );
  const message = low
    ? `A read showed ${value}, but at least ${lower[at]} was certain: ${say(columns, row)}.`
    : `A read showed ${value}, but at most ${upper[at]} was possible: ${say(columns, row)}.`;
  const shown = low ? enough(columns.input as readonly number[], rows, value) : rows.slice(0, 8);
  const steps = low
    ? shown.map((add) => `${say(columns, add)} ended before the read began.`)
    : [`Only ${counted(rows.length, 'addition')} had begun when the read ended.`];
  return anomaly(columns, low ? 'lost' : 'unexpected', message, [row, ...shown], steps);
}

/** As many of the positive deltas as exceed the value, where all are positive; otherwise all. */
function enough(deltas: readonly number[], rows: readonly number[], value: number): readonly number[] {
  if (rows.some((row) => deltas[row] < 0)) return rows.slice(0, 16);
  let sum = 0;
  const until = rows.findIndex((row) => {
    sum += deltas[row];
    return sum > value;
  });
  return rows.slice(0, Math.min(16, until < 0 ? rows.length : until + 1));
}

/** A class of reads of one value, or the virtual one before all. */
interface ReadClass {
  /** How many increments it shows. */
  readonly count: number;
  readonly rows: number[];
}

function judgeEqual(timeline: Timeline, { reads, adds, free }: Parts, delta: number, options: MonitorOptions): Finding {
  const { columns } = timeline;
  const byCount = new Map<number, number[]>();
  for (const row of reads) {
    const count = (columns.output[row] as number) / delta;
    if (!Number.isInteger(count)) {
      return found([
        anomaly(
          columns,
          'unexpected',
          `No number of additions of ${delta} makes what was read: ${say(columns, row)}.`,
          [row],
        ),
      ]);
    }
    const rows = byCount.get(count);
    if (rows) rows.push(row);
    else byCount.set(count, [row]);
  }
  const classes: ReadClass[] = [...byCount].map(([count, rows]) => ({ count, rows })).sort((a, b) => a.count - b.count);
  const back = backwards(timeline, classes);
  if (back) return found([back]);
  const { first, last } = gapsOf(timeline, classes, adds);
  const filled = fill(classes, adds, first, last);
  if ('gap' in filled) return found([misfit(timeline, classes, adds, first, last, filled.gap, delta)]);
  if (!options.certificate || free.length > 0) return { type: 'valid' };
  return { type: 'valid', order: orderOf(timeline, classes, filled.gaps, delta) };
}

/** A read that ended before another one began, and showed more. */
function backwards({ columns, inv, ret }: Timeline, classes: readonly ReadClass[]): Anomaly | undefined {
  let latest = -1;
  for (const { rows } of classes) {
    const early = rows.find((row) => latest >= 0 && ret[row] < inv[latest]);
    if (early !== undefined) {
      const steps = [`${say(columns, early)} ended before ${say(columns, latest)} began.`];
      return anomaly(columns, 'stale-read', 'A later read showed less.', [early, latest], steps);
    }
    for (const row of rows) if (latest < 0 || inv[row] > inv[latest]) latest = row;
  }
  return undefined;
}

/**
 * By place in `adds`: the first and the last gap it may lie in.
 * Gap g is before class g; the last one is after all classes.
 */
function gapsOf(
  { size, inv, ret }: Timeline,
  classes: readonly ReadClass[],
  adds: readonly number[],
): { first: Int32Array; last: Int32Array } {
  const after = new Int32Array(size + 1);
  const before = new Int32Array(size + 2).fill(classes.length);
  classes.forEach(({ rows }, at) => {
    for (const row of rows) {
      after[ret[row]] = Math.max(after[ret[row]], at + 1);
      before[inv[row]] = Math.min(before[inv[row]], at);
    }
  });
  for (let time = 1; time <= size; time++) after[time] = Math.max(after[time], after[time - 1]);
  for (let time = size; time >= 0; time--) before[time] = Math.min(before[time], before[time + 1]);
  return {
    first: Int32Array.from(adds, (row) => after[inv[row]]),
    // One that crashed need not lie in any gap, and has no deadline.
    last: Int32Array.from(adds, (row) => (ret[row] === NEVER_COLUMN ? NEVER_COLUMN : before[ret[row]])),
  };
}

/**
 * The rows that fill each gap; or the first gap that has too few
 * to choose from, or leaves one behind that had to lie in it.
 */
function fill(
  classes: readonly ReadClass[],
  adds: readonly number[],
  first: Int32Array,
  last: Int32Array,
): { gaps: readonly (readonly number[])[] } | { gap: number } {
  const arriving: number[][] = Array.from({ length: classes.length + 1 }, () => []);
  adds.forEach((_, i) => {
    arriving[first[i]].push(i);
  });
  const waiting = new UrgentFirst(last);
  const gaps: number[][] = [];
  for (let gap = 0; gap < classes.length; gap++) {
    for (const i of arriving[gap]) waiting.push(i);
    const wanted = classes[gap].count - (gap > 0 ? classes[gap - 1].count : 0);
    const taken: number[] = [];
    for (let i = 0; i < wanted; i++) {
      const next = waiting.pop();
      if (next < 0 || last[next] < gap) return { gap };
      taken.push(adds[next]);
    }
    if (waiting.least() <= gap) return { gap };
    gaps.push(taken);
  }
  for (const i of arriving[classes.length]) waiting.push(i);
  if (waiting.least() < classes.length) return { gap: classes.length };
  const rest: number[] = [];
  for (let i = waiting.pop(); i >= 0; i = waiting.pop()) rest.push(adds[i]);
  return { gaps: [...gaps, rest] };
}

/** A binary heap of places by deadline. */
class UrgentFirst {
  private readonly heap: number[] = [];
  private readonly deadline: Int32Array;

  constructor(deadline: Int32Array) {
    this.deadline = deadline;
  }

  /** The earliest deadline in the heap. */
  least(): number {
    return this.heap.length > 0 ? this.deadline[this.heap[0]] : NEVER_COLUMN;
  }

  push(place: number): void {
    const { heap } = this;
    let at = heap.push(place) - 1;
    while (at > 0 && this.before(place, heap[(at - 1) >> 1])) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = place;
  }

  /** Takes the place with the earliest deadline; -1 where the heap is empty. */
  pop(): number {
    const { heap } = this;
    const top = heap[0] ?? -1;
    const moved = heap.pop();
    if (heap.length === 0 || moved === undefined) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return top;
  }

  /** Of equal deadlines the one that began first: then the order in which places are taken respects real time. */
  private before(a: number, b: number): boolean {
    return this.deadline[a] < this.deadline[b] || (this.deadline[a] === this.deadline[b] && a < b);
  }
}

/**
 * Two classes between which there are more increments than fit, or fewer than needed; they exist where filling failed.
 */
function misfit(
  { columns }: Timeline,
  classes: readonly ReadClass[],
  adds: readonly number[],
  first: Int32Array,
  last: Int32Array,
  gap: number,
  delta: number,
): Anomaly {
  const to = Math.min(gap, classes.length - 1);
  for (let from = to; from >= 0; from--) {
    const wanted = classes[to].count - (from > 0 ? classes[from - 1].count : 0);
    const must = adds.filter((row, i) => first[i] >= from && last[i] <= to && columns.type[row] === OK);
    const may = adds.filter((_, i) => first[i] <= to && last[i] >= from);
    if (must.length <= wanted && may.length >= wanted) continue;
    const reads = from > 0 ? [classes[from - 1].rows[0], classes[to].rows[0]] : [classes[to].rows[0]];
    const ends = [...(from > 0 ? classes[from - 1].rows : []), ...classes[to].rows];
    const between = from > 0 ? 'Between two reads' : 'Before a read';
    if (must.length > wanted) {
      const message = `${between} at least ${counted(must.length, 'addition')} of ${delta} took effect, but they differ by ${wanted * delta}.`;
      const rows = [...ends, ...must.slice(0, wanted + 1)].slice(0, 32);
      return anomaly(
        columns,
        'stale-read',
        message,
        rows,
        [...reads, ...must.slice(0, 4)].map((row) => say(columns, row)),
      );
    }
    const message = `${between} at most ${counted(may.length, 'addition')} of ${delta} can have taken effect, but they differ by ${wanted * delta}.`;
    return anomaly(
      columns,
      'unexpected',
      message,
      [...ends, ...may].slice(0, 32),
      reads.map((row) => say(columns, row)),
    );
  }
  const rows = classes.slice(0, to + 1).flatMap((one) => one.rows);
  const message = 'No placement of the additions between the reads explains what they showed.';
  return anomaly(
    columns,
    'stale-read',
    message,
    [...rows, ...adds].slice(0, 64),
    rows.slice(0, 8).map((row) => say(columns, row)),
  );
}

/** The order that the gaps make, replayed. Within a gap, and within a class, whatever began first. */
function orderOf(
  timeline: Timeline,
  classes: readonly ReadClass[],
  gaps: readonly (readonly number[])[],
  delta: number,
): readonly number[] {
  const { columns, inv } = timeline;
  const early = (rows: readonly number[]): number[] => [...rows].sort((a, b) => inv[a] - inv[b]);
  const order = gaps.flatMap((rows, gap) => [...early(rows), ...early(classes[gap]?.rows ?? [])]);
  let sum = 0;
  const add = columns.fNames.indexOf('add');
  const legal = (row: number): boolean => {
    if (columns.f[row] === add) sum += delta;
    return columns.f[row] === add || columns.output[row] === sum;
  };
  if (!explains(timeline, order, legal))
    throw new Error('a counter history was judged valid but its order does not replay');
  return order;
}
