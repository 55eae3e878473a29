import { counted } from '../../harness/campaign/gate.ts';
import { faultText } from '../../harness/faults/meanings.ts';
import type { Message } from './data.ts';
import { livesOf, type Stretch } from './fault-text.ts';
import type { Run } from './run.ts';
import type { Story } from './story.ts';
import { durationText, momentText } from './time.ts';

const ROW = 30;
const NODE = 30;

/**
 * The operations of an anomaly as intervals, one a line, the faults behind them, and below the
 * messages that they caused. In a cycle the operations in `names` are called T1, T2 and so on.
 */
export function Intervals(props: { readonly run: Run; readonly story: Story; readonly names: readonly number[] }) {
  const { run, story, names } = props;
  const behind = story.messages;
  const nodes = run.page.setting.nodes.filter((node) => behind.some(({ from, to }) => from === node || to === node));
  const top = story.rows.length > 0 ? story.rows.length * ROW + 14 : 0;
  const height = story.rows.length * ROW + (nodes.length > 0 ? nodes.length * NODE + 14 : 0);
  return (
    <figure class="intervals">
      <div class="names">
        {story.rows.map((row) => (
          <Name key={row} run={run} row={row} place={names.indexOf(run.ops.columns.start[row]!)} />
        ))}
        {nodes.length > 0 && story.rows.length > 0 && <div class="gap" />}
        {nodes.map((node) => (
          <div class="node" key={node}>
            <bdi>{node}</bdi>
          </div>
        ))}
      </div>
      <svg class="bars" height={height} width="100%" role="img" aria-label={spoken(run, story)}>
        <title>{`What led to this anomaly from ${momentText(story.drawnFromNs, 1e6)}`}</title>
        <Bands story={story} height={height} />
        {story.rows.map((row, place) => (
          <Bar key={row} run={run} story={story} row={row} y={place * ROW} />
        ))}
        {story.momentNs !== undefined && (
          <line
            class="moment"
            x1={share(story.scale(story.momentNs))}
            x2={share(story.scale(story.momentNs))}
            y1="0"
            y2={height}
          >
            <title>Violated here</title>
          </line>
        )}
        {nodes.length > 0 && <Diagram story={story} nodes={nodes} messages={behind} top={top} />}
      </svg>
      <figcaption>
        {/* A history without times has but an order. */}
        {story.toNs - story.drawnFromNs >= 1000
          ? `${momentText(story.drawnFromNs, 1e6)} - ${momentText(story.toNs, 1e6)}, gaps compressed.`
          : 'In their order, without times.'}
        {story.momentNs !== undefined && ' The upright line is where it was violated.'}
        {story.leftOut > 0 && ` Not drawn: ${counted(story.leftOut, 'more operation')}.`}
      </figcaption>
    </figure>
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
      <bdi class="what">{label.slice(0, 200)}</bdi>
    </div>
  );
}

function spoken(run: Run, story: Story): string {
  const { ops } = run;
  const parts = story.rows.map((row) => {
    const { startNs, endNs } = ops.columns;
    return `${ops.label(row).slice(0, 80)} from ${momentText(startNs[row]!, 1e5)}, took ${durationText(endNs[row]! - startNs[row]!)}`;
  });
  return `Intervals: ${parts.join('; ')}`;
}

function Bands({ story, height }: { readonly story: Story; readonly height: number }) {
  return (
    <>
      {story.faults.map((injected) => {
        const { fault, fromMs, toMs } = injected;
        const from = story.scale(fromMs * 1e6);
        const width = story.scale(toMs * 1e6) - from;
        return (
          <rect key={fault.id} class="band" x={share(from)} width={share(width)} y="0" height={height}>
            <title>{faultText(injected)}</title>
          </rect>
        );
      })}
    </>
  );
}

function Bar({
  run,
  story,
  row,
  y,
}: {
  readonly run: Run;
  readonly story: Story;
  readonly row: number;
  readonly y: number;
}) {
  const { ops } = run;
  const from = story.scale(ops.columns.startNs[row]!);
  const to = story.scale(ops.endNs(row));
  const open = ops.outcome(row) === 'info';
  return (
    <g class={`bar ${ops.outcome(row)}`}>
      <line class="guide" x1="0" x2="100%" y1={y + ROW / 2} y2={y + ROW / 2} />
      {open && <line class="tail" x1={share(to)} x2="100%" y1={y + ROW / 2} y2={y + ROW / 2} />}
      <rect x={share(from)} width={share(Math.max(to - from, 0.004))} y={y + 6} height={ROW - 12} rx="3" />
    </g>
  );
}

/** Messages between the nodes as slanted lines; a lost one ends in a cross. */
function Diagram(props: {
  readonly story: Story;
  readonly nodes: readonly string[];
  readonly messages: readonly Message[];
  readonly top: number;
}) {
  const { story, nodes, messages, top } = props;
  const y = (node: string) => top + (nodes.indexOf(node) + 0.5) * NODE;
  const lives = livesOf(story.faults, nodes);
  return (
    <g class="diagram">
      {nodes.map((node) => (
        <Life key={node} story={story} lives={lives.get(node) ?? []} y={y(node)} />
      ))}
      {messages.map((message) => {
        const from = story.scale(message.sentMs * 1e6);
        const says = `${message.from} → ${message.to} ${message.kind} ${message.body ?? ''}`.slice(0, 300);
        if (message.arrivedMs.length === 0) {
          const yEnd = y(message.from) + (y(message.to) - y(message.from)) * 0.45;
          return (
            <g key={message.id} class="lost">
              <title>{`${says} (lost)`}</title>
              <line x1={share(from)} x2={share(from + 0.012)} y1={y(message.from)} y2={yEnd} />
              <text x={share(from + 0.012)} y={yEnd + 4} text-anchor="middle">
                ×
              </text>
            </g>
          );
        }
        return message.arrivedMs.map((ms) => (
          <g key={`${message.id} ${ms}`}>
            <title>{says}</title>
            <line x1={share(from)} x2={share(story.scale(ms * 1e6))} y1={y(message.from)} y2={y(message.to)} />
            <circle cx={share(story.scale(ms * 1e6))} cy={y(message.to)} r="2.5" />
          </g>
        ));
      })}
    </g>
  );
}

/** A node's line: thick and coloured where it was down or paused. */
function Life({ story, lives, y }: { readonly story: Story; readonly lives: readonly Stretch[]; readonly y: number }) {
  const stopped = lives.filter(({ what }) => what === 'down' || what === 'paused');
  return (
    <g>
      <line class="life" x1="0" x2="100%" y1={y} y2={y} />
      {stopped.map(({ fault, what, text, fromMs, toMs }) => (
        <line
          key={fault}
          class={`life ${what}`}
          x1={share(story.scale(fromMs * 1e6))}
          x2={share(story.scale(toMs * 1e6))}
          y1={y}
          y2={y}
        >
          <title>{text}</title>
        </line>
      ))}
    </g>
  );
}

function share(of: number): string {
  return `${(of * 100).toFixed(3)}%`;
}
