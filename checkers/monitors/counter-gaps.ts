/**
 * Counters whose additions all have one delta, exactly and in O(n log n).
 *
 * Reads of one value form a class, classes are ordered by value, and between two neighbours lies a gap that
 * takes as many increments as the values differ. An increment may lie in the gaps from the first after all
 * reads that ended before it began, up to the last before all reads that began after it ended. Gaps are filled in
 * order, the most urgent increment first; what remains too long, or does not suffice, proves the history wrong.
 */
import type { Anomaly } from '../checker.ts';
import { counted } from '../explain/grammar.ts';
import { NEVER_COLUMN, OK } from '../history.ts';
import type { Parts } from './counter-bounds.ts';
import { anomaly, say } from './findings.ts';
import { explains, type Finding, found, type MonitorOptions } from './monitor.ts';
import type { Timeline } from './timeline.ts';
import { UrgentFirst } from './urgent-first.ts';

/** A class of reads of one value, or the virtual one before all. */
interface ReadClass {
  /** How many increments it shows. */
  readonly count: number;
  readonly rows: number[];
}

/** Judges a counter all of whose additions are of `delta`. O(n log n). */
export function judgeEqual(
  timeline: Timeline,
  { reads, adds, free }: Parts,
  delta: number,
  options: MonitorOptions,
): Finding {
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
