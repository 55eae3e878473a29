/** One run, in whichever cluster, from what a user asks for to a verdict. */
import { clusterKinds } from '../clusters/cluster-kinds.ts';
import type { Run } from '../judging/result.ts';
import type { Prepared, RunOptions } from '../setting/prepared.ts';
import { prepare, type Wanted } from '../setting/setting.ts';

/**
 * Runs what is asked for and judges it. Rejects with `BadInput` where that cannot be, and with
 * `HarnessFailure` where the run says nothing of the system; a verdict, whichever, resolves.
 */
export async function run(wanted: Wanted, options: RunOptions = {}): Promise<Run> {
  return runPrepared(await prepare(wanted), options);
}

/** The same, of what has been prepared. */
export function runPrepared(prepared: Prepared, options: RunOptions = {}): Promise<Run> {
  return clusterKinds[prepared.setting.cluster].run(prepared, options);
}
