import type { Api } from 'elle-ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import { drawFaults } from '../faults/draw.ts';
import type { Fault } from '../faults/fault.ts';
import type { Setting } from '../judging/result.ts';
import { drawsFrom } from './random.ts';

/**
 * Everything that will be done in a run. Both clusters execute plans and nothing else; a counterexample is a small plan.
 * Times are absolute and ids stable: removing one entry moves nothing else. A busy client queues its next call.
 */
export interface Plan<A extends Api = Api> {
  readonly calls: readonly PlannedCall<A>[];
  readonly faults: readonly Fault[];
  readonly links: Links;
}

/**
 * A message's delay is a hash of seed and identity. On `calm` links every delay is the least there is; `odd` fixes the fate of single
 * messages instead: for an identity, the delays in ms of its copies, none where it is lost. What is sent from some moment on may be dealt `afresh`,
 * by another seed alone: so one asks what else could have come of the same beginning.
 */
export interface Links {
  readonly seed: number;
  readonly calm: boolean;
  readonly odd: Readonly<Record<string, readonly number[]>>;
  readonly afresh?: { readonly fromMs: number; readonly seed: number };
}

/** Draws the plan that the setting's seed stands for, or hands out the one that it brings along. Pure. */
export function plan(setting: Setting, workload: Workload): Plan {
  if (setting.plan) return setting.plan;
  const draw = drawsFrom(setting.seed);
  const { nodes, callTimeoutMs, cluster } = setting;
  const { durationMs } = setting.options;
  const shortestMs = durationMs * (cluster === 'processes' ? 0.35 : 0.02);
  return {
    calls: workload.calls(draw, setting.options),
    faults: drawFaults(draw, setting.faults, { nodes, callTimeoutMs, durationMs, shortestMs }),
    links: { seed: setting.seed, calm: false, odd: {} },
  };
}

/** Above so many planned calls the journal of messages would be larger than all the rest. */
const JOURNALLED_CALLS = 100_000;

/** Whether every message of a run of this plan is kept. */
export function isJournalled({ calls }: Plan): boolean {
  return calls.length < JOURNALLED_CALLS;
}
