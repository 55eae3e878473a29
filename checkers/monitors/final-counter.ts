/** Counters judged by their final reads, as replicated counters are: each must show what was acknowledged and any part of what crashed. */
import { type Anomaly, type Checker, type Verdict, worst } from '../checker.ts';
import { type Columns, type History, INFO, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { finalRows, shown } from '../replicated/final-reads.ts';
import { anomaly, say, verdictOf } from './findings.ts';
import { rowsByKey } from './timeline.ts';

/** How many different sums are kept at most. */
const SUMS = 1_000_000;

/**
 * Whether every final read (see `finalRows`) shows the sum of the acknowledged additions and of some of those that crashed. Exact, as long as
 * no more than a million sums are possible. Unknown where something was added and nothing finally read.
 */
export function finalCounter(): Checker<Counter> {
  return {
    name: 'pn-counter',
    check(history) {
      const { columns } = history;
      const final = new Set(finalRows(history, ['read']));
      return worst([
        { type: 'valid' },
        ...rowsByKey(columns).map((rows) => {
          const reads = rows.filter((row) => final.has(row));
          return judge(columns, rows, reads);
        }),
      ]);
    },
  };
}

/** For each key in the order of first use: the final reads, and the sums that they may show as ranges (none where there are too many). */
export function finalCounterReports(
  history: History<Counter>,
): readonly { readonly reads: readonly number[]; readonly acceptable: readonly (readonly [number, number])[] }[] {
  const final = finalRows(history, ['read']);
  return rowsByKey(history.columns).map((rows) => {
    const own = new Set(rows);
    const reads = final.filter((row) => own.has(row)).map((row) => shown(history.columns, row) as number);
    return { reads, acceptable: rangesOf(acceptableSums(history.columns, rows) ?? new Set()) };
  });
}

function judge(columns: Columns, rows: readonly number[], reads: readonly number[]): Verdict {
  if (reads.length === 0) {
    const added = rows.some((row) => columns.fNames[columns.f[row]] === 'add');
    return added
      ? { type: 'unknown', reason: 'the counter was never read after the last addition' }
      : { type: 'valid' };
  }
  const sums = acceptableSums(columns, rows);
  if (!sums) return { type: 'unknown', reason: `the additions that crashed make more than ${SUMS} different sums` };
  return verdictOf(reads.flatMap((row) => judgeSum(columns, sums, row)));
}

/** What is wrong with a final read, if it shows none of these sums. */
export function judgeSum(columns: Columns, sums: ReadonlySet<number>, row: number): readonly Anomaly[] {
  const value = shown(columns, row) as number;
  if (sums.has(value)) return [];
  const ranges = rangesOf(sums);
  const possible = ranges.slice(0, 8).map(([low, high]) => (low === high ? `${low}` : `${low} to ${high}`));
  const name = value < ranges[0][0] ? 'lost' : 'unexpected';
  const message = `A final read shows ${value}; possible is ${possible.join(' or ')}.`;
  return [anomaly(columns, name, message, [row], [say(columns, row)])];
}

/** The sums of what these rows acknowledged and any part of what crashed; undefined where there are more than a million. */
export function acceptableSums(columns: Columns, rows: readonly number[]): ReadonlySet<number> | undefined {
  let acknowledged = 0;
  const crashed: number[] = [];
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add') continue;
    if (columns.type[row] === OK) acknowledged += columns.input[row] as number;
    else if (columns.type[row] === INFO) crashed.push(columns.input[row] as number);
  }
  let sums = new Set([acknowledged]);
  for (const delta of crashed) {
    const next = new Set(sums);
    for (const sum of sums) next.add(sum + delta);
    if (next.size > SUMS) return undefined;
    sums = next;
  }
  return sums;
}

function rangesOf(sums: ReadonlySet<number>): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const sum of [...sums].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === sum) last[1] = sum;
    else ranges.push([sum, sum]);
  }
  return ranges;
}
