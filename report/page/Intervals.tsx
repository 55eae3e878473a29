import { counted } from '../../harness/campaign/gate.ts';
import { faultText } from '../../harness/faults/meanings.ts';
import { Diagram, NODE } from './Diagram.tsx';
import { type Lease, leaseTexts } from './leases.ts';
import type { Run } from './run.ts';
import { share } from './share.ts';
import type { Story } from './story.ts';
import { durationText, momentText } from './time.ts';

const ROW = 30;
const HEAD = 20;

/**
 * The operations of an anomaly as intervals, one a line, the faults behind them, and the leases that they were
 * granted. In a cycle the operations in `names` are called T1, T2 and so on.
 */
export function Intervals(props: { readonly run: Run; readonly story: Story; readonly names: readonly number[] }) {
  const { run, story, names } = props;
  const head = story.faults.length > 0 ? HEAD : 0;
  const height = head + story.rows.length * ROW;
  const leases = new Map(story.leases.map((lease) => [lease.row, lease]));
  return (
    <figure class="intervals">
      <div class="names">
        {head > 0 && <div class="head" />}
        {story.rows.map((row) => (
          <Name key={row} run={run} row={row} place={names.indexOf(run.ops.columns.start[row]!)} />
        ))}
      </div>
      <svg class="bars" height={height} width="100%" role="img" aria-label={spoken(run, story)}>
        <title>{`What led to this anomaly from ${momentText(story.drawnFromNs, 1e6)}`}</title>
        <Bands story={story} height={height} labelled />
        {story.rows.map((row, place) => (
          <Bar key={row} run={run} story={story} row={row} y={head + place * ROW} lease={leases.get(row)} />
        ))}
        <Moment story={story} height={height} />
      </svg>
      <figcaption>
        <Legend run={run} story={story} />
        <Span story={story} />
        {leaseTexts(story.leases).map((text) => (
          <span key={text}> {text}</span>
        ))}
        {story.leftOut > 0 && ` Not drawn: ${counted(story.leftOut, 'more operation')}.`}
      </figcaption>
    </figure>
  );
}

/** The messages that a story's operations caused, or that came before its moment, on the same scale of time. */
export function Exchange({ run, story }: { readonly run: Run; readonly story: Story }) {
  const { messages } = story;
  const nodes = run.page.setting.nodes.filter((node) => messages.some(({ from, to }) => from === node || to === node));
  const height = nodes.length * NODE;
  if (nodes.length === 0) return null;
  return (
    <figure class="intervals exchange">
      <div class="names">
        {nodes.map((node) => (
          <div class="node" key={node}>
            <bdi>{node}</bdi>
          </div>
        ))}
      </div>
      <svg class="bars" height={height} width="100%" role="img" aria-label={`${counted(messages.length, 'message')}`}>
        <title>{`Messages from ${momentText(story.drawnFromNs, 1e6)}`}</title>
        <Bands story={story} height={height} />
        <Diagram story={story} nodes={nodes} messages={messages} top={0} />
        <Moment story={story} height={height} />
      </svg>
      <figcaption>
        <Span story={story} />
      </figcaption>
    </figure>
  );
}

function Span({ story }: { readonly story: Story }) {
  const span = story.toNs - story.drawnFromNs;
  return (
    <>
      {/* A history without times has but an order. */}
      {span >= 1000
        ? `${momentText(story.drawnFromNs, span)} - ${momentText(story.toNs, span)}, gaps compressed.`
        : 'In their order, without times.'}
      {story.momentNs !== undefined && ' The upright line is where it was violated.'}
    </>
  );
}

const OUTCOMES = { ok: 'returned', fail: 'failed', info: 'no answer' } as const;

/** What the bars mean, drawn as they are: only what occurs. */
function Legend({ run, story }: { readonly run: Run; readonly story: Story }) {
  const outcomes = new Set(story.rows.map((row) => run.ops.outcome(row)));
  return (
    <span class="drawn-legend">
      {(['ok', 'fail', 'info'] as const)
        .filter((outcome) => outcomes.has(outcome))
        .map((outcome) => (
          <span key={outcome}>
            <svg class={outcome} width="18" height="10" aria-hidden="true">
              <rect class="interval" width="18" height="10" rx="2" />
            </svg>{' '}
            {OUTCOMES[outcome]}
          </span>
        ))}
      {story.leases.length > 0 && (
        <span>
          <svg width="20" height="10" aria-hidden="true">
            <rect class="lease-bar" y="3" width="18" height="4" />
            <line class="lease-end" x1="18" x2="18" y1="0" y2="10" />
          </svg>{' '}
          lease, and where it ran out
        </span>
      )}
      {story.faults.length > 0 && (
        <span>
          <svg width="18" height="10" aria-hidden="true">
            <rect class="band" width="18" height="10" />
          </svg>{' '}
          fault
        </span>
      )}
    </span>
  );
}

function Moment({ story, height }: { readonly story: Story; readonly height: number }) {
  if (story.momentNs === undefined) return null;
  const x = share(story.scale(story.momentNs));
  return (
    <line class="moment" x1={x} x2={x} y1="0" y2={height}>
      <title>Violated here</title>
    </line>
  );
}

function Name({ run, row, place }: { readonly run: Run; readonly row: number; readonly place: number }) {
  const { ops } = run;
  const start = ops.columns.start[row]!;
  const label = ops.label(row);
  return (
    <div class="name" title={label.slice(0, 500)}>
      {place >= 0 && <b>T{place + 1} </b>}
      <a href={`#op-${start}`}>#{start}</a>{' '}
      <span class="who">
        p{ops.columns.process[row]} <bdi>{ops.node(row)}</bdi>
      </span>{' '}
      <bdi class="what">{cutInTheMiddle(label)}</bdi>
    </div>
  );
}

/** Long lists differ at their ends, and so do long texts: their middle is what can be left out. */
function cutInTheMiddle(label: string): string {
  const [head, tail] = [22, 16];
  return label.length <= head + tail + 1 ? label : `${label.slice(0, head)}…${label.slice(-tail)}`;
}

function spoken(run: Run, story: Story): string {
  const { ops } = run;
  const parts = story.rows.map((row) => {
    const { startNs, endNs } = ops.columns;
    return `${ops.label(row).slice(0, 80)} from ${momentText(startNs[row]!, 1e5)}, took ${durationText(endNs[row]! - startNs[row]!)}`;
  });
  return `Intervals: ${parts.join('; ')}`;
}

function Bands(props: { readonly story: Story; readonly height: number; readonly labelled?: boolean }) {
  const { story, height, labelled } = props;
  return (
    <>
      {story.faults.map((injected, place) => {
        const { fault, fromMs, toMs } = injected;
        const from = story.scale(fromMs * 1e6);
        const width = story.scale(toMs * 1e6) - from;
        // Of faults that lie on each other the later label is shown where the earlier one's fault has ended.
        const isCovered = story.faults.slice(0, place).some((other) => other.toMs > fromMs);
        return (
          <g key={fault.id}>
            <rect class="band" x={share(from)} width={share(width)} y="0" height={height}>
              <title>{faultText(injected)}</title>
            </rect>
            {labelled && !isCovered && (
              <svg x={share(from)} width={share(width)} height={HEAD}>
                <title>{faultText(injected)}</title>
                <text class="band-label" x="4" y="14">
                  {faultText(injected)}
                </text>
              </svg>
            )}
          </g>
        );
      })}
    </>
  );
}

interface BarProps {
  readonly run: Run;
  readonly story: Story;
  readonly row: number;
  readonly y: number;
  readonly lease: Lease | undefined;
}

function Bar({ run, story, row, y, lease }: BarProps) {
  const { ops } = run;
  const from = story.scale(ops.columns.startNs[row]!);
  const to = story.scale(ops.endNs(row));
  const open = ops.outcome(row) === 'info';
  return (
    <g class={`bar ${ops.outcome(row)}`}>
      <line class="guide" x1="0" x2="100%" y1={y + ROW / 2} y2={y + ROW / 2} />
      {open && <line class="tail" x1={share(to)} x2="100%" y1={y + ROW / 2} y2={y + ROW / 2} />}
      {lease && <LeaseBar story={story} lease={lease} y={y} />}
      <rect
        class="interval"
        x={share(from)}
        width={share(Math.max(to - from, 0.004))}
        y={y + 6}
        height={ROW - 12}
        rx="3"
      />
    </g>
  );
}

/** Thin, below the operation that was granted it; a tick where it ran out. */
function LeaseBar({ story, lease, y }: { readonly story: Story; readonly lease: Lease; readonly y: number }) {
  const [from, to] = [story.scale(lease.fromNs), story.scale(lease.toNs)];
  return (
    <g>
      <title>{`lease of ${durationText(lease.toNs - lease.fromNs)}`}</title>
      <rect class="lease-bar" x={share(from)} width={share(to - from)} y={y + ROW - 5} height="4" />
      {lease.ranOut && lease.toNs <= story.toNs && (
        <line class="lease-end" x1={share(to)} x2={share(to)} y1={y + 4} y2={y + ROW} />
      )}
    </g>
  );
}
