/**
 * What one run adds to a cell's figures: its metrics in a form
 * that adds up over seeds, and the first proof against each model.
 */
import type { Verdict } from 'elle-ts';
import type { Responses, Side } from '../judging/metrics/availability.ts';
import { Histogram } from '../judging/metrics/histogram.ts';
import type { Metrics } from '../judging/metrics/metrics.ts';
import type { Result } from '../judging/result.ts';

/** What of a run's figures adds up to the same of many. */
export interface Totals {
  /** Calls while faults lasted, by side, and while none did. */
  readonly sides: Readonly<Partial<Record<Side | 'calm', Responses>>>;
  readonly unrecovered: number;
  /** By function: a histogram's text. */
  readonly latencyMs: Readonly<Record<string, string>>;
  readonly staleness?: {
    readonly reads: number;
    readonly stale: number;
    /** A histogram's text, in ms. */
    readonly ages: string;
    readonly mostVersions: number;
  };
  readonly writes?: { readonly acknowledged: number; readonly lost: number };
  readonly answered: number;
  readonly messages: number;
  readonly bytes: number;
}

export interface Figures extends Totals {
  /** By checker: a model, or a property such as convergence. */
  readonly models: Readonly<Record<string, ModelFigure>>;
  /** For each fault after which all nodes answered again, how long that took. */
  readonly recoveriesMs: readonly number[];
}

export interface ModelFigure {
  readonly type: Verdict['type'];
  readonly windows: number;
  readonly dirty: number;
  /** Why it is unknown, or the first anomaly of an invalid one. */
  readonly reason?: string;
  readonly anomaly?: {
    readonly name: string;
    readonly message: string;
    readonly steps: readonly string[];
    readonly size: number;
  };
}

/** Of a proof's argument so many steps are kept, and so much of each: the whole is in the run's report. */
const STEPS = 8;
const LONGEST = 300;

export function figuresOf(result: Result, metrics: Metrics): Figures {
  const { availability, staleness, writes } = metrics;
  const sides: Partial<Record<Side | 'calm', Responses>> = {};
  if (availability.calm.called > 0) sides.calm = availability.calm;
  for (const { side, called, answered, committed } of availability.faults.flatMap((fault) => fault.sides)) {
    const sum = sides[side] ?? { called: 0, answered: 0, committed: 0 };
    sides[side] = {
      called: sum.called + called,
      answered: sum.answered + answered,
      committed: sum.committed + committed,
    };
  }
  const undisturbed = availability.faults.filter(({ overlapped }) => !overlapped);
  const recoveries = undisturbed.map(({ recoveryMs }) => recoveryMs);
  return {
    models: modelsOf(result.checkers, metrics),
    sides,
    recoveriesMs: recoveries.filter((ms) => ms !== undefined),
    unrecovered: recoveries.filter((ms) => ms === undefined).length,
    latencyMs: byFunction(metrics),
    ...(staleness
      ? {
          staleness: {
            ...{ reads: staleness.reads, stale: staleness.stale, ages: staleness.ages },
            mostVersions: staleness.versions.max,
          },
        }
      : {}),
    ...(writes ? { writes: { acknowledged: writes.acknowledged, lost: writes.lost } } : {}),
    answered: metrics.traffic.answered,
    messages: result.traffic.messages,
    bytes: result.traffic.bytes,
  };
}

function modelsOf(checkers: Result['checkers'], { consistency }: Metrics): Record<string, ModelFigure> {
  return Object.fromEntries(
    Object.entries(checkers).map(([name, verdict]) => {
      const { windows = 0, dirty = [] } = consistency[name] ?? {};
      return [name, { type: verdict.type, windows, dirty: dirty.length, ...proofOf(verdict) }];
    }),
  );
}

function proofOf(verdict: Verdict): Pick<ModelFigure, 'reason' | 'anomaly'> {
  if (verdict.type === 'valid') return {};
  if (verdict.type === 'unknown') return { reason: verdict.reason };
  const { name, message, steps, operations } = verdict.anomalies[0];
  const kept = steps.slice(0, STEPS).map((step) => step.slice(0, LONGEST));
  return { anomaly: { name, message: message.slice(0, LONGEST), steps: kept, size: operations.length } };
}

function byFunction({ latencyMs }: Metrics): Record<string, string> {
  const sums = new Map<string, Histogram>();
  for (const { f, histogram } of latencyMs) sums.set(f, (sums.get(f) ?? new Histogram()).addAll(histogram));
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([f, sum]) => [f, String(sum)]));
}
