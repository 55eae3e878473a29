/** What clients waited for, by node and function, and how each node did over time. */
import type { History } from 'elle-ts';
import { isAnswered, type Recorded } from '../responses.ts';
import { Histogram } from './histogram.ts';

/** Time is looked at in windows of this length, here and for consistency. */
export const WINDOW_MS = 1000;

/**
 * How long the answered calls of one function took at one node, in ms.
 * Quantiles are too large by less than 0.8%, and never too small.
 */
export interface Latency {
  readonly node: string;
  readonly f: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** `bucket:count` of all of them, so that those of several runs can be added: see histogram.ts. */
  readonly histogram: string;
}

/** One node window by window: calls that began in it, and those of them that were answered. */
export interface Health {
  readonly node: string;
  readonly called: readonly number[];
  readonly answered: readonly number[];
}

export function latencies(recorded: Recorded): readonly Latency[] {
  const { columns } = recorded.history;
  const cells = new Map<string, { node: string; f: string; histogram: Histogram }>();
  for (let row = 0; row < columns.length; row++) {
    if (!isAnswered(recorded, row)) continue;
    const node = columns.nodeNames[columns.node[row]!] ?? '';
    const f = columns.fNames[columns.f[row]!]!;
    const cell = cells.get(`${node} ${f}`) ?? { node, f, histogram: new Histogram() };
    cells.set(`${node} ${f}`, cell);
    cell.histogram.add((columns.endNs[row]! - columns.startNs[row]!) / 1e6);
  }
  return [...cells.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { node, f, histogram }]) => ({
      ...{ node, f, count: histogram.count, ...quantilesOf(histogram) },
      histogram: String(histogram),
    }));
}

/** The quantiles that are told of a histogram that holds something. */
function quantilesOf(histogram: Histogram): Pick<Latency, 'p50' | 'p95' | 'p99' | 'max'> {
  const of = (share: number) => histogram.quantile(share) ?? 0;
  return { p50: of(0.5), p95: of(0.95), p99: of(0.99), max: of(1) };
}

export function health(recorded: Recorded, nodes: readonly string[], windows: number): readonly Health[] {
  const { columns } = recorded.history;
  const rows = nodes.map((node) => ({
    node,
    called: new Array<number>(windows).fill(0),
    answered: new Array<number>(windows).fill(0),
  }));
  const byName = new Map(rows.map((row) => [row.node, row]));
  for (let row = 0; row < columns.length; row++) {
    const own = byName.get(columns.nodeNames[columns.node[row]!] ?? '');
    if (!own) continue;
    const window = Math.min(windows - 1, Math.floor(columns.startNs[row]! / (WINDOW_MS * 1e6)));
    own.called[window]!++;
    if (isAnswered(recorded, row)) own.answered[window]!++;
  }
  return rows;
}

/** How many windows a history lasts, up to the last thing that clients saw. */
export function windowsOf({ columns }: History): number {
  let last = 0;
  for (let row = 0; row < columns.length; row++) {
    const end = columns.endNs[row]!;
    last = Math.max(last, Number.isFinite(end) ? end : columns.startNs[row]!);
  }
  return Math.max(1, Math.ceil(last / (WINDOW_MS * 1e6)));
}
