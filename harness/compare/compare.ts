/**
 * Runs a comparison: a campaign of which only the figures are kept,
 * and then once more, whole, the few runs that prove what it shows.
 */
import { join } from 'node:path';
import { runCampaign } from '../campaign/campaign.ts';
import type { CampaignOptions } from '../campaign/campaign-options.ts';
import { labelsOf } from '../campaign/labels.ts';
import { type Matrix, type Plan, planOf } from '../campaign/matrix.ts';
import { poolFor } from '../campaign/run-pool.ts';
import type { CellRun } from '../campaign/sum.ts';
import type { Summary, SummaryRun } from '../campaign/summary.ts';
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
  const all: { readonly place: number; readonly run: SummaryRun }[] = [];
  const onMade = ({ run }: CellRun, place: number) => all.push({ place, run });
  const done = await runCampaign(matrix, { ...options, keep: again ? 'none' : 'all', onMade });
  const { folder, unmade, unwritten = [] } = done;
  const plan = await planOf(matrix);
  const sorted = all.sort((a, b) => a.place - b.place);
  // A comparison traces each figure to its run, and so names all runs.
  const summary = {
    ...done.summary,
    runs: sorted.map(({ place, run }) => (again ? run : { ...run, folder: plan.at(place).folder })),
  };
  const kept = again
    ? await keepWitnesses(matrix, plan, sorted, summary, folder, options)
    : summary.runs.map(({ id }) => id);
  const described = new Map<string, Described>();
  for (const [says, system] of labelsOf(matrix.systems)) described.set(system, await systemFrom(sourceOf(says)));
  return { summary, folder, unmade, unwritten, comparison: comparisonOf(summary, described, new Set(kept)) };
}

/** Makes the runs that are worth it again; returns the ids of those that are there now. */
async function keepWitnesses(
  matrix: Matrix,
  plan: Plan,
  all: readonly { readonly place: number; readonly run: SummaryRun }[],
  summary: Summary,
  folder: string,
  options: CampaignOptions,
): Promise<readonly string[]> {
  const places = new Map(all.map(({ place, run }) => [run.id, place]));
  const worth = worthKeeping(summary).map(({ id }) => plan.at(places.get(id)!));
  const kept: string[] = [];
  const pool = await poolFor(matrix, options);
  await useUp(pool, worth.values(), async (one) => {
    // Where one cannot be made again, its figures stand without it.
    const made = await pool.make({ planned: one, path: join(folder, one.folder) }).catch(() => undefined);
    if (!made || made.run.verdict === 'error') return;
    kept.push(made.run.id);
    options.onProgress?.({ done: kept.length, of: worth.length, last: made.run });
  });
  return kept;
}
