import { Campaign } from './Campaign.tsx';
import { Comparison, comparisonLinks } from './Comparison.tsx';
import type { Page } from './data.ts';
import { Frame } from './Frame.tsx';
import { FramedRun } from './FramedRun.tsx';
import { Results } from './Results.tsx';
import type { RunReportProps } from './RunReport.tsx';

type AppProps = Omit<RunReportProps, 'page'> & { readonly page: Page };

/** The page: of a run, of a campaign, or of all results. */
export function App(props: AppProps) {
  const { page } = props;
  if (page.kind === 'campaign') {
    return (
      <Frame title={`campaign ${page.summary.startedAt}`} links={[]}>
        <Campaign summary={page.summary} failures={page.failures} />
      </Frame>
    );
  }
  if (page.kind === 'comparison') {
    return (
      <Frame title="comparison" links={comparisonLinks(page.comparison)}>
        <Comparison comparison={page.comparison} />
      </Frame>
    );
  }
  if (page.kind === 'results') {
    return (
      <Frame title="results" links={[]}>
        <Results entries={page.entries} />
      </Frame>
    );
  }
  return <FramedRun {...props} page={page} />;
}
