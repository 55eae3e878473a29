import { type AtMostOnce, atMostOnce } from '../blocks/at-most-once.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, type NodeId, Refused } from '../node.ts';

/**
 * What a lock service answers: who holds the lock, as the service knows them, and where it gives them a fencing token.
 */
export interface Grant {
  readonly session: string;
  readonly token?: number;
}

/**
 * Locks that expire, by key, and the resource that each of them
 * guards. A `null` grant is one that its client never got.
 */
export type GuardedLocks = {
  /**
   * For `ttlMs` after the request at least. With `wait` the answer comes once
   * the lock is free; a `grant` adds the lock to what that session holds.
   */
  acquire(input: { readonly ttlMs: number; readonly wait: boolean; readonly grant: Grant | null }): Grant;
  renew(input: { readonly ttlMs: number; readonly grant: Grant | null }): null;
  release(input: { readonly grant: Grant | null }): null;
  /** Reads the resource, as a holder. */
  use(input: { readonly grant: Grant | null; readonly token: number | null }): Contents;
  /** Writes to the resource what was made of what `use` showed; returns what was there before. */
  write(input: {
    readonly grant: Grant | null;
    readonly token: number | null;
    readonly value: number;
    readonly seen: Contents | null;
  }): { readonly replaced: number | null };
};

export interface Contents {
  readonly value: number | null;
}

interface Guarded extends Contents {
  readonly token: number;
}
type Request = { readonly key: string; readonly token: number; readonly value?: number };

/** The guarded resource, as the nodes reach it. */
export interface Resource {
  readonly entries: Readonly<Record<string, Guarded>>;
  use: (input: Parameters<GuardedLocks['use']>[0], key?: string) => Promise<Contents>;
  write: (input: Parameters<GuardedLocks['write']>[0], key?: string) => Promise<{ readonly replaced: number | null }>;
}

/**
 * What the locks guard: a register by key, on the disk of one node each. It remembers
 * the largest token that it was shown, and refuses requests with a smaller one.
 *
 * @see Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006: sequencers.
 */
export function guardedResource(node: Node): Promise<Resource> {
  return resourceOf(node, ({ token, value }, before) => {
    if (token < before.token) throw new Refused(`token ${token} is older than ${before.token}`, { answer: true });
    return { value: value ?? before.value, token };
  });
}

/** The same, but it trusts whoever comes. */
export function trustingResource(node: Node, once?: AtMostOnce): Promise<Resource> {
  const admit: Admission = ({ token, value }, before) => (value === undefined ? before : { value, token });
  return resourceOf(node, admit, once);
}

/** Returns what the register holds after a request; throws `Refused` where the request is not let in. */
type Admission = (request: Request, before: Guarded) => Guarded;

async function resourceOf(node: Node, admit: Admission, once?: AtMostOnce): Promise<Resource> {
  const nodes = [node.id, ...node.peers].sort();
  const registers = await durableMap<Guarded>(node, 'resource');
  const reliably = once ?? (await atMostOnce(node));
  const inTurn = exclusive();

  const serve = (request: Request): Promise<number | null> =>
    inTurn(request.key, async () => {
      const before = registers.get(request.key) ?? { value: null, token: 0 };
      const after = admit(request, before);
      if (request.value !== undefined || after.token > before.token) await registers.set(request.key, after);
      return before.value;
    });
  reliably.on('resource', serve);

  async function reach(key: string, held: boolean, token: number | null, value?: number): Promise<number | null> {
    if (!held) throw new Refused('no lease was granted', { answer: true });
    const request: Request = { key, token: token ?? 0, ...(value === undefined ? {} : { value }) };
    const at = homeOf(key, nodes);
    return at === node.id ? serve(request) : reliably.call(at, 'resource', request);
  }

  return {
    entries: registers.entries,
    use: async ({ grant, token }, key = '') => ({ value: await reach(key, grant !== null, token) }),
    write: async ({ grant, token, value }, key = '') => ({ replaced: await reach(key, grant !== null, token, value) }),
  };
}

/** Each key's register has a node of its own, as far as nodes go round. */
function homeOf(key: string, nodes: readonly NodeId[]): NodeId {
  let sum = 0;
  for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
  return nodes[sum % nodes.length]!;
}
