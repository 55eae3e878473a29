import type { Api, Call } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import type { PlannedCall, Workload, WorkloadOptions } from '../../workloads/workload.ts';
import type { ClusterName } from '../clusters/names.ts';
import type { TopologyName } from '../clusters/programs/topology.ts';
import type { Latency, Links } from '../faults/fate.ts';
import type { Fault } from '../faults/fault.ts';
import type { NamedFault } from '../faults/meaning.ts';
import { needOf, type RhythmWanted, rhythmFor } from '../faults/rhythm.ts';
import { drawSchedule } from '../faults/schedule.ts';
import { drawsFrom } from './random.ts';

/**
 * Everything that determines a run, beside its plan, which is
 * drawn from it or given (replay); every flag of `run` is here.
 */
export interface Setting {
  readonly system: string;
  readonly workload: string;
  readonly cluster: ClusterName;
  readonly seed: number;
  readonly nodes: readonly NodeId[];
  readonly options: WorkloadOptions;
  /** Names of faults or of mixes, as `--faults` takes them. */
  readonly faults: readonly string[];
  /** How the faults follow each other, as far as it was said. */
  readonly rhythm?: RhythmWanted;
  readonly callTimeoutMs: number;
  readonly fsync?: boolean;
  /** Which executables a database is started with, by name: paths, or `npm:VERSION`. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What can cut a database's links in this run, in place of what it takes by itself. */
  readonly network?: 'proxies' | 'namespaces';
  /** What a database's disks are made of where power fails, in place of what is usual here. */
  readonly disk?: 'loop' | 'fuse';
  /** What the system is held to in this run, in place of its own claims. */
  readonly claims?: readonly Claim[];
  /** What only programs are run with. */
  readonly maelstrom?: ProgramSetting;
}

/** How a run of programs differs from others. */
export interface ProgramSetting {
  /** Who is whose neighbour; a grid where absent. */
  readonly topology?: TopologyName;
  /** How many changes a request to seq-kv may lag behind. */
  readonly seqLag?: number;
  /** A program that ends by itself is a node that crashed, and starts again. */
  readonly exitsAreCrashes?: true;
  /** How long messages between nodes take. */
  readonly latency?: Latency;
}

/**
 * Everything that will be done in a run. Both clusters execute plans and nothing else; a counterexample is a small
 * plan. Times are absolute and ids stable: removing one entry moves nothing else. A busy client queues its next call.
 */
export interface Plan<A extends Api = Api> {
  readonly calls: readonly PlannedCall<A>[];
  readonly faults: readonly Fault[];
  readonly links: Links;
  /**
   * What every node is asked after heal, in this order. Where absent it is what the workload asks about these calls, so
   * that leaving out a call may change what is read in the end.
   */
  readonly final?: readonly Call<A>[];
  /** Names of faults that were asked for and have no place in it, for want of time. */
  readonly leftOut?: readonly string[];
}

/** What a plan is drawn with beside its setting. */
interface Drawing {
  /** The names of the faults to draw, where not all that the setting names can be made. */
  readonly names?: readonly string[];
  /** Faults of the setting that modules of the user's own draw, or that are drawn in another way. */
  readonly own?: Readonly<Record<string, NamedFault>>;
  /** What the system promises: of the time in which faults last, most leaves it what it needs for that. */
  readonly claims?: readonly Claim[];
}

/** Draws the plan that the setting's seed stands for. Pure. */
export function plan(setting: Setting, workload: Workload, { own = {}, claims = [], ...drawing }: Drawing = {}): Plan {
  const draw = drawsFrom(setting.seed);
  const { nodes, callTimeoutMs, seed } = setting;
  const { names = setting.faults } = drawing;
  const { durationMs } = setting.options;
  const rhythm = rhythmFor(setting.rhythm ?? {}, { durationMs, callTimeoutMs, cluster: setting.cluster });
  const scene = { nodes, callTimeoutMs, durationMs, shortestMs: rhythm.forMs[0] };
  const calls = workload.calls(draw, setting.options);
  const final = askedAtLast(calls, workload);
  const { faults, leftOut } = drawSchedule({ draw, seed, names, scene, rhythm, need: needOf(claims), own });
  const latency = setting.maelstrom?.latency;
  const links = { seed, calm: false, odd: {}, ...(latency ? { latency } : {}) };
  return { calls, faults, links, final, ...(leftOut.length > 0 ? { leftOut } : {}) };
}

/** What every node is asked after heal: what the plan says, or else what its workload asks about its calls. */
export function finalCalls({ calls, final }: Plan, workload: Workload): readonly Call<Api>[] {
  return final ?? askedAtLast(calls, workload);
}

/** What the workload asks about these calls after heal. */
export function askedAtLast(calls: readonly PlannedCall[], workload: Workload): readonly Call<Api>[] {
  return workload.final(keysOf(calls), calls);
}

/** The keys of these calls, each once, in order. */
export function keysOf(calls: readonly PlannedCall[]): readonly string[] {
  return [...new Set(calls.flatMap(({ key }) => (key === undefined ? [] : [key])))].sort();
}

/** Above so many planned calls the journal of messages would be larger than all the rest. */
const JOURNALLED_CALLS = 100_000;

/** Whether every message of a run of this plan is kept. */
export function isJournalled({ calls }: Plan): boolean {
  return calls.length < JOURNALLED_CALLS;
}
