import type { Told } from './data.ts';
import type { Run } from './run.ts';

/** A cycle of transactions, and why each must come before the next. */
interface RingData {
  readonly nodes: readonly { readonly start: number; readonly label: string }[];
  /** Why node `i` comes before node `i + 1`, in two words and as the step that says it. */
  readonly edges: readonly { readonly reason: string; readonly says: string }[];
}

const MOST = 12;

/**
 * The ring of an anomaly that is a cycle of transactions: its operations in their order, and a step for each edge. None where the anomaly is of
 * another kind.
 */
export function ringOf(run: Run, told: Told): RingData | undefined {
  const { operations, steps } = told;
  if (operations.length < 2 || operations.length > MOST || steps.length < operations.length) return undefined;
  if (!/cycle/.test(told.message) && steps.length !== operations.length) return undefined;
  const rows = operations.map((start) => run.ops.row(start));
  if (rows.some((row) => row < 0 || run.ops.f(row) !== 'txn')) return undefined;
  return {
    nodes: rows.map((row, place) => ({ start: operations[place]!, label: run.ops.label(row) })),
    edges: operations.map((_, place) => ({ reason: reasonOf(steps[place]!), says: steps[place]! })),
  };
}

/** The kinds of edges by the words that their steps use, in the letters of the field. */
const REASONS: readonly (readonly [words: RegExp, reason: string])[] = [
  [/had ended when/, 'ended before'],
  [/^[^:]*: process .* made .* and then/, 'same process'],
  [/, without |which \S+ overwrote/, 'rw: overlooked'],
  [/, of which |, which \S+ wrote/, 'wr: was read'],
  [/ after \S+ (?:wrote|appended)/, 'ww: overwritten'],
  // Both read one version and both wrote the next: each overlooks the other's.
  [/ as the other did, and then wrote it/, 'rw: overlooked'],
];

function reasonOf(step: string): string {
  return REASONS.find(([words]) => words.test(step))?.[1] ?? '';
}

const WIDTH = 460;
const HEIGHT = 300;
const RADIUS = 96;
const NODE = 25;

/** The ring as a drawing, with the reason on every edge. */
export function Ring({ ring }: { readonly ring: RingData }) {
  const count = ring.nodes.length;
  const at = (place: number, radius = RADIUS) => {
    const angle = (place / count) * 2 * Math.PI - Math.PI / 2;
    return { x: WIDTH / 2 + radius * Math.cos(angle), y: HEIGHT / 2 + radius * Math.sin(angle) };
  };
  // What the circles of two neighbours take of the arc between them, as a share of it, with some air.
  const gap = ((NODE + 5) / RADIUS / (2 * Math.PI)) * count;
  return (
    <figure class="ring">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spoken(ring)}>
        <title>A cycle of transactions</title>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 L8 4 L0 8 z" />
          </marker>
        </defs>
        {ring.edges.map((edge, place) => {
          const [a, b] = [at(place + gap), at(place + 1 - gap)];
          const label = at(place + 0.5, RADIUS + 14);
          const side = label.x > WIDTH / 2 + 8 ? 'start' : label.x < WIDTH / 2 - 8 ? 'end' : 'middle';
          return (
            <g key={`${place}`}>
              <title>{edge.says}</title>
              <path d={`M${a.x} ${a.y} A${RADIUS} ${RADIUS} 0 0 1 ${b.x} ${b.y}`} marker-end="url(#arrow)" />
              <text class="reason" x={label.x} y={label.y + 4} text-anchor={side}>
                {edge.reason}
              </text>
            </g>
          );
        })}
        {ring.nodes.map((node, place) => {
          const { x, y } = at(place);
          return (
            <a key={node.start} href={`#op-${node.start}`} aria-label={`T${place + 1}, operation ${node.start}`}>
              <title>{node.label.slice(0, 300)}</title>
              <circle cx={x} cy={y} r={NODE} />
              <text x={x} y={y + 5} text-anchor="middle">
                T{place + 1}
              </text>
            </a>
          );
        })}
      </svg>
    </figure>
  );
}

function spoken(ring: RingData): string {
  return `Cycle of ${ring.nodes.length} transactions. ${ring.edges.map((edge) => edge.says).join('. ')}`;
}
