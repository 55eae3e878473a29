/**
 * The figures of many runs as one: what figures of a comparison, of two results side by side and of trends are
 * computed from. Whole numbers and histograms alone, so that the same runs give the same sum in any order.
 */
import type { Responses } from '../judging/metrics/availability.ts';
import { Histogram } from '../judging/metrics/histogram.ts';
import type { Figures, Totals } from './figures.ts';

/** Its `sides` are of the runs with faults. */
export interface FigureSum extends Totals {
  /** Runs that have figures. */
  readonly runs: number;
  /** By checker, in the order of their names. */
  readonly models: Readonly<Record<string, ModelSum>>;
  /** Calls of runs without faults. */
  readonly faultless: Responses;
  /** Times from a fault’s end until all nodes answered again: a histogram’s text, and the longest in microseconds. */
  readonly recoveries: { readonly count: number; readonly times: string; readonly longestUs: number };
}

/** In how many runs a model held; windows are of the runs that were decided. */
interface ModelSum {
  readonly held: number;
  readonly violated: number;
  readonly unknown: number;
  readonly windows: number;
  readonly dirty: number;
}

const NO_RESPONSES: Responses = { called: 0, answered: 0, committed: 0 };
const NO_STALENESS = { reads: 0, stale: 0, ages: '', mostVersions: 0 };

/** Of no run: adding it changes nothing. */
export const NO_FIGURES: FigureSum = {
  ...{ runs: 0, models: {}, sides: {}, faultless: NO_RESPONSES, unrecovered: 0, latencyMs: {} },
  recoveries: { count: 0, times: '', longestUs: 0 },
  ...{ answered: 0, messages: 0, bytes: 0 },
};

/** What one run adds. */
export function figureSumOf(run: Figures): FigureSum {
  const { models, sides, recoveriesMs, unrecovered, latencyMs, staleness, writes, answered, messages, bytes } = run;
  const recoveries = new Histogram();
  for (const ms of recoveriesMs) recoveries.add(ms);
  const isFaultless = Object.keys(sides).every((side) => side === 'calm');
  return {
    runs: 1,
    models: mapped(models, ({ type, windows, dirty }) => ({
      held: type === 'valid' ? 1 : 0,
      violated: type === 'invalid' ? 1 : 0,
      unknown: type === 'unknown' ? 1 : 0,
      windows: type === 'unknown' ? 0 : windows,
      dirty: type === 'unknown' ? 0 : dirty,
    })),
    sides: isFaultless ? {} : mapped(sides, (one) => one),
    faultless: isFaultless ? (sides.calm ?? NO_RESPONSES) : NO_RESPONSES,
    recoveries: {
      count: recoveriesMs.length,
      times: String(recoveries),
      longestUs: recoveriesMs.reduce((longest, ms) => Math.max(longest, Math.round(ms * 1000)), 0),
    },
    unrecovered,
    latencyMs: mapped(latencyMs, (text) => text),
    ...(staleness ? { staleness } : {}),
    ...(writes ? { writes } : {}),
    ...{ answered, messages, bytes },
  };
}

/** The figures of all runs of both. */
export function addFigures(a: FigureSum, b: FigureSum): FigureSum {
  const staleness = either(a.staleness, b.staleness, NO_STALENESS, (one, other) => ({
    reads: one.reads + other.reads,
    stale: one.stale + other.stale,
    ages: addTexts(one.ages, other.ages),
    mostVersions: Math.max(one.mostVersions, other.mostVersions),
  }));
  const writes = either(a.writes, b.writes, { acknowledged: 0, lost: 0 }, (one, other) => ({
    acknowledged: one.acknowledged + other.acknowledged,
    lost: one.lost + other.lost,
  }));
  return {
    runs: a.runs + b.runs,
    models: joined(a.models, b.models, addModels),
    sides: joined(a.sides, b.sides, addResponses),
    faultless: addResponses(a.faultless, b.faultless),
    recoveries: {
      count: a.recoveries.count + b.recoveries.count,
      times: addTexts(a.recoveries.times, b.recoveries.times),
      longestUs: Math.max(a.recoveries.longestUs, b.recoveries.longestUs),
    },
    unrecovered: a.unrecovered + b.unrecovered,
    latencyMs: joined(a.latencyMs, b.latencyMs, addTexts),
    ...(staleness ? { staleness } : {}),
    ...(writes ? { writes } : {}),
    answered: a.answered + b.answered,
    messages: a.messages + b.messages,
    bytes: a.bytes + b.bytes,
  };
}

/** Adds up the figures of many runs, with its histograms open: as texts they would be read and written for each run. */
export class AddingFigures {
  private bare: FigureSum | undefined;
  private readonly recoveries = new Histogram();
  private readonly ages = new Histogram();
  private readonly latencies = new Map<string, Histogram>();

  add(sum: FigureSum): void {
    const { recoveries, latencyMs, staleness } = sum;
    const bare = withTexts(sum, { times: '', ages: '', latencyOf: () => '' });
    this.bare = this.bare ? addFigures(this.bare, bare) : bare;
    this.recoveries.addAll(recoveries.times);
    this.ages.addAll(staleness?.ages ?? '');
    for (const [name, text] of Object.entries(latencyMs)) {
      const own = this.latencies.get(name) ?? new Histogram();
      this.latencies.set(name, own.addAll(text ?? ''));
    }
  }

  /** Nothing where nothing was added. */
  get total(): FigureSum | undefined {
    const { bare, recoveries, ages, latencies } = this;
    const texts = {
      times: String(recoveries),
      ages: String(ages),
      latencyOf: (name: string) => String(latencies.get(name)),
    };
    return bare && withTexts(bare, texts);
  }
}

interface Texts {
  readonly times: string;
  readonly ages: string;
  latencyOf(name: string): string;
}

/** The same figures with other histograms. */
function withTexts(sum: FigureSum, { times, ages, latencyOf }: Texts): FigureSum {
  const { staleness } = sum;
  return {
    ...sum,
    recoveries: { ...sum.recoveries, times },
    latencyMs: Object.fromEntries(Object.keys(sum.latencyMs).map((name) => [name, latencyOf(name)])),
    ...(staleness ? { staleness: { ...staleness, ages } } : {}),
  };
}

function addModels(a: ModelSum, b: ModelSum): ModelSum {
  return {
    held: a.held + b.held,
    violated: a.violated + b.violated,
    unknown: a.unknown + b.unknown,
    windows: a.windows + b.windows,
    dirty: a.dirty + b.dirty,
  };
}

function addResponses(a: Responses, b: Responses): Responses {
  return { called: a.called + b.called, answered: a.answered + b.answered, committed: a.committed + b.committed };
}

/** Two histograms' texts as one. */
function addTexts(a: string, b: string): string {
  if (a === '' || b === '') return a || b;
  return String(new Histogram().addAll(a).addAll(b));
}

function either<T>(a: T | undefined, b: T | undefined, none: T, add: (a: T, b: T) => T): T | undefined {
  return a === undefined && b === undefined ? undefined : add(a ?? none, b ?? none);
}

/** The values of both, added where both have one, in the order of their names. */
export function joined<T>(
  a: Readonly<Partial<Record<string, T>>>,
  b: Readonly<Partial<Record<string, T>>>,
  add: (a: T, b: T) => T,
): Record<string, T> {
  const names = Object.keys({ ...a, ...b }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const [one, other] = [a[name], b[name]];
      return [name, one === undefined ? other! : other === undefined ? one : add(one, other)];
    }),
  );
}

/** The values changed, in the order of their names. */
function mapped<T, U>(values: Readonly<Partial<Record<string, T>>>, change: (value: T) => U): Record<string, U> {
  const names = Object.keys(values).sort();
  return Object.fromEntries(names.map((name) => [name, change(values[name]!)]));
}
