import type { Anomaly, History, Verdict } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import type { Journalled, Starved, Traffic } from '../clusters/cluster.ts';
import type { Watched } from '../clusters/databases/watching.ts';
import type { Complaint } from '../clusters/programs/complaints.ts';
import type { Thrown } from '../node/thrown.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import type { Plan, Setting } from '../setting/plan.ts';
import type { Evidence } from './evidence.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Tally } from './tally.ts';

/** What came of a run: verdict, claims, evidence and measures. */
export interface Result {
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  /** One sentence: why the verdict is what it is. */
  readonly says: string;
  readonly claims: readonly { readonly claim: Claim; readonly verdict: Verdict }[];
  readonly checkers: Readonly<Record<string, Verdict>>;
  /**
   * Where the history stands among all models, for workloads that say of which type it is: the
   * strongest that hold, what keeps the next ones from holding, and those that nobody could decide.
   */
  readonly placement?: {
    readonly strongest: readonly string[];
    readonly anomalies: readonly Anomaly[];
    readonly unknown: readonly string[];
  };
  readonly evidence: readonly Evidence[];
  /** The counts behind the evidence; those of several runs add up. */
  readonly tally: Tally;
  readonly faults: readonly InjectedFault[];
  readonly healedMs: number;
  /**
   * From heal until every node had answered, without what was starved.
   * Absent where there was no fault to recover from, or some node never did.
   */
  readonly recoveryMs?: number;
  /**
   * For how many ms the machine kept the harness and each node,
   * since it started last, from running. Absent where time is virtual.
   */
  readonly starvedMs?: Starved;
  /** Errors that the system's code threw, beside refusals and what it left open on purpose. */
  readonly thrown?: readonly Thrown[];
  /** How often the run of a program was made in virtual time, each time the same. */
  readonly repeated?: number;
  /** What a program did that its protocol does not have. */
  readonly protocol?: readonly Complaint[];
  readonly traffic: Traffic;
  /** Of real software: the versions of its programs, as they tell them. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Of real software: what operators did, and ends of processes that a fault explains, with the time in ms. */
  readonly notes?: readonly { readonly atMs: number; readonly says: string }[];
  /** Of real software: who led, what passed its links and how long its logs were, look by look. */
  readonly watched?: Watched;
  /** Measured of every run that is kept; a search of thousands goes without. */
  readonly metrics?: Metrics;
}

/** What was run, and what came of it. */
export interface RunRecord {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly result: Result;
}

/**
 * What a run leaves. `trace` is a hash of all messages and their times, in the simulation: equal traces are equal runs.
 */
export interface Run extends RunRecord {
  readonly history: History;
  /** The planned call's id of every row of the history; those of final calls are above all that a plan draws. */
  readonly calls: readonly number[];
  readonly messages: readonly Journalled[];
  readonly logs: ReadonlyMap<NodeId, readonly string[]>;
  readonly trace: number;
  /** The shapes that nodes' states were seen to have; empty where nobody looked. */
  readonly shapes: ReadonlySet<number>;
}
