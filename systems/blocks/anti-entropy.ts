import type { Node } from '../node.ts';

/**
 * Every so often, half a period early or late, exchanges what this node has with one
 * other at random: each takes in what the other has. With a merge that is commutative,
 * associative and idempotent all nodes come to have the same, whatever was lost on the way.
 *
 * @see Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987: push-pull anti-entropy.
 */
export async function antiEntropy<S>(
  node: Node,
  periodMs: number,
  own: () => S,
  merge: (theirs: S) => unknown,
): Promise<void> {
  node.on('exchange', async (theirs: S) => {
    await merge(theirs);
    return own();
  });
  for (;;) {
    await node.sleep(periodMs * (0.5 + node.random()));
    const peer = node.peers[Math.floor(node.random() * node.peers.length)];
    if (peer === undefined) return;
    const theirs = await node.call<S>(peer, 'exchange', own(), 2 * periodMs).catch(() => undefined);
    if (theirs !== undefined) await merge(theirs);
  }
}
