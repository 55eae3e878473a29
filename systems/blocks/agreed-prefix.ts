import type { NodeId } from '../node.ts';

/** The log that nodes agree on, as far as any of them has known it: for an invariant's memory. */
interface AgreedPrefix {
  /** A digest of each prefix, and who knew it first. */
  readonly digests: number[];
  readonly by: NodeId[];
  /** How much of each node's was looked at. */
  readonly seen: Map<NodeId, { readonly digests: readonly number[]; readonly length: number }>;
}

export interface Disagreement {
  readonly place: number;
  readonly other: NodeId;
}

/**
 * Where this node knows another log than some node knew before, in whatever life; undefined
 * where it does not. `digests` are those of every prefix of its log, of which `length`
 * are settled: they never change while the array is the same, so each is looked at once.
 */
export function disagreement(
  memory: Record<string, unknown>,
  log: string,
  node: NodeId,
  digests: readonly number[],
  length: number,
): Disagreement | undefined {
  memory[log] ??= { digests: [], by: [], seen: new Map() } satisfies AgreedPrefix;
  const agreed = memory[log] as AgreedPrefix;
  const seen = agreed.seen.get(node);
  const known = seen?.digests === digests ? seen.length : 0;
  if (known === length) return undefined;
  for (let place = known; place < length; place++) {
    agreed.by[place] ??= node;
    agreed.digests[place] ??= digests[place]!;
    if (agreed.digests[place] !== digests[place]) return { place, other: agreed.by[place]! };
  }
  agreed.seen.set(node, { digests, length });
  return undefined;
}
