/**
 * Counters judged by their final reads, as replicated counters are:
 * each must show what was acknowledged and any part of what crashed.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, type History, INFO, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { finalReads, shown } from '../replicated/final-reads.ts';
import { anomaly, say } from './findings.ts';
import { rowsByKey } from './timeline.ts';

/** How many different sums are kept at most. */
export const SUMS = 1_000_000;

/**
 * For each key in the order of first use: the final reads, and the
 * sums that they may show as ranges (none where there are too many).
 */
export function finalCounterReports(
  history: History<Counter>,
): readonly { readonly reads: readonly number[]; readonly acceptable: readonly (readonly [number, number])[] }[] {
  const final = finalReads(history, ['read']).rows;
  return rowsByKey(history.columns).map((rows) => {
    const own = new Set(rows);
    const reads = final.filter((row) => own.has(row)).map((row) => shown(history.columns, row) as number);
    return { reads, acceptable: rangesOf(acceptableSums(history.columns, rows) ?? new Set()) };
  });
}

/** What is wrong with a final read, if it shows none of these sums. */
export function judgeSum(columns: Columns, sums: ReadonlySet<number>, row: number): readonly Anomaly[] {
  const value = shown(columns, row) as number;
  if (sums.has(value)) return [];
  const ranges = rangesOf(sums);
  const possible = ranges.slice(0, 8).map(([low, high]) => (low === high ? `${low}` : `${low} to ${high}`));
  const name = value < ranges[0][0] ? 'lost' : 'unexpected';
  const message = `A final read shows ${value}; possible is ${possible.join(' or ')}.`;
  return [anomaly(columns, name, message, [row], [say(columns, row), ...additionSteps(columns, row, value, ranges)])];
}

/** The sum that a final read had to show, written out by the nodes that were asked to add. */
function additionSteps(
  columns: Columns,
  read: number,
  value: number,
  ranges: readonly (readonly [number, number])[],
): readonly string[] {
  const [acknowledged, perhaps] = [new Map<string, number>(), new Map<string, number>()];
  const { key, type, f, fNames, length, input } = columns;
  for (let row = 0; row < length; row++) {
    if (key[row] !== key[read] || fNames[f[row]] !== 'add' || (type[row] !== OK && type[row] !== INFO)) continue;
    addTo(type[row] === OK ? acknowledged : perhaps, nodeOf(columns, row), input[row] as number);
  }
  const [least, most] = [ranges[0][0], (ranges.at(-1) as readonly [number, number])[1]];
  const beyond =
    value > most ? `${value - most} more` : value < least ? `${least - value} less` : 'which no part makes';
  return [
    `acknowledged: ${sumText(acknowledged)}`,
    ...(perhaps.size > 0 ? [`never returned, and may have taken effect: ${sumText(perhaps)}`] : []),
    `shown: ${value}, ${beyond}${value > most || value < least ? ' than is possible' : ''}`,
  ];
}

/** Adds to what a name has. */
export function addTo(sums: Map<string, number>, name: string, delta: number): void {
  sums.set(name, (sums.get(name) ?? 0) + delta);
}

/** A sum written out: `n1 100 + n2 67 = 167`. */
export function sumText(sums: ReadonlyMap<string, number>): string {
  const total = [...sums.values()].reduce((sum, one) => sum + one, 0);
  if (sums.size < 2) return `${total}`;
  const parts = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => `${name} ${sum}`);
  return `${parts.join(' + ')} = ${total}`;
}

/** The node that was asked, or the process where no node is known. */
export function nodeOf({ node, nodeNames, process }: Columns, row: number): string {
  return node[row] < 0 ? `p${process[row]}` : nodeNames[node[row]];
}

/**
 * The sums of what these rows acknowledged and any part of what crashed; undefined where there are more than a million.
 */
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
