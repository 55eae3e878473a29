import type { CampaignFolder, Entry, FinishedRun } from './data.ts';
import { folderOf } from './folder.ts';

/** The campaigns, those in progress too: how many runs have ended how, and the first anomaly. */
export function Campaigns({ entries }: { readonly entries: readonly Entry[] }) {
  const campaigns = entries.filter((entry): entry is Entry & CampaignFolder => entry.kind === 'campaign');
  if (campaigns.length === 0) return null;
  return (
    <section aria-labelledby="campaigns-title">
      <h2 id="campaigns-title">Campaigns</h2>
      <ul class="plain" aria-live="polite">
        {campaigns.map((campaign) => (
          <li key={campaign.path}>
            {campaign.hasIndex ? (
              <a href={`${folderOf(campaign.path)}/index.html`}>
                <bdi>{campaign.path}</bdi>
              </a>
            ) : (
              <bdi>{campaign.path}</bdi>
            )}
            {campaign.ended ? '' : ' is going on'}:{' '}
            {(campaign.made ?? 0) < (campaign.planned ?? 0) && (
              <b class="share">
                {campaign.made} of {campaign.planned} planned runs were made;{' '}
              </b>
            )}
            {campaign.isComparison ? (
              `a comparison, with ${within(campaign, entries).length} runs that prove what it shows`
            ) : (
              <Standing within={within(campaign, entries)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function within(campaign: Entry, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => entry.path.startsWith(`${campaign.path}/`));
}

function Standing({ within }: { readonly within: readonly Entry[] }) {
  const runs = within.filter((entry): entry is Entry & FinishedRun => entry.kind === 'run');
  const count = (verdict: string) => runs.filter((run) => run.verdict === verdict).length;
  const running = within.filter((entry) => entry.kind === 'running').length;
  const first = runs.filter((run) => run.verdict === 'invalid').sort((a, b) => a.changedMs - b.changedMs)[0];
  return (
    <>
      {runs.length} runs, {count('valid')} held, {count('invalid')} refuted, {count('unknown')} unknown
      {running > 0 && `, ${running} running`}
      {first && (
        <>
          ; first refuted by{' '}
          {first.hasReport ? (
            <a href={`${folderOf(first.path)}/report.html#anomalies`}>
              <bdi>{first.anomalies[0]}</bdi>
            </a>
          ) : (
            <bdi>{first.anomalies[0]}</bdi>
          )}{' '}
          in <bdi>{first.system}</bdi>
        </>
      )}
    </>
  );
}
