/**
 * Runs a comparison: a campaign of which only the figures are kept,
 * and then once more, whole, the few runs that prove what it shows.
 */
import { join } from 'node:path';
import { type CampaignOptions, poolFor, runCampaign } from '../campaign/campaign.ts';
import { labelsOf } from '../campaign/labels.ts';
import { type Matrix, plannedRuns } from '../campaign/matrix.ts';
import type { Summary } from '../campaign/summary.ts';
import { useUp } from '../pool/pool.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { type Comparison, comparisonOf, type Described } from './comparison.ts';
import { worthKeeping } from './witnesses.ts';

export interface Compared {
  readonly summary: Summary;
  readonly comparison: Comparison;
  readonly folder: string;
  readonly unmade: number;
  /** What could not be written, in words. */
  readonly unwritten?: readonly string[];
}

/**
 * Rejects with `BadInput` before anything starts where the matrix or its
 * folder cannot be. With processes every run is kept: none can be made again.
 */
export async function runComparison(matrix: Matrix, options: CampaignOptions): Promise<Compared> {
  const again = matrix.cluster === 'simulation';
  const done = await runCampaign(matrix, { ...options, figuresOnly: again });
  const { summary, folder, unmade, unwritten = [] } = done;
  const kept = again ? await keepWitnesses(matrix, summary, folder, options) : summary.runs.map(({ id }) => id);
  const described = new Map<string, Described>();
  for (const [says, system] of labelsOf(matrix.systems)) described.set(system, await systemFrom(sourceOf(says)));
  return { summary, folder, unmade, unwritten, comparison: comparisonOf(summary, described, new Set(kept)) };
}

/** Makes the runs that are worth it again; returns the ids of those that are there now. */
async function keepWitnesses(
  matrix: Matrix,
  summary: Summary,
  folder: string,
  options: CampaignOptions,
): Promise<readonly string[]> {
  const planned = new Map((await plannedRuns(matrix)).map((one) => [one.id, one]));
  const worth = worthKeeping(summary).map(({ id }) => planned.get(id)!);
  const kept: string[] = [];
  const pool = await poolFor(matrix, options);
  await useUp(pool, worth.values(), async (one) => {
    // Where one cannot be made again, its figures stand without it.
    const made = await pool.make({ planned: one, path: join(folder, one.id) }).catch(() => undefined);
    if (!made || made.run.verdict === 'error') return;
    kept.push(made.run.id);
    options.onProgress?.({ done: kept.length, of: worth.length, last: made.run });
  });
  return kept;
}
