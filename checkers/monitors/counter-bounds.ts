/**
 * Bounds of counters whose deltas may differ: a read shows at least what was acknowledged
 * before it began, and at most what was attempted before it ended.
 */
import type { Anomaly } from '../checker.ts';
import { counted } from '../explain/grammar.ts';
import { FAIL, type History, NEVER_COLUMN, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { anomaly, say } from './findings.ts';
import { type Timeline, timelines } from './timeline.ts';

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

/** The operations of a counter, by what they matter for. */
export interface Parts {
  /** Rows of `ok` reads, of additions of anything but zero that did not fail, and of those of zero, which are free. */
  readonly reads: readonly number[];
  readonly adds: readonly number[];
  readonly free: readonly number[];
}

/** Sorts the operations of a counter. Additions that failed, and reads without an output, are left out. */
export function split({ columns, rows }: Timeline): Parts {
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

/** The first read outside of its bounds, as an anomaly. */
export function outOfBounds(timeline: Timeline, { reads, adds }: Parts): Anomaly | undefined {
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
