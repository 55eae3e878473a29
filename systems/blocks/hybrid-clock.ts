import type { Node } from '../node.ts';

/** Orders events: by time, then by count within it, then by the life of a node. No two events share one. */
export type Timestamp = readonly [ms: number, count: number, life: string];

export interface HybridClock {
  /** A timestamp above all that this node has given or seen. */
  tick(): Timestamp;
  /** Takes note of another node's timestamp. A restarted node shows its clock what it finds on its disk. */
  witness(timestamp: Timestamp): void;
}

/**
 * A clock that follows the node's wall clock where that is ahead, and counts where
 * it is not: what happened before has the smaller timestamp, however wall clocks jump.
 *
 * @see Kulkarni, Demirbas, Madappa, Avva & Leone, "Logical Physical Clocks", OPODIS 2014.
 */
export function hybridClock(node: Pick<Node, 'id' | 'now' | 'random'>): HybridClock {
  let ms = 0;
  let count = 0;
  // A life that begins with its clock set back must not give out what an earlier one gave out already.
  const life = `${node.id}/${Math.floor(node.random() * 1e9)}`;
  return {
    tick() {
      const now = Math.floor(node.now());
      if (now > ms) [ms, count] = [now, 0];
      else count++;
      return [ms, count, life];
    },
    witness([theirMs, theirCount]) {
      if (theirMs > ms) [ms, count] = [theirMs, theirCount];
      else if (theirMs === ms) count = Math.max(count, theirCount);
    },
  };
}

/** Positive where `a` is the later. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] === b[2] ? 0 : a[2] > b[2] ? 1 : -1;
}
