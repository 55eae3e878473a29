import type { Node, NodeId } from '../node.ts';

/** Messages that arrive once each, and in the order in which they were sent. */
export interface FifoLinks<M> {
  /** Delivered in the end, unless either side dies: what was not delivered by then is forgotten. */
  send(to: NodeId, message: M): void;
}

/**
 * Channels that lose, double and reorder nothing, out of ones that may:
 * messages are numbered, and sent again until the other has said that it has them.
 *
 * @see Stenning, "A Data Transfer Protocol", Computer Networks 1976.
 */
export function fifoLinks<M>(node: Node, retryMs: number, deliver: (message: M, from: NodeId) => void): FifoLinks<M> {
  const queues = new Map<NodeId, M[]>();
  const acknowledged = new Map<NodeId, number>();
  const delivered = new Map<NodeId, number>();
  const sending = new Set<NodeId>();

  node.on('in order', ({ first, messages }: { first: number; messages: readonly M[] }, from) => {
    const expected = delivered.get(from) ?? 0;
    if (first > expected) return expected;
    for (const message of messages.slice(expected - first)) {
      delivered.set(from, (delivered.get(from) ?? 0) + 1);
      deliver(message, from);
    }
    return delivered.get(from) ?? 0;
  });

  async function drain(to: NodeId, queue: M[]): Promise<void> {
    if (sending.has(to)) return;
    sending.add(to);
    while (queue.length > 0) {
      const first = acknowledged.get(to) ?? 0;
      const has = await node.call<number>(to, 'in order', { first, messages: queue }, retryMs).catch(() => first);
      queue.splice(0, has - first);
      acknowledged.set(to, has);
    }
    sending.delete(to);
  }

  return {
    send(to, message) {
      const queue = queues.get(to) ?? [];
      queues.set(to, queue);
      queue.push(message);
      void drain(to, queue);
    },
  };
}
