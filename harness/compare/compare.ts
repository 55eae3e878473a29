/** Runs a comparison: a campaign of which only the figures are kept, and then once more, whole, the few runs that prove what it shows. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type CampaignOptions, type RunTask, runCampaign } from '../campaign/campaign.ts';
import type { CellRun } from '../campaign/cells.ts';
import { makeRun } from '../campaign/make.ts';
import { type Matrix, type Planned, plannedRuns } from '../campaign/matrix.ts';
import type { Summary } from '../campaign/summary.ts';
import { Threads } from '../pool/threads.ts';
import { systemFrom, systemSource } from '../setting/sources.ts';
import { type Comparison, comparisonOf, type Described } from './comparison.ts';
import { worthKeeping } from './witnesses.ts';

export interface Compared {
  readonly summary: Summary;
  readonly comparison: Comparison;
  readonly folder: string;
  readonly unmade: number;
}

/** Rejects with `BadInput` before anything starts where the matrix or its folder cannot be. With processes every run is kept: none can be made again. */
export async function runComparison(matrix: Matrix, options: CampaignOptions): Promise<Compared> {
  const again = matrix.cluster === 'simulation';
  const done = await runCampaign(matrix, { ...options, figuresOnly: again });
  const { summary, folder, unmade } = done;
  const kept = again ? await keepWitnesses(matrix, summary, folder, options) : summary.runs.map(({ id }) => id);
  const described = new Map<string, Described>();
  for (const system of matrix.systems) described.set(system, await systemFrom(systemSource(system)));
  return { summary, folder, unmade, comparison: comparisonOf(summary, described, new Set(kept)) };
}

/** Makes the runs that are worth it again; answers the ids of those that are there now. */
async function keepWitnesses(
  matrix: Matrix,
  summary: Summary,
  folder: string,
  { worker, onRun, parallel = availableParallelism(), onProgress }: CampaignOptions,
): Promise<readonly string[]> {
  const planned = new Map((await plannedRuns(matrix)).map((one) => [one.id, one]));
  const queue = worthKeeping(summary).map(({ id }) => planned.get(id)!);
  const of = queue.length;
  const kept: string[] = [];
  const threads = worker ? new Threads<RunTask, CellRun>(worker, 'campaign') : undefined;
  const make = (one: Planned, path: string) =>
    threads ? threads.run({ planned: one, path }) : makeRun(one, path, onRun);
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      // Where one cannot be made again, its figures stand without it.
      const made = await make(next, join(folder, next.id)).catch(() => undefined);
      if (!made || made.run.verdict === 'error') continue;
      kept.push(made.run.id);
      onProgress?.(kept.length, of, made.run);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads ? parallel : 1 }, lane));
  } finally {
    await threads?.close();
  }
  return kept;
}
