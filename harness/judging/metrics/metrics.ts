/**
 * What is measured of every run besides its verdict. Pure: in the simulation the same to the byte for the same setting.
 */
import { type Distribution, type Staleness, staleness, type Verdict } from 'elle-ts';
import type { NodeId } from '../../../systems/node.ts';
import type { Traffic } from '../../clusters/cluster.ts';
import type { InjectedFault } from '../../running/nemesis.ts';
import type { Recorded } from '../responses.ts';
import {
  calmSeen,
  type FaultSeen,
  faultsSeen,
  type Recoveries,
  type Responses,
  recoveriesByKind,
} from './availability.ts';
import { type Clean, cleanWindows } from './consistency.ts';
import { Histogram } from './histogram.ts';
import { type Health, health, type Latency, latencies, WINDOW_MS, windowsOf } from './latency.ts';
import { type Losses, losses } from './losses.ts';

/** The metrics of a run, as verdict.json has them. `splitbrain list metrics` says how each is computed. */
export interface Metrics {
  readonly windowMs: number;
  readonly latencyMs: readonly Latency[];
  readonly health: readonly Health[];
  /** By checker: a model, or a property such as convergence. */
  readonly consistency: Readonly<Record<string, Clean>>;
  readonly availability: {
    readonly calm: Responses;
    readonly faults: readonly FaultSeen[];
    /** By the kind of the fault. */
    readonly recoveries: Readonly<Record<string, Recoveries>>;
  };
  /** Of registers alone: for other datatypes it is not defined. */
  readonly staleness?: {
    readonly reads: number;
    /** Reads that were superseded for certain, and those that a checker proves stale by other means. */
    readonly stale: number;
    readonly ageMs: Distribution;
    readonly versions: Distribution;
    /** `bucket:count` of all ages, so that those of several runs can be added: see histogram.ts. */
    readonly ages: string;
  };
  readonly writes?: Losses & { readonly lostPerMillion: number };
  readonly traffic: {
    /** Calls that were answered, the final ones included. */
    readonly answered: number;
    readonly messagesPerOperation?: number;
    readonly bytesPerOperation?: number;
  };
}

/** The parts of a run's result that its metrics are computed from, beside the history. */
interface Judged {
  readonly checkers: Readonly<Record<string, Verdict>>;
  readonly faults: readonly InjectedFault[];
  readonly traffic: Traffic;
}

/** Measures a run that has been judged. O(n log n) in its operations, and linear in operations times faults. */
export function metricsOf(result: Judged, recorded: Recorded, nodes: readonly NodeId[]): Metrics {
  const { history } = recorded;
  const windows = windowsOf(history);
  const stale = staleness(history);
  const lost = losses(history);
  const latencyMs = latencies(recorded);
  const faults = faultsSeen(recorded, result.faults, nodes);
  return {
    windowMs: WINDOW_MS,
    latencyMs,
    health: health(recorded, nodes, windows),
    consistency: cleanWindows(result.checkers, history, windows, stale),
    availability: {
      calm: calmSeen(recorded, result.faults),
      faults,
      recoveries: recoveriesByKind(faults),
    },
    ...(stale
      ? {
          staleness: {
            ...{ reads: stale.reads, stale: staleReads(stale, result.checkers), versions: stale.versions },
            ageMs: inMs(stale.ageNs),
            ages: String(agesOf(stale.agesNs)),
          },
        }
      : {}),
    ...(lost
      ? {
          writes: {
            ...lost,
            lostPerMillion: lost.acknowledged === 0 ? 0 : Math.round((lost.lost / lost.acknowledged) * 1e6),
          },
        }
      : {}),
    traffic: trafficOf(
      result,
      latencyMs.reduce((sum, { count }) => sum + count, 0),
    ),
  };
}

/** How many reads are stale: as measured, or as an anomaly says whose last operation is such a read. */
function staleReads(measured: Staleness, checkers: Judged['checkers']): number {
  const reads = new Set(measured.starts);
  const stale = new Set([...measured.starts].filter((_, i) => measured.versionCounts[i]! > 0));
  for (const verdict of Object.values(checkers)) {
    if (verdict.type !== 'invalid') continue;
    for (const { name, operations } of verdict.anomalies) {
      const last = operations.findLast((start) => reads.has(start));
      if (name === 'stale-read' && last !== undefined) stale.add(last);
    }
  }
  return stale.size;
}

function trafficOf({ traffic }: Judged, answered: number): Metrics['traffic'] {
  if (answered === 0) return { answered };
  const per = (total: number) => Math.round((total / answered) * 100) / 100;
  return { answered, messagesPerOperation: per(traffic.messages), bytesPerOperation: per(traffic.bytes) };
}

function agesOf(agesNs: Float64Array): Histogram {
  const histogram = new Histogram();
  for (const ns of agesNs) histogram.add(ns / 1e6);
  return histogram;
}

function inMs({ p50, p99, max }: Distribution): Distribution {
  const ms = (ns: number) => Math.round(ns / 1e3) / 1e3;
  return { p50: ms(p50), p99: ms(p99), max: ms(max) };
}
