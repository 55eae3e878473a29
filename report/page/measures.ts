/** What the plots show, computed from the columns. Times of plots are seconds, latencies milliseconds. */
import { OK, type Operations, OUTCOMES } from './operations.ts';
import type { View } from './view.ts';

/** How many stretches of time: fewer where there is little to count. */
function bucketsFor(ops: Operations): number {
  return Math.max(20, Math.min(120, Math.round(ops.length / 25)));
}

/**
 * For each stretch of time its middle, and for each of these outcomes
 * and functions the operations a second that ended so in it.
 */
export interface Throughput {
  readonly at: number[];
  readonly series: readonly {
    readonly name: string;
    readonly f: number;
    readonly outcome: number;
    readonly rate: number[];
  }[];
}

export function throughput(ops: Operations, bounds: View): Throughput {
  const buckets = bucketsFor(ops);
  const bucket = (bounds.to - bounds.from) / buckets;
  const at = Array.from({ length: buckets }, (_, i) => (bounds.from + (i + 0.5) * bucket) / 1e9);
  const { fNames, f, type } = ops.columns;
  const counts = fNames.flatMap(() => [0, 1, 2].map(() => new Array<number>(buckets).fill(0)));
  for (let row = 0; row < ops.length; row++) {
    const place = Math.min(buckets - 1, Math.max(0, Math.floor((ops.endNs(row) - bounds.from) / bucket)));
    counts[f[row]! * 3 + type[row]!]![place]! += 1e9 / bucket;
  }
  const series = counts.flatMap((rate, i) => {
    const outcome = i % 3;
    if (rate.every((value) => value === 0)) return [];
    const f = Math.floor(i / 3);
    return [{ name: `${fNames[f]} ${OUTCOMES[outcome]}`, f, outcome, rate }];
  });
  return { at, series };
}

/**
 * Quantiles of the latency of successful operations over time, in ms;
 * null where there was none. `only` is a function's place, or -1 for all.
 */
export interface Quantiles {
  readonly at: number[];
  readonly series: readonly { readonly name: string; readonly ms: (number | null)[] }[];
}

export function latencyQuantiles(ops: Operations, bounds: View, only: number): Quantiles {
  const buckets = bucketsFor(ops);
  const bucket = (bounds.to - bounds.from) / buckets;
  const latencies: number[][] = Array.from({ length: buckets }, () => []);
  const { startNs, endNs, type, f } = ops.columns;
  for (let row = 0; row < ops.length; row++) {
    if (type[row] !== OK || (only >= 0 && f[row] !== only)) continue;
    const place = Math.min(buckets - 1, Math.max(0, Math.floor((startNs[row]! - bounds.from) / bucket)));
    latencies[place]!.push((endNs[row]! - startNs[row]!) / 1e6);
  }
  for (const list of latencies) list.sort((a, b) => a - b);
  const at = Array.from({ length: buckets }, (_, i) => (bounds.from + (i + 0.5) * bucket) / 1e9);
  const series = [0.5, 0.95, 0.99, 1].map((share) => ({
    name: share === 1 ? 'max' : `p${share * 100}`,
    ms: latencies.map((list) => list[Math.min(list.length - 1, Math.ceil(list.length * share) - 1)] ?? null),
  }));
  return { at, series };
}

/** Latencies below a microsecond are drawn as one: the axis is logarithmic. */
const LEAST_MS = 0.001;

/** Moments and latencies of single operations, by outcome: sorted by time. */
export function latencies(ops: Operations, only: number): { readonly at: number[]; readonly ms: (number | null)[][] } {
  const { startNs, endNs, type, f } = ops.columns;
  const at = new Array<number>(ops.length);
  const ms: (number | null)[][] = [0, 1, 2].map(() => new Array<number | null>(ops.length).fill(null));
  const order = sortedByStart(ops);
  for (let i = 0; i < ops.length; i++) {
    const row = order ? order[i]! : i;
    at[i] = startNs[row]! / 1e9;
    const took = (endNs[row]! - startNs[row]!) / 1e6;
    if (Number.isFinite(took) && (only < 0 || f[row] === only)) ms[type[row]!]![i] = Math.max(took, LEAST_MS);
  }
  return { at, ms };
}

/**
 * The rows in the order of their start times, or nothing where they
 * are so already: the clock of another tool's history may go back.
 */
function sortedByStart(ops: Operations): Int32Array | undefined {
  const { startNs } = ops.columns;
  let inOrder = true;
  for (let row = 1; row < ops.length && inOrder; row++) inOrder = startNs[row]! >= startNs[row - 1]!;
  if (inOrder) return undefined;
  return Int32Array.from({ length: ops.length }, (_, row) => row).sort((a, b) => startNs[a]! - startNs[b]!);
}

/** How old what reads returned certainly was, and when they began. */
export interface Staleness {
  readonly at: number[];
  /** A series for each node: null for the reads of other nodes. */
  readonly series: readonly { readonly node: string; readonly ms: (number | null)[] }[];
  readonly stale: number;
  readonly reads: number;
  readonly worstMs: number;
}

/** The ages of stale reads, as `staleness` of elle-ts measures them. Nothing for datatypes other than registers. */
export function staleness(ops: Operations): Staleness | undefined {
  const { columns } = ops;
  if (columns.reads === null) return undefined;
  const rows: number[] = [];
  for (let row = 0; row < ops.length; row++) if (!Number.isNaN(columns.ageMs[row]!)) rows.push(row);
  rows.sort((a, b) => columns.startNs[a]! - columns.startNs[b]!);
  const nodeOf = (row: number): string => ops.node(row) ?? 'some node';
  const nodes = [...new Set(rows.map(nodeOf))].sort();
  const series = nodes.map((node) => ({
    node,
    ms: rows.map((row) => (nodeOf(row) === node ? columns.ageMs[row]! : null)),
  }));
  const worstMs = rows.reduce((worst, row) => Math.max(worst, columns.ageMs[row]!), 0);
  return {
    at: rows.map((row) => columns.startNs[row]! / 1e9),
    series,
    stale: rows.length,
    reads: columns.reads,
    worstMs,
  };
}
