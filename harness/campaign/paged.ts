/** Some of a campaign's runs at a time, however many there are. */
import { bytesOfRuns, partsIn } from './journal.ts';
import type { SummaryRun } from './summary.ts';

export type Verdict = SummaryRun['verdict'];

export interface PageOfRuns {
  readonly runs: readonly SummaryRun[];
  /** How many runs there are: of this verdict, where one was asked for. */
  readonly total: number;
}

/**
 * Up to `count` runs from number `from` on, counted from 0, in the order in which they were made; of one verdict, or
 * all. Reads every piece's sum, and of the runs only the pieces that the page is of: no more than a few thousand.
 * Throws `BadInput` where the journal is damaged. A folder without one has no runs.
 */
export function pageOfRuns(folder: string, from: number, count: number, verdict?: Verdict): PageOfRuns {
  const runs: SummaryRun[] = [];
  let total = 0;
  for (const { sum, at } of partsIn(folder)) {
    const own = verdict ? sum.verdicts[verdict] : sum.runs;
    const skipped = Math.max(0, from - total);
    total += own;
    if (skipped >= own || runs.length >= count) continue;
    const fitting = runsAt(folder, at).filter((run) => verdict === undefined || run.verdict === verdict);
    runs.push(...fitting.slice(skipped, skipped + count - runs.length));
  }
  return { runs, total };
}

function runsAt(folder: string, at: readonly [from: number, to: number]): readonly SummaryRun[] {
  const lines = bytesOfRuns(folder, at).toString('utf8').split('\n');
  return lines.flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { readonly run: SummaryRun }).run]));
}
