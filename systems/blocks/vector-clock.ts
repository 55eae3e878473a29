import type { NodeId } from '../node.ts';

/** How many events of each node are known; nodes that are not named have none. */
export type VectorClock = Readonly<Record<NodeId, number>>;

/**
 * Whether everything that `b` knows of `a` knows too. @see Mattern,
 * "Virtual Time and Global States of Distributed Systems", 1989.
 */
export function covers(a: VectorClock, b: VectorClock): boolean {
  for (const node in b) if ((a[node] ?? 0) < b[node]!) return false;
  return true;
}

/** What either knows. */
export function merged(a: VectorClock, b: VectorClock): VectorClock {
  const both: Record<NodeId, number> = { ...a };
  for (const node in b) both[node] = Math.max(both[node] ?? 0, b[node]!);
  return both;
}

/** One event more of this node. */
export function advanced(clock: VectorClock, node: NodeId): VectorClock {
  return { ...clock, [node]: (clock[node] ?? 0) + 1 };
}

/**
 * The invariant that no node knows of more events of another than
 * that knows of its own: what others saw of it was not forgotten.
 */
export function nobodyKnowsBetter<S>(
  clockOf: (state: S) => VectorClock,
): (states: ReadonlyMap<NodeId, S>) => string | undefined {
  return (states) => {
    for (const [owner, own] of states) {
      const ours = clockOf(own)[owner] ?? 0;
      for (const [other, state] of states) {
        const theirs = clockOf(state)[owner] ?? 0;
        if (theirs > ours) return `${other} knows ${theirs} events of ${owner}, which knows ${ours} itself.`;
      }
    }
    return undefined;
  };
}
