import type { Node, NodeId } from '../node.ts';
import type { Channels } from './abd.ts';

/**
 * How a quorum is counted wrong: replies are counted and not the
 * nodes that sent them, so one that the network doubles counts twice.
 */
export function countingReplies(node: Node): Channels {
  const open = new Map<number, (reply: unknown) => void>();
  // An answer to a question of an earlier life must not be taken for one to a question of this.
  let asked = Math.floor(node.random() * 2 ** 40);
  node.on('answer', ({ id, reply }: { id: number; reply: unknown }) => open.get(id)?.(reply));
  return {
    answer<M>(kind: string, handler: (message: M) => unknown) {
      node.on(kind, async ({ id, message }: { id: number; message: M }, from: NodeId) => {
        node.send(from, 'answer', { id, reply: await handler(message) });
      });
    },
    communicate<R>(kind: string, message: unknown, own: () => R | Promise<R>, needed: number) {
      return new Promise<readonly R[]>((resolve, reject) => {
        const id = ++asked;
        const replies: R[] = [];
        const take = (reply: R) => {
          replies.push(reply);
          if (replies.length < needed) return;
          open.delete(id);
          resolve(replies.slice(0, needed));
        };
        open.set(id, (reply) => take(reply as R));
        Promise.resolve().then(own).then(take, reject);
        for (const peer of node.peers) node.send(peer, kind, { id, message });
      });
    },
  };
}
