import type { NodeId } from '../node.ts';
import type { VectorClock } from './vector-clock.ts';

/** The nth event of a node. */
export type Dot = readonly [node: NodeId, count: number];

/** A set of dots that may have gaps: of each node the first so many, and single ones beyond them in a fixed order. */
export interface Context {
  readonly seen: VectorClock;
  readonly beyond: readonly Dot[];
}

export const NO_DOTS: Context = { seen: {}, beyond: [] };

/** Whether the dot is in the set. */
export function hasDot({ seen, beyond }: Context, [node, count]: Dot): boolean {
  return count <= (seen[node] ?? 0) || beyond.some((dot) => dot[0] === node && dot[1] === count);
}

/**
 * The union of both sets.
 *
 * @see Almeida, Shoker & Baquero, "Delta State Replicated Data Types",
 * Journal of Parallel and Distributed Computing 111, 2018: causal contexts.
 */
export function withDots(a: Context, b: Context): Context {
  const seen: Record<string, number> = { ...a.seen };
  for (const node in b.seen) seen[node] = Math.max(seen[node] ?? 0, b.seen[node]!);
  const beyond: Dot[] = [];
  for (const dot of [...a.beyond, ...b.beyond].sort(inOrder)) {
    const [node, count] = dot;
    const last = beyond[beyond.length - 1];
    if (count <= (seen[node] ?? 0) || (last && inOrder(last, dot) === 0)) continue;
    if (count === (seen[node] ?? 0) + 1) seen[node] = count;
    else beyond.push(dot);
  }
  return { seen, beyond };
}

/** These dots and no others. */
export function dotsOf(dots: readonly Dot[]): Context {
  return withDots(NO_DOTS, { seen: {}, beyond: dots });
}

function inOrder(a: Dot, b: Dot): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1];
}
