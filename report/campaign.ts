import type { Summary, SummaryRun } from '../harness/campaign/summary.ts';
import type { CampaignPage, Failure } from './page/data.ts';
import { filled } from './template.ts';

/** So much of a page may be runs: with its code and its cells it stays below two megabytes. */
const MOST_BYTES = 1_000_000;

/**
 * The index of a campaign as one HTML file: what broke, and systems by faults, with links to each run's report. It has
 * at most a megabyte of runs, those that show something first.
 */
export function campaignIndex(summary: Summary, failures: readonly Failure[] = []): string {
  const shown = { ...summary, figures: [], runs: fitting(summary.runs) };
  const page: CampaignPage = { kind: 'campaign', summary: shown, failures };
  return filled({ page });
}

/** As many runs as fit, in their order. */
function fitting(runs: readonly SummaryRun[]): readonly SummaryRun[] {
  const kept = new Set<SummaryRun>();
  let size = 0;
  const isQuiet = ({ verdict }: SummaryRun) => verdict === 'valid';
  for (const run of [...runs.filter((one) => !isQuiet(one)), ...runs.filter(isQuiet)]) {
    size += JSON.stringify(run).length;
    if (size > MOST_BYTES) break;
    kept.add(run);
  }
  return runs.filter((run) => kept.has(run));
}
