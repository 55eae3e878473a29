/** A cycle as a ring: what stands on it, and where. */
import type { Told } from './data.ts';
import { edgeText } from './edge-text.ts';
import type { Run } from './run.ts';

/** A cycle of operations, and why each must come before the next. */
export interface RingData {
  readonly nodes: readonly { readonly start: number; readonly label: string }[];
  /** Why node `i` comes before node `i + 1`, in two words and as the step that says it. */
  readonly edges: readonly { readonly reason: string; readonly says: string }[];
}

/** A longer cycle is told by its steps alone. */
const MOST = 12;

/** The ring of an anomaly that carries a cycle; none where it carries none. */
export function ringOf(run: Run, { cycle }: Pick<Told, 'cycle'>): RingData | undefined {
  if (!cycle || cycle.length < 2 || cycle.length > MOST) return undefined;
  const rows = cycle.map(({ from }) => run.ops.row(from));
  if (rows.some((row) => row < 0)) return undefined;
  return {
    nodes: cycle.map(({ from }, place) => ({ start: from, label: run.ops.label(rows[place]!) })),
    edges: cycle.map((edge) => ({ reason: edgeText(edge), says: edge.why })),
  };
}

/** How large a ring is drawn. */
export interface RingSize {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** The radius of the disc that stands for an operation. */
  readonly node: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the parts of a ring of `count` operations are, the first at the top and the others clockwise. */
export function ringPlaces(count: number, size: RingSize) {
  const { width, height, radius, node } = size;
  const at = (place: number, from = radius): Point => {
    const angle = (place / count) * 2 * Math.PI - Math.PI / 2;
    return { x: width / 2 + from * Math.cos(angle), y: height / 2 + from * Math.sin(angle) };
  };
  // What the discs of two neighbours take of the arc between them, as a share of it, with some air.
  const gap = ((node + 5) / radius / (2 * Math.PI)) * count;
  const arc = (place: number): string => {
    const [a, b] = [at(place + gap), at(place + 1 - gap)];
    return `M${round(a.x)} ${round(a.y)} A${radius} ${radius} 0 0 1 ${round(b.x)} ${round(b.y)}`;
  };
  const label = (place: number) => {
    const { x, y } = at(place + 0.5, radius + 14);
    const side = x > width / 2 + 8 ? 'start' : x < width / 2 - 8 ? 'end' : 'middle';
    return { x: round(x), y: round(y + 4), side } as const;
  };
  return { node: (place: number) => ({ x: round(at(place).x), y: round(at(place).y) }), arc, label };
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
