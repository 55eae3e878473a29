import { faultText } from '../../harness/faults/meanings.ts';
import type { Measured } from './data.ts';
import type { Run } from './run.ts';
import { Scrollable } from './Scrollable.tsx';
import { TableHead } from './TableHead.tsx';
import { durationText } from './time.ts';

/** Of a long run the first windows; verdict.json has them all. */
const WINDOWS = 30;

/**
 * What verdict.json measured, as tables: what was answered during each
 * fault, latency and health by node, and how long each model held.
 */
export function MeasuredTables({ run, metrics }: { readonly run: Run; readonly metrics: Measured }) {
  return (
    <>
      <details class="figures-of-run">
        <summary>Answered during each fault</summary>
        <Availability run={run} metrics={metrics} />
      </details>
      <details class="figures-of-run">
        <summary>Latency and health by node</summary>
        <Latency metrics={metrics} />
        <Health metrics={metrics} />
      </details>
      <details class="figures-of-run">
        <summary>When each model held</summary>
        <Held metrics={metrics} />
      </details>
    </>
  );
}

function Availability({ run, metrics }: { readonly run: Run; readonly metrics: Measured }) {
  const { calm, faults } = metrics.availability;
  const rows = faults.flatMap(({ fault, kind, fromMs, toMs, sides, recoveryMs }) => {
    const injected = run.page.faults.find((one) => one.fault.id === fault);
    const when = `${durationText(fromMs * 1e6)} to ${durationText(toMs * 1e6)}`;
    return sides.map((side, place) => [
      place === 0 ? (injected ? faultText(injected) : kind) : '',
      place === 0 ? when : '',
      `${side.side}: ${side.nodes.join(' ')}`,
      shareText(side.answered, side),
      shareText(side.committed, side),
      place === 0 ? (recoveryMs === undefined ? 'not in time' : durationText(recoveryMs * 1e6)) : '',
    ]);
  });
  return (
    <Table
      caption="Calls that were answered, and those of them that succeeded, by the side of the fault on which their node was"
      head={['fault', 'when', 'side', 'answered', 'succeeded', 'recovered after']}
      rows={[...rows, ['no fault', '', 'all', shareText(calm.answered, calm), shareText(calm.committed, calm), '']]}
    />
  );
}

/** So many of the calls; results of earlier versions do not tell how many succeeded. */
function shareText(count: number | undefined, { called }: { readonly called: number }): string {
  if (count === undefined) return '';
  return called === 0 ? 'nothing was asked' : `${count} of ${called} (${Math.round((count / called) * 100)}%)`;
}

function Latency({ metrics }: { readonly metrics: Measured }) {
  const rows = metrics.latencyMs.map(({ node, f, count, p50, p95, p99, max }) => {
    return [node, f, count.toLocaleString('en'), ...[p50, p95, p99, max].map((ms) => durationText(ms * 1e6))];
  });
  const head = ['node', 'function', 'answered', 'median', '95%', '99%', 'longest'];
  return <Table caption="Latency of what was answered" head={head} rows={rows} />;
}

function Health({ metrics }: { readonly metrics: Measured }) {
  const most = Math.max(0, ...metrics.health.map(({ called }) => called.length));
  const windows = Array.from({ length: Math.min(WINDOWS, most) }, (_, i) => i);
  const rows = metrics.health.map(({ node, called, answered }) => {
    return [node, ...windows.map((at) => (called[at] ? `${answered[at]} of ${called[at]}` : '–'))];
  });
  const head = ['node', ...windows.map((at) => `${durationText(at * metrics.windowMs * 1e6)} on`)];
  return <Table caption="Calls answered by node and stretch of time" head={head} rows={rows} />;
}

function Held({ metrics }: { readonly metrics: Measured }) {
  const rows = Object.entries(metrics.consistency).map(([model, { windows, dirty }]) => {
    const dirtyText = dirty.slice(0, WINDOWS).map((at) => durationText(at * metrics.windowMs * 1e6));
    return [model, `${windows - dirty.length} of ${windows}`, dirtyText.join(', ') || 'never'];
  });
  const stretch = durationText(metrics.windowMs * 1e6);
  const head = ['model', 'clean stretches', 'anomalies in those that begin at'];
  return <Table caption={`Stretches of ${stretch} without an anomaly`} head={head} rows={rows} />;
}

function Table(props: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}) {
  return (
    <Scrollable class="wide" label={props.caption}>
      <table class="measured">
        <caption>{props.caption}</caption>
        <TableHead names={props.head} />
        <tbody>
          {props.rows.map((row, place) => (
            <tr key={`${place}`}>
              {row.map((text, column) => (
                <td key={props.head[column]}>
                  <bdi>{text}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
