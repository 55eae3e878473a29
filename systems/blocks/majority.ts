import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';

/** What a node answered. */
export interface Answer<R> {
  readonly from: NodeId;
  readonly reply: R;
}

/**
 * Asks every node, this one through `own`, and resolves with the first answers of `needed` different nodes,
 * a majority where nothing else is said. Rejects once so many have refused or kept silent that those cannot be had
 * any more: with a `Refused` that is an answer where refusals that are answers would have been enough for that.
 */
export function majority<R>(
  node: Node,
  kind: string,
  message: unknown,
  own: () => R | Promise<R>,
  needed = Math.floor((node.peers.length + 1) / 2) + 1,
  timeoutMs?: number,
): Promise<readonly Answer<R>[]> {
  return new Promise((resolve, reject) => {
    const answers: Answer<R>[] = [];
    const all = node.peers.length + 1;
    let left = all;
    let declined = 0;
    const miss = (error: unknown) => {
      left--;
      if (error instanceof Refused && error.answer) declined++;
      if (answers.length + left >= needed) return;
      if (all - declined < needed) reject(new Refused(`${kind}: too many nodes declined`, { answer: true }));
      else reject(new InDoubt(`${kind}: fewer than ${needed} nodes answered`));
    };
    const take = (from: NodeId) => (reply: R) => {
      left--;
      answers.push({ from, reply });
      if (answers.length === needed) resolve([...answers]);
    };
    for (const peer of node.peers) node.call<R>(peer, kind, message, timeoutMs).then(take(peer), miss);
    const mine = own();
    if (mine instanceof Promise) mine.then(take(node.id), miss);
    else take(node.id)(mine);
  });
}
