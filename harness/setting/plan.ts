import type { Api } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import type { PlannedCall, Workload, WorkloadOptions } from '../../workloads/workload.ts';
import type { ClusterName } from '../clusters/names.ts';
import { drawFaults } from '../faults/draw.ts';
import type { Links } from '../faults/fate.ts';
import type { Fault } from '../faults/fault.ts';
import type { NamedFault } from '../faults/meaning.ts';
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
  readonly callTimeoutMs: number;
  readonly fsync?: boolean;
  /** What the system is held to in this run, in place of its own claims. */
  readonly claims?: readonly Claim[];
}

/**
 * Everything that will be done in a run. Both clusters execute plans and nothing else; a counterexample is a small
 * plan. Times are absolute and ids stable: removing one entry moves nothing else. A busy client queues its next call.
 */
export interface Plan<A extends Api = Api> {
  readonly calls: readonly PlannedCall<A>[];
  readonly faults: readonly Fault[];
  readonly links: Links;
}

/** Draws the plan that the setting's seed stands for. Pure. */
export function plan(setting: Setting, workload: Workload, own: Readonly<Record<string, NamedFault>> = {}): Plan {
  const draw = drawsFrom(setting.seed);
  const { nodes, callTimeoutMs, cluster } = setting;
  const { durationMs } = setting.options;
  const shortestMs = durationMs * (cluster === 'processes' ? 0.35 : 0.02);
  return {
    calls: workload.calls(draw, setting.options),
    faults: drawFaults(draw, setting.faults, { nodes, callTimeoutMs, durationMs, shortestMs }, own),
    links: { seed: setting.seed, calm: false, odd: {} },
  };
}

/** Above so many planned calls the journal of messages would be larger than all the rest. */
const JOURNALLED_CALLS = 100_000;

/** Whether every message of a run of this plan is kept. */
export function isJournalled({ calls }: Plan): boolean {
  return calls.length < JOURNALLED_CALLS;
}
