/** splitbrain for programs: run systems under faults from a test suite of your own, and assert on the verdicts. */
import type { Plan } from './plan.ts';
import { prepare, type Wanted } from './setting.ts';

export type { Api, History, Operation, Verdict } from 'elle-ts';
export type { Disk, Node, NodeId } from '../systems/node.ts';
export { Refused } from '../systems/node.ts';
export type { Claim, FaultKind, Replica, System } from '../systems/system.ts';
export { type Campaigned, type CampaignOptions, runCampaign as campaign } from './campaign/campaign.ts';
export { parseMatrix } from './campaign/file.ts';
export type { Matrix } from './campaign/matrix.ts';
export type { Summary } from './campaign/summary.ts';
export { BadInput, HarnessFailure } from './failure.ts';
export type { Fault } from './faults/fault.ts';
export type { Plan } from './plan.ts';
export type { Journalled, Result, Setting } from './result.ts';
export { type Run, type RunOptions, run } from './run.ts';
export type { Wanted } from './setting.ts';

/** The plan that a run of this would execute: change it, and give it to `run` as `plan`. Rejects with `BadInput`. */
export async function plan(wanted: Wanted): Promise<Plan> {
  return (await prepare(wanted)).plan;
}
