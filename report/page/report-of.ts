/** Where the reports of a campaign's runs are. */
import type { SummaryRun } from '../../harness/campaign/summary.ts';

/** A run that failed has none, nor one of which only a line was kept. */
export function hasReport({ verdict, folder }: SummaryRun): boolean {
  return verdict !== 'error' && folder !== '';
}

/**
 * Only a relative link, whatever a summary says: to the campaign's
 * folder, or, of a shard that was merged, to one beside it.
 */
export function reportOf(run: SummaryRun, name = 'report.html'): string {
  const parts = run.folder.split('/');
  const up = parts.findIndex((part) => part !== '..');
  return [...parts.slice(0, Math.max(0, up)), ...parts.slice(up).filter((part) => part !== '..' && part !== '')]
    .map(encodeURIComponent)
    .concat(name)
    .join('/');
}
