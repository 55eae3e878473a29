import type { NodeId } from '../node.ts';

/** Orders events: one that knew of another has the larger stamp. No two events share one. */
export type Stamp = readonly [count: number, node: NodeId];

/**
 * Positive where `a` is the later. @see Lamport, "Time, Clocks,
 * and the Ordering of Events in a Distributed System", CACM 1978.
 */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] === b[1] ? 0 : a[1] > b[1] ? 1 : -1;
}
