import type { Anomaly, Verdict } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import type { WorkloadOptions } from '../../workloads/workload.ts';
import type { Traffic } from '../clusters/cluster.ts';
import type { ClusterName } from '../clusters/cluster-kinds.ts';
import type { Thrown } from '../node/thrown.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import type { Starved } from '../running/starved.ts';
import type { Plan } from '../setting/plan.ts';
import type { Evidence } from './evidence.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Tally } from './tally.ts';

/** Everything that determines a run; every flag of `run` is here. `plan` is drawn from it, or given (replay). */
export interface Setting {
  readonly system: string;
  readonly workload: string;
  readonly cluster: ClusterName;
  readonly seed: number;
  readonly nodes: readonly NodeId[];
  readonly options: WorkloadOptions;
  /** Names of faults or of mixes, as `--faults` takes them. */
  readonly faults: readonly string[];
  readonly callTimeoutMs: number;
  readonly fsync?: boolean;
  /** What the system is held to in this run, in place of its own claims. */
  readonly claims?: readonly Claim[];
  readonly plan?: Plan;
}

/** What is kept of a run besides its history; all that a report reads. */
export interface Result {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  /** One sentence: why the verdict is what it is. */
  readonly says: string;
  readonly claims: readonly { readonly claim: Claim; readonly verdict: Verdict }[];
  readonly checkers: Readonly<Record<string, Verdict>>;
  /**
   * Where the history stands among all models, for workloads that say of which type it is: the strongest that hold, what keeps the next ones
   * from holding, and those that nobody could decide.
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
  /** From heal until every node had answered, without what was starved. Absent where there was no fault to recover from, or some node never did. */
  readonly recoveryMs?: number;
  /** For how many ms the machine kept the harness and each node, since it started last, from running. Absent where time is virtual. */
  readonly starvedMs?: Starved;
  /** Errors that the system's code threw, beside refusals and what it left open on purpose. */
  readonly thrown?: readonly Thrown[];
  readonly traffic: Traffic;
  /** Measured of every run that is kept; a search of thousands goes without. */
  readonly metrics?: Metrics;
}

/** One message between nodes as it passed the point that all pass: a line of messages.jsonl. */
export interface Journalled {
  readonly id: string;
  /** The identity of what caused it: `op 12`, `timer ...`, or another message's id. */
  readonly cause: string;
  /** The operation that began it all, as `op 12`, or `start of n1` for what a node does by itself. */
  readonly root: string;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: string;
  readonly sentMs: number;
  /** Its fate: how long each copy was to take; none where it was lost on the way. */
  readonly delaysMs: readonly number[];
  /** When each copy arrived: a cut loses what is in flight, and a run may end before. */
  readonly arrivedMs: readonly number[];
  /** What took or changed it: fault ids. */
  readonly faults?: readonly number[];
  readonly body?: unknown;
}
