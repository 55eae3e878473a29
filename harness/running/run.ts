/** One run, in whichever cluster, from what a user asks for to a verdict. */

import { isProgram } from '../../systems/system.ts';
import { clusterKinds } from '../clusters/cluster-kinds.ts';
import { differenceBetween } from '../explore/leak.ts';
import { HarnessFailure } from '../failure.ts';
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
export async function runPrepared(prepared: Prepared, options: RunOptions = {}): Promise<Run> {
  const { setting, system } = prepared;
  const kind = clusterKinds[setting.cluster];
  const done = await kind.run(prepared, options);
  if (!isProgram(system) || setting.cluster !== 'simulation') return done;
  // Of somebody else's program only a second run tells whether virtual time has hold of all that it does.
  const difference = differenceBetween(done, await kind.run(prepared, {}));
  if (difference === undefined) return { ...done, result: { ...done.result, repeated: 2 } };
  throw new HarnessFailure(`${system.name} ran differently the second time: ${difference}`);
}
