/**
 * Consistency in degrees: the clean-window ratio. Time is cut into windows of a second; a window is clean
 * for a model where no counterexample of that model reaches into it, from its first invocation to its
 * last completion. Comparable between systems and models, and it cannot rise with a stronger model:
 * a counterexample of a weaker model is one of every stronger one, as the models' lattice has it.
 *
 * Checkers tell minimal counterexamples, though not all there may be; for linearizability every read that is
 * certainly stale is one too. So the ratio is an upper bound, and exact where it is 1 and the verdict is valid.
 */
import {
  type Anomaly,
  type Columns,
  type History,
  impliedModels,
  lattice,
  type Staleness,
  type Verdict,
} from 'elle-ts';
import { WINDOW_MS } from './latency.ts';

/** What one model has to say of a run. */
export interface Clean {
  readonly verdict: Verdict['type'];
  readonly windows: number;
  /** The windows that are not clean, by their place in time; all unknown where the verdict is. */
  readonly dirty: readonly number[];
  /** The share of clean windows with its 95% confidence interval; absent where the verdict is unknown. */
  readonly ratio?: Interval;
}

/** A share and the interval that holds its true value in 95 of 100 cases. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** E. B. Wilson's score interval: "Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927. */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return { value: 0, low: 0, high: 1 };
  const z = 1.959964;
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const middle = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return {
    value: rounded(share),
    low: rounded(successes === 0 ? 0 : middle - half),
    high: rounded(successes === trials ? 1 : middle + half),
  };
}

function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

export function cleanWindows(
  checkers: Readonly<Record<string, Verdict>>,
  history: History,
  windows: number,
  stale: Staleness | undefined,
): Readonly<Record<string, Clean>> {
  const dirty = new Map<string, Set<number>>();
  for (const [name, verdict] of Object.entries(checkers)) {
    const found = verdict.type === 'invalid' ? verdict.anomalies : [];
    dirty.set(name, new Set(found.flatMap((anomaly) => windowsOfAnomaly(anomaly, history.columns, windows))));
  }
  const linearizable = dirty.get('linearizable');
  if (linearizable && stale) for (const window of windowsOfStaleReads(stale, history.columns)) linearizable.add(window);
  const all: Record<string, Clean> = {};
  for (const [name, { type }] of Object.entries(checkers)) {
    if (type === 'unknown') {
      all[name] = { verdict: type, windows, dirty: [] };
      continue;
    }
    const own = new Set(dirty.get(name));
    for (const weaker of weakerThan(name)) for (const window of dirty.get(weaker) ?? []) own.add(window);
    const sorted = [...own].filter((window) => window < windows).sort((a, b) => a - b);
    all[name] = { verdict: type, windows, dirty: sorted, ratio: wilson(windows - sorted.length, windows) };
  }
  return all;
}

function weakerThan(model: string): readonly string[] {
  return Object.hasOwn(lattice.implies, model) ? impliedModels([model], lattice) : [];
}

/**
 * From the first invocation among its operations to the last completion;
 * the moment it names; or everywhere, where it names neither.
 */
function windowsOfAnomaly({ operations, at }: Anomaly, columns: Columns, windows: number): number[] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const start of operations) {
    const row = rowOf(columns, start);
    if (row < 0) continue;
    const end = columns.endNs[row]!;
    from = Math.min(from, columns.startNs[row]!);
    to = Math.max(to, Number.isFinite(end) ? end : columns.startNs[row]!);
  }
  if (from > to && at) return [Math.min(windows - 1, Math.floor(at.ms / WINDOW_MS))];
  if (from > to) return Array.from({ length: windows }, (_, window) => window);
  return span(from, to);
}

/**
 * A read that is certainly stale contradicts the write that
 * superseded its value: from that write's return to the read's.
 */
function windowsOfStaleReads(stale: Staleness, columns: Columns): number[] {
  const found = new Set<number>();
  stale.starts.forEach((start, i) => {
    if (stale.versionCounts[i] === 0) return;
    const row = rowOf(columns, start);
    for (const window of span(columns.startNs[row]! - stale.agesNs[i]!, columns.endNs[row]!)) found.add(window);
  });
  return [...found];
}

function span(fromNs: number, toNs: number): number[] {
  const first = Math.floor(fromNs / (WINDOW_MS * 1e6));
  const last = Math.floor(toNs / (WINDOW_MS * 1e6));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The row of the operation of this name, or -1: rows are in the order of their starts. */
function rowOf({ start, length }: Columns, name: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[middle]! < name) low = middle + 1;
    else high = middle;
  }
  return low < length && start[low] === name ? low : -1;
}
