/** One run, in either cluster, from what a user asks for to a verdict. */

import { runProcesses } from '../clusters/processes/run-processes.ts';
import { simulate } from '../clusters/simulation/simulate.ts';
import type { Run } from '../judging/result.ts';
import { isJournalled } from '../setting/plan.ts';
import { type Prepared, prepare, type Wanted } from '../setting/setting.ts';

export interface RunOptions {
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
  /** Where real processes write their logs. */
  readonly logFolder?: string;
  /** Keeps real processes' disks beside their logs. */
  readonly keep?: boolean;
}

/**
 * Runs what is asked for and judges it. Rejects with `BadInput` where that cannot be, and with `HarnessFailure` where the run says nothing of
 * the system; a verdict, whichever, resolves.
 */
export async function run(wanted: Wanted, options: RunOptions = {}): Promise<Run> {
  return runPrepared(await prepare(wanted), options);
}

/** The same, of what has been prepared. */
export function runPrepared(prepared: Prepared, options: RunOptions = {}): Promise<Run> {
  if (prepared.setting.cluster === 'processes') return runProcesses({ ...prepared, ...options });
  const { sink } = options;
  return simulate({ ...prepared, journal: isJournalled(prepared.plan), claimsOnly: false, ...(sink ? { sink } : {}) });
}
