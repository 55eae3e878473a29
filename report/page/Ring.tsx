import type { Told } from './data.ts';
import type { Run } from './run.ts';

/** A cycle of transactions, and why each must come before the next. */
export interface RingData {
  readonly nodes: readonly { readonly start: number; readonly label: string }[];
  /** Why node `i` comes before node `i + 1`, as a short name and as the step that says it. */
  readonly edges: readonly { readonly kind: string; readonly says: string }[];
}

const KINDS = /\b(ww|wr|rw|rt|realtime|process|so|session|vis|version|predicate)\b/i;
const MOST = 12;

/**
 * The ring of an anomaly that is a cycle: its operations in their order, and a step an edge. None where the anomaly is of another kind: it
 * needs transactions and as many steps as operations.
 */
export function ringOf(run: Run, told: Told): RingData | undefined {
  const { operations, steps } = told;
  if (operations.length < 2 || operations.length > MOST || steps.length < operations.length) return undefined;
  const rows = operations.map((start) => run.ops.row(start));
  if (rows.some((row) => row < 0 || run.ops.f(row) !== 'txn')) return undefined;
  return {
    nodes: rows.map((row, place) => ({ start: operations[place]!, label: run.ops.label(row) })),
    edges: operations.map((_, place) => ({ kind: KINDS.exec(steps[place]!)?.[1] ?? '', says: steps[place]! })),
  };
}

const SIZE = 340;
const RADIUS = 112;

/** The ring as a drawing, with the reason on every edge. */
export function Ring({ ring }: { readonly ring: RingData }) {
  const count = ring.nodes.length;
  const at = (place: number, radius = RADIUS) => {
    const angle = (place / count) * 2 * Math.PI - Math.PI / 2;
    return { x: SIZE / 2 + 40 + radius * Math.cos(angle), y: SIZE / 2 + radius * Math.sin(angle) };
  };
  return (
    <figure class="ring">
      <svg viewBox={`0 0 ${SIZE + 80} ${SIZE}`} role="img" aria-label={spoken(ring)}>
        <title>A cycle of transactions</title>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0 L8 4 L0 8 z" />
          </marker>
        </defs>
        {ring.edges.map((edge, place) => {
          const step = 0.5 / count + 0.045;
          const [a, b] = [at(place + step * (count / 6) * 0.9), at(place + 1 - step * (count / 6) * 0.9)];
          const label = at(place + 0.5, RADIUS + (count === 2 ? 24 : 30));
          return (
            <g key={place}>
              <title>{edge.says}</title>
              <path d={`M${a.x} ${a.y} A${RADIUS} ${RADIUS} 0 0 1 ${b.x} ${b.y}`} marker-end="url(#arrow)" />
              <text x={label.x} y={label.y + 4} text-anchor="middle">
                {edge.kind}
              </text>
            </g>
          );
        })}
        {ring.nodes.map((node, place) => {
          const { x, y } = at(place);
          return (
            <a key={node.start} href={`#op-${node.start}`}>
              <title>{node.label.slice(0, 300)}</title>
              <circle cx={x} cy={y} r="26" />
              <text x={x} y={y + 4} text-anchor="middle">
                #{node.start}
              </text>
            </a>
          );
        })}
      </svg>
    </figure>
  );
}

function spoken(ring: RingData): string {
  return `Cycle: ${ring.nodes.map((node, place) => `#${node.start} before the next: ${ring.edges[place]!.says}`).join('; ')}`;
}
