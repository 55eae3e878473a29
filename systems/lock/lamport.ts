/**
 * Mutual exclusion without anybody who decides: a request is told to all, and holds once it is the oldest that its node knows of and every other
 * node has said something later. The timestamp of a request is also its fencing token: who was granted a lock has heard from all others, so
 * whatever they ask for from then on is later.
 *
 * @see Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978, section 5.
 *
 * The paper needs channels that keep the order and lose nothing, and nodes that never die. The first are made here of ones that do neither
 * (blocks/fifo-links.ts); the second is what the claim leaves out: it holds under partition, pause, bad links and skewed clocks, and not under
 * crashes. Nobody is answered while any node is out of reach. Unlike the paper's, a request is withdrawn when it waits too long, and a node lets
 * go of what its client has held for longer than its lease.
 */
import { fifoLinks } from '../blocks/fifo-links.ts';
import { compareStamps, type Stamp } from '../blocks/lamport.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { System } from '../system.ts';
import { ALL, DRIFT, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, guardedResource } from './guarded.ts';

interface Options {
  /** Messages are repeated until they arrive, in order. */
  readonly fifo: boolean;
  /** A request waits until every other node has said something later. */
  readonly hearsAll: boolean;
  /** Requests with the same count are ordered by node. */
  readonly breaksTies: boolean;
}

const SOUND: Options = { fifo: true, hearsAll: true, breaksTies: true };

type Message = { readonly at: number } & (
  | { readonly says: 'request' | 'release'; readonly key: string; readonly stamp: Stamp }
  | { readonly says: 'acknowledge' }
);

const RETRY_MS = 60;
const PATIENCE_MS = 350;

interface Mine {
  readonly key: string;
  readonly stamp: Stamp;
  readonly ttlMs: number;
  sinceMs: number;
  granted: (() => void) | undefined;
}

/** A node's part in the algorithm. */
class Process {
  private readonly node: Node;
  private readonly options: Options;
  private readonly nodes: readonly NodeId[];
  private readonly links: ReturnType<typeof fifoLinks<Message>>;
  /** The requests that this node knows of, by key. */
  private readonly queues = new Map<string, Stamp[]>();
  /** The largest count that each of the others has sent. */
  private readonly heard = new Map<NodeId, number>();
  /** This node's own requests, by token. */
  private readonly mine = new Map<number, Mine>();
  private clock = 0;

  constructor(node: Node, options: Options) {
    this.node = node;
    this.options = options;
    this.nodes = [node.id, ...node.peers].sort();
    const receive = (message: Message, from: NodeId) => this.receive(message, from);
    this.links = options.fifo ? fifoLinks<Message>(node, RETRY_MS, receive) : bareLinks<Message>(node, receive);
  }

  /** Resolves with the token once the request holds. */
  async request(key: string, ttlMs: number): Promise<number> {
    const stamp: Stamp = [++this.clock, this.node.id];
    const token = this.tokenOf(stamp);
    const holding = new Promise<void>((granted) => {
      this.mine.set(token, { key, stamp, ttlMs, sinceMs: this.node.elapsed(), granted });
    });
    this.queues.set(key, [...(this.queues.get(key) ?? []), stamp]);
    this.tell({ says: 'request', key, stamp, at: stamp[0] });
    this.grantWhatHolds();
    await Promise.race([holding, this.node.sleep(PATIENCE_MS)]);
    const request = this.mine.get(token);
    if (request && !request.granted) return token;
    const answer = this.hasHeardAll(stamp);
    if (request) this.letGo(token);
    throw new Refused('waited too long', { answer });
  }

  renew(token: number, ttlMs: number): void {
    const held = this.mine.get(token);
    if (!held || ttlMs > held.ttlMs) throw new Refused('the lease is over', { answer: true });
    held.sinceMs = this.node.elapsed();
  }

  letGo(token: number): void {
    const request = this.mine.get(token);
    if (!request) throw new Refused('the lease is over', { answer: true });
    this.mine.delete(token);
    this.remove(request.key, request.stamp);
    this.tell({ says: 'release', key: request.key, stamp: request.stamp, at: ++this.clock });
    this.grantWhatHolds();
  }

  /** Lets go of what a client holds that is gone. */
  private async watch(token: number): Promise<void> {
    for (let held = this.mine.get(token); held; held = this.mine.get(token)) {
      const leftMs = held.sinceMs + held.ttlMs * DRIFT - this.node.elapsed();
      if (leftMs < 0) this.letGo(token);
      else await this.node.sleep(leftMs + 1);
    }
  }

  private receive(message: Message, from: NodeId): void {
    this.clock = Math.max(this.clock, message.at) + 1;
    this.heard.set(from, Math.max(this.heard.get(from) ?? 0, message.at));
    if (message.says === 'request') {
      this.queues.set(message.key, [...(this.queues.get(message.key) ?? []), message.stamp]);
      this.links.send(from, { says: 'acknowledge', at: ++this.clock });
    } else if (message.says === 'release') this.remove(message.key, message.stamp);
    this.grantWhatHolds();
  }

  private grantWhatHolds(): void {
    for (const request of this.mine.values()) {
      if (!request.granted || !this.holds(request)) continue;
      request.granted();
      request.granted = undefined;
      request.sinceMs = this.node.elapsed();
      void this.watch(this.tokenOf(request.stamp));
    }
  }

  private holds({ key, stamp }: Mine): boolean {
    const isOldest = !(this.queues.get(key) ?? []).some((other) => this.isBefore(other, stamp));
    return isOldest && (this.hasHeardAll(stamp) || !this.options.hearsAll);
  }

  /** Whether every other node has answered a request since: then what is in its way is an older request, and no node that is missing. */
  private hasHeardAll(stamp: Stamp): boolean {
    return this.node.peers.every((peer) => this.isBefore(stamp, [this.heard.get(peer) ?? 0, peer]));
  }

  private isBefore(a: Stamp, b: Stamp): boolean {
    return this.options.breaksTies ? compareStamps(a, b) < 0 : a[0] < b[0];
  }

  private tell(message: Message): void {
    for (const peer of this.node.peers) this.links.send(peer, message);
  }

  private remove(key: string, stamp: Stamp): void {
    const rest = (this.queues.get(key) ?? []).filter((other) => this.tokenOf(other) !== this.tokenOf(stamp));
    this.queues.set(key, rest);
  }

  /** A stamp as a number, in the same order. */
  private tokenOf([count, from]: Stamp): number {
    return count * this.nodes.length + this.nodes.indexOf(from);
  }
}

async function start(node: Node, options: Options) {
  const resource = await guardedResource(node, true);
  const process = new Process(node, options);
  const tokenIn = (grant: Grant | null): number => {
    if (grant?.token === undefined) throw new Refused('no lock was acquired', { answer: true });
    return grant.token;
  };
  return {
    state: {},
    api: {
      async acquire({ ttlMs, grant }: Parameters<GuardedLocks['acquire']>[0], key = ''): Promise<Grant> {
        const token = await process.request(key, ttlMs);
        return { session: grant?.session ?? `${node.id}/${token}`, token };
      },
      async renew({ ttlMs, grant }: Parameters<GuardedLocks['renew']>[0]): Promise<null> {
        process.renew(tokenIn(grant), ttlMs);
        return null;
      },
      async release({ grant }: Parameters<GuardedLocks['release']>[0]): Promise<null> {
        process.letGo(tokenIn(grant));
        return null;
      },
      use: resource.use,
      write: resource.write,
    },
  };
}

/** The network as it is. */
function bareLinks<M>(node: Node, deliver: (message: M, from: NodeId) => void): ReturnType<typeof fifoLinks<M>> {
  node.on('bare', deliver);
  return { send: (to, message) => node.send(to, 'bare', message) };
}

const SURVIVED = ALL.filter((kind) => kind !== 'crash');

function lamport(
  name: string,
  options: Partial<Options>,
  flaw?: System['flaw'],
  under: typeof ALL = SURVIVED,
): System<GuardedLocks> {
  return {
    name: `lock/${name}`,
    datatype: 'lease-lock',
    claims: lockClaims([...MODELS, 'fencing-tokens'], under, 'none'),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const lamportLocks: readonly System<GuardedLocks>[] = [
  lamport('lamport', {}),
  lamport(
    'lamport-bare-links',
    { fifo: false },
    { says: 'messages are sent once, over links that lose and reorder them', anomaly: 'no-recovery' },
  ),
  lamport(
    'lamport-unheard',
    { hearsAll: false },
    {
      says: 'a node enters once its request is the oldest it knows of, whether or not it has heard from all',
      anomaly: 'mutual-exclusion',
    },
  ),
  lamport(
    'lamport-ties',
    { breaksTies: false },
    { says: 'of two requests with the same count neither is the older', anomaly: 'mutual-exclusion' },
  ),
  lamport(
    'lamport-claimed-crash-proof',
    {},
    { says: 'a node that starts again knows neither the queue nor where its channels stand', anomaly: 'no-recovery' },
    ALL,
  ),
];
