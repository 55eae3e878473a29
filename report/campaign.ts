import type { Summary } from '../harness/campaign/summary.ts';
import type { CampaignPage } from './page/data.ts';
import { filled } from './template.ts';

/** The index of a campaign as one HTML file: systems by faults, with links to each run's report. */
export function campaignIndex(summary: Summary): string {
  const page: CampaignPage = { kind: 'campaign', summary };
  return filled(page, undefined, undefined);
}
