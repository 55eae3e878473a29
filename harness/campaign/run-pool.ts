/** Where a campaign's runs are made. */
import { availableParallelism } from 'node:os';
import { isDatabase } from '../../databases/database.ts';
import { here, type Pool } from '../pool/pool.ts';
import { Threads } from '../pool/threads.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import type { CampaignOptions, RunTask } from './campaign-options.ts';
import { makeRun } from './make.ts';
import type { Matrix } from './matrix.ts';
import type { CellRun } from './sum.ts';

/**
 * What makes a campaign's runs: threads for simulated runs where a module for
 * them is named, else this thread, where runs with processes mostly wait.
 */
export async function poolFor(
  { cluster, systems }: Pick<Matrix, 'cluster' | 'systems'>,
  options: Pick<CampaignOptions, 'worker' | 'onRun' | 'parallel'>,
): Promise<Pool<RunTask, CellRun>> {
  const { worker, onRun, parallel } = options;
  const cores = availableParallelism();
  if (cluster === 'simulation' && worker)
    return new Threads({ url: worker, name: 'campaign', width: parallel ?? cores });
  // Two clusters of real software at a time would starve each other.
  const isAlone = cluster === 'simulation' || (await Promise.all(systems.map(isReal))).includes(true);
  const width = isAlone ? 1 : (parallel ?? 2 * cores);
  return here(width, ({ planned, path }) => makeRun(planned, path, onRun));
}

async function isReal(says: string): Promise<boolean> {
  return isDatabase(await systemFrom(sourceOf(says)));
}
