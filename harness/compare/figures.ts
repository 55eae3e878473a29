/**
 * The figures of a comparison. Each is one function from the sum of a cell's runs to a value: asked of a single
 * run it gives that run's share of the figure, which is how a figure is traced to the run that gave it.
 */
import type { FigureSum } from '../campaign/figure-sum.ts';
import { counted } from '../campaign/gate.ts';
import type { Responses, Side } from '../judging/metrics/availability.ts';
import { type Interval, wilson } from '../judging/metrics/consistency.ts';
import { Histogram } from '../judging/metrics/histogram.ts';

/** A figure's value; `low` and `high` are its 95% interval, `note` what else there is to say of it. */
export interface Value {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly note?: string;
}

export interface Figure {
  readonly key: string;
  readonly name: string;
  readonly unit: 'share' | 'ms' | 'versions' | 'per million' | 'messages' | 'bytes';
  /** Which way is better: more where it is higher, less where it is lower. */
  readonly better: 'higher' | 'lower';
  readonly says: string;
  /** Nothing where it is not defined for the datatype, or nothing was there to be measured. */
  of(sum: FigureSum): Value | undefined;
}

const EVERYWHERE = ['majority', 'minority', 'hit', 'others'] as const;

export const FIGURES: readonly Figure[] = [
  available(
    'available',
    'answered under faults',
    EVERYWHERE,
    'answered calls among those that began while a fault lasted, at any node; where no fault is, among all. What tells of a conflict, an abort or a lock that is held is an answer',
  ),
  available(
    'committed',
    'succeeded under faults',
    EVERYWHERE,
    'the same, of calls that succeeded: without those that were told of a conflict or were aborted',
    'committed',
  ),
  available(
    'available-healthy',
    'answered, majority side or not hit',
    ['majority', 'others'],
    'the same, at nodes that with those they can talk to both ways are more than half, or that the fault did not hit',
  ),
  available(
    'available-hit',
    'answered, minority side or hit',
    ['minority', 'hit'],
    'the same, at nodes on a minority side of a partition, or that the fault hit (a bad link hits all)',
  ),
  {
    ...{ key: 'recovery', name: 'slowest recovery', unit: 'ms', better: 'lower' },
    says: 'the longest time from the end of a fault until every node had answered a call made after that; at most, as nodes are asked only as often as clients call',
    of({ recoveries: { count, times, longestUs }, unrecovered: never }) {
      if (count === 0) return undefined;
      const median = new Histogram().addAll(times).quantile(0.5)!;
      const note = `median ${rounded(median)} ms of ${counted(count, 'fault')}${never > 0 ? `; after ${never} some node never answered again` : ''}`;
      return { value: rounded(longestUs / 1000), note };
    },
  },
  latency('p50', 0.5),
  latency('p99', 0.99),
  {
    ...{ key: 'stale', name: 'stale reads', unit: 'share', better: 'lower' },
    says: 'reads that returned a value which a write that had returned before certainly superseded, among all reads that returned',
    of: ({ staleness }) => share(staleness?.stale, staleness?.reads),
  },
  {
    ...{ key: 'stale-ms', name: 'staleness p99', unit: 'ms', better: 'lower' },
    says: 'age of what reads returned: from the first return of a certainly newer write to the beginning of the read, 0 where nothing proves it stale; 99 of 100 reads are no staler',
    of: ({ staleness }) => quantile(staleness?.ages, 0.99),
  },
  {
    ...{ key: 'stale-versions', name: 'most versions behind', unit: 'versions', better: 'lower' },
    says: 'writes that were certainly newer than what a read returned and had returned before it began: the most of any read',
    of: ({ staleness }) => staleness && { value: staleness.mostVersions },
  },
  {
    ...{ key: 'lost', name: 'lost writes', unit: 'per million', better: 'lower' },
    says: 'acknowledged writes of which it is certain that every later read missed them, per million acknowledged',
    of({ writes }) {
      if (!writes?.acknowledged) return undefined;
      const { acknowledged, lost } = writes;
      return { value: Math.round((lost / acknowledged) * 1e6), note: `${lost} of ${acknowledged}` };
    },
  },
  perOperation('messages', 'messages per operation'),
  perOperation('bytes', 'bytes per operation'),
];

/** How consistent the runs were by one model: in how many it held, and the share of clean windows over all of them. */
export interface Consistency {
  readonly held: number;
  readonly violated: number;
  readonly unknown: number;
  readonly ratio?: Interval;
}

export function consistencyOf({ models }: FigureSum, model: string): Consistency | undefined {
  const own = models[model];
  if (!own) return undefined;
  const { held, violated, unknown, windows, dirty } = own;
  return { held, violated, unknown, ...(windows > 0 ? { ratio: wilson(windows - dirty, windows) } : {}) };
}

function available(
  key: string,
  name: string,
  sides: readonly Side[],
  says: string,
  counted: 'answered' | 'committed' = 'answered',
): Figure {
  return {
    ...{ key, name, says, unit: 'share', better: 'higher' },
    of({ sides: own, faultless }) {
      // A run without faults is all calm.
      const all = [...sides.flatMap((side) => own[side] ?? []), ...(sides === EVERYWHERE ? [faultless] : [])];
      const sum = (of: (counts: Responses) => number) => all.reduce((total, counts) => total + of(counts), 0);
      return share(
        sum((counts) => counts[counted]),
        sum(({ called }) => called),
      );
    },
  };
}

function latency(name: string, part: number): Figure {
  return {
    ...{ key: `latency-${name}`, name: `latency ${name}`, unit: 'ms', better: 'lower' },
    says: `from invocation to completion: ${part * 100} of 100 answered calls took no longer; too large by less than 0.8%`,
    of({ latencyMs }) {
      const all = quantile(Object.values(latencyMs).join(' '), part);
      const note = Object.entries(latencyMs)
        .map(([f, times]) => `${f} ${quantile(times, part)?.value ?? '-'} ms`)
        .join(', ');
      return all && { ...all, note };
    },
  };
}

function perOperation(what: 'messages' | 'bytes', name: string): Figure {
  return {
    ...{ key: what, name, unit: what, better: 'lower' },
    says: `${what === 'bytes' ? 'bytes of the bodies, as JSON, of' : ''} messages between nodes, background and final phase included, per answered call`.trim(),
    of({ answered, [what]: total }) {
      return answered > 0 ? { value: Math.round((total / answered) * 100) / 100 } : undefined;
    },
  };
}

function quantile(times: string | undefined, part: number): Value | undefined {
  const value = times ? new Histogram().addAll(times).quantile(part) : undefined;
  return value === undefined ? undefined : { value: rounded(value) };
}

/** A share with its interval; nothing of nothing. */
function share(some: number | undefined, all: number | undefined): Value | undefined {
  return some === undefined || !all ? undefined : { ...wilson(some, all), note: `${some} of ${all}` };
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(4));
}
