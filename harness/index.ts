/** splitbrain for programs: run systems under faults from a test suite of your own, and assert on the verdicts. */
import { type Campaigned, runCampaign } from './campaign/campaign.ts';
import type { CampaignOptions } from './campaign/campaign-options.ts';
import { type CampaignFile, parseMatrix } from './campaign/file.ts';
import { worstOutcome } from './campaign/gate.ts';
import type { Plan } from './setting/plan.ts';
import { prepare, type Wanted } from './setting/setting.ts';

export type { Api, History, Operation, Verdict } from 'elle-ts';
export type { Disk, Node, NodeId } from '../systems/node.ts';
export { InDoubt, Refused } from '../systems/node.ts';
export {
  type Claim,
  type Design,
  defineSystem,
  type FaultKind,
  type Program,
  type Replica,
  type System,
} from '../systems/system.ts';
export { callTimes, type Slot } from '../workloads/call-times.ts';
export { type KeyedSlot, keyedCalls, keyedSlots, readAll } from '../workloads/keyed-calls.ts';
export { drawKeys } from '../workloads/keys.ts';
export {
  type Draw,
  defineWorkload,
  type HeededOption,
  type PlannedCall,
  type Workload,
  type WorkloadOptions,
} from '../workloads/workload.ts';
export type { Campaigned } from './campaign/campaign.ts';
export type { CampaignOptions } from './campaign/campaign-options.ts';
export type { CampaignFile } from './campaign/file.ts';
export type { Summary } from './campaign/summary.ts';
export type { Journalled } from './clusters/cluster.ts';
export { type Compared, runComparison as compare } from './compare/compare.ts';
export type { Comparison } from './compare/comparison.ts';
export { BadInput, HarnessFailure } from './failure.ts';
export { aimedAtNodes } from './faults/aimed.ts';
export type { FaultEffect, Measured } from './faults/effect.ts';
export type { Fault } from './faults/fault.ts';
export type { AnyFault, Interval, Targets } from './faults/interval.ts';
export type { FaultMeaning, NamedFault, Scene, Side, Sort } from './faults/meaning.ts';
export type { FaultPart, FaultTools, PartsInjector } from './faults/parts.ts';
export type { Metrics } from './judging/metrics/metrics.ts';
export type { Result, Run } from './judging/result.ts';
export { run } from './running/run.ts';
export type { Plan, Setting } from './setting/plan.ts';
export type { RunOptions } from './setting/prepared.ts';
export type { Wanted } from './setting/setting.ts';
export { defineFault, type OwnKind } from './setting/validate-fault.ts';

/** The plan that a run of this would execute: change it, and give it to `run` as `plan`. Rejects with `BadInput`. */
export async function plan(wanted: Wanted): Promise<Plan> {
  return (await prepare(wanted)).plan;
}

/**
 * Runs a campaign into a new folder, as `splitbrain campaign FILE` does: `outcome` is `held` where that would end
 * with exit code 0. Rejects with `BadInput` before anything starts where a key, a name or the folder cannot be.
 */
export async function campaign(
  file: CampaignFile,
  options: Partial<CampaignOptions> = {},
): Promise<Campaigned & { readonly outcome: ReturnType<typeof worstOutcome> }> {
  const done = await runCampaign(parseMatrix(file, 'the campaign'), { command: 'campaign() of a program', ...options });
  return { ...done, outcome: worstOutcome(done.summary.cells) };
}
