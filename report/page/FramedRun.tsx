import { Frame } from './Frame.tsx';
import { linksOf, RunReport, type RunReportProps } from './RunReport.tsx';

/** The page of one run, or of a history from elsewhere. */
export function FramedRun(props: RunReportProps) {
  return (
    <Frame title={props.page.setting.system} links={linksOf(props.page)}>
      <RunReport {...props} />
    </Frame>
  );
}
