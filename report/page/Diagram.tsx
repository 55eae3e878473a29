import type { Message } from './data.ts';
import { livesOf, type Stretch } from './fault-text.ts';
import { share } from './share.ts';
import type { Story } from './story.ts';

/** The height of a node's line. */
export const NODE = 30;

/** Messages between the nodes as slanted lines; a lost one ends in a cross. */
export function Diagram(props: {
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
