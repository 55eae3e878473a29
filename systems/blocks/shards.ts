import type { Node, NodeId } from '../node.ts';
import type { Claim } from '../system.ts';

/**
 * A cluster in which every key has one owner. A node asks itself
 * without the network, which is why it asks through this.
 */
export interface Shards {
  ownerOf(key: string): NodeId;
  /** The first node: where a design needs one of its kind. */
  readonly first: NodeId;
  on<M>(kind: string, handler: (message: M, from: NodeId) => unknown): void;
  call<R>(to: NodeId, kind: string, message?: unknown, timeoutMs?: number): Promise<R>;
  send(to: NodeId, kind: string, message?: unknown): void;
}

/**
 * Keys go round the nodes by the sum of their letters, so that neighbours such as `k1` and `k2` have different owners.
 */
export function shards(node: Node): Shards {
  const nodes = [node.id, ...node.peers].sort();
  const own = new Map<string, (message: never, from: NodeId) => unknown>();

  async function here(kind: string, message: unknown): Promise<unknown> {
    return (own.get(kind) as (message: unknown, from: NodeId) => unknown)(message, node.id);
  }

  return {
    first: nodes[0]!,
    ownerOf(key) {
      let sum = 0;
      for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
      return nodes[sum % nodes.length]!;
    },
    on(kind, handler) {
      own.set(kind, handler as (message: never, from: NodeId) => unknown);
      node.on(kind, handler);
    },
    call: <R>(to: NodeId, kind: string, message?: unknown, timeoutMs?: number) =>
      to === node.id ? (here(kind, message) as Promise<R>) : node.call<R>(to, kind, message, timeoutMs),
    send(to, kind, message) {
      if (to === node.id) here(kind, message).catch(() => undefined);
      else node.send(to, kind, message);
    },
  };
}

/** What belongs to each owner of these keys. */
export function byOwner<V>({ ownerOf }: Shards, entries: ReadonlyMap<string, V>): Map<NodeId, Record<string, V>> {
  const owners = new Map<NodeId, Record<string, V>>();
  for (const [key, value] of entries) {
    const owner = ownerOf(key);
    const theirs = owners.get(owner);
    if (theirs) theirs[key] = value;
    else owners.set(owner, { [key]: value });
  }
  return owners;
}

/**
 * What a design promises whose shards are not replicated, with this model: while one of them is away
 * nobody is promised an answer, but nothing is lost, and whatever was in doubt is settled soon after.
 */
export function claimOverShards(model: string): Claim {
  return {
    model,
    under: ['partition', 'link', 'crash', 'pause', 'clock'],
    available: 'none',
    durable: 'always',
    converges: false,
    recoversMs: 2000,
  };
}
