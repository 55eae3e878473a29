import { useEffect, useState } from 'preact/hooks';
import type { PageLink, RunPage } from './data.ts';
import { Facts } from './Facts.tsx';
import { Messages } from './Messages.tsx';
import { Performance } from './Performance.tsx';
import { follow, openRun, type Run } from './run.ts';
import { Logs, Setting } from './Setting.tsx';
import { Software } from './Software.tsx';
import { Stories } from './Stories.tsx';
import { Timeline } from './Timeline.tsx';
import { unpackMessages, unpackOperations } from './unpack.ts';
import { Verdicts } from './Verdicts.tsx';

export interface RunReportProps {
  readonly page: RunPage;
  readonly links: readonly PageLink[];
  /** Packed, as base64. */
  readonly operations: string;
  readonly messages: string;
}

/** All that is told of one run, or of a history from elsewhere. */
export function RunReport(props: RunReportProps) {
  const { page } = props;
  const [run, setRun] = useState<Run>();
  const [broken, setBroken] = useState('');
  // Where a claim is refuted the anomaly comes first: that is what somebody opens the report for.
  const refuted = page.verdict === 'invalid' && page.anomalies.length > 0 && broken === '';
  useEffect(() => {
    unpacked(props, setRun).catch((error) => setBroken(String(error)));
  }, []);
  return (
    <>
      <Elsewhere links={props.links} />
      <Facts page={page} />
      {!refuted && <Verdicts page={page} />}
      {broken && (
        <p class="broken" role="alert">
          The operations in this file cannot be read: {broken}
        </p>
      )}
      {run ? (
        <Parts run={run} refuted={refuted} />
      ) : (
        <p aria-live="polite">Unpacking {page.operations.toLocaleString('en')} operations…</p>
      )}
      <Software page={page} />
      {!page.isHistory && <Setting page={page} />}
      <Logs page={page} />
    </>
  );
}

/** The way back to the campaign, and on to the next failure. */
function Elsewhere({ links }: { readonly links: readonly PageLink[] }) {
  if (links.length === 0) return null;
  return (
    <nav class="elsewhere" aria-label="Beside this report">
      {links.map(({ href, name }) => (
        <a key={href} href={href}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function Parts({ run, refuted }: { readonly run: Run; readonly refuted: boolean }) {
  useEffect(() => {
    if (location.hash) follow(run, location.hash);
    const change = () => follow(run, location.hash);
    const again = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link?.hash && link.hash === location.hash) follow(run, link.hash);
    };
    addEventListener('hashchange', change);
    document.addEventListener('click', again);
    document.documentElement.dataset.ready = 'yes';
    return () => {
      removeEventListener('hashchange', change);
      document.removeEventListener('click', again);
    };
  }, [run]);
  return (
    <>
      <Stories run={run} />
      {refuted && <Verdicts page={run.page} />}
      <Timeline run={run} />
      <Performance run={run} />
      <Messages run={run} />
    </>
  );
}

async function unpacked(props: RunReportProps, setRun: (run: Run) => void): Promise<void> {
  const ops = await unpackOperations(props.operations);
  const run = openRun(props.page, ops);
  setRun(run);
  const messages = await unpackMessages(props.messages);
  run.messages.set(messages);
}

/** The parts that the report of this run has. */
export function linksOf(page: RunPage): [href: string, name: string][] {
  return [
    ...(page.anomalies.length > 0 ? [['#anomalies', 'Anomalies'] as [string, string]] : []),
    ['#timeline', 'Timeline'],
    ['#performance', 'Performance'],
    ...(page.messages > 0 ? [['#messages', 'Messages'] as [string, string]] : []),
    ...(page.software ? [['#software', 'Nodes'] as [string, string]] : []),
    ...(page.isHistory ? [] : [['#setting', 'Setting'] as [string, string]]),
    ...(page.logs.length > 0 ? [['#logs', 'Logs'] as [string, string]] : []),
  ];
}
