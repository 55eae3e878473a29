/**
 * Mutual exclusion without anybody who decides: a request is told to all, and holds once it is the oldest that
 * its node knows of and every other node has said something later. The timestamp of a request is also its fencing
 * token: who was granted a lock has heard from all others, so whatever they ask for from then on is later.
 *
 * @see Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978, section 5.
 *
 * The paper needs channels that keep the order and lose nothing, and nodes that never die. The
 * first are made here of ones that do neither (blocks/fifo-links.ts); the second is what the claim
 * leaves out: it holds under partition, pause, bad links and skewed clocks, and not under crashes.
 * Nobody is answered while any node is out of reach. Unlike the paper's, a request is withdrawn
 * when it waits too long, and a node lets go of what its client has held for longer than its lease.
 */
import { type FifoLinks, fifoLinks } from '../blocks/fifo-links.ts';
import { compareStamps, type Stamp } from '../blocks/lamport.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';
import { ALL, DRIFT, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, guardedResource } from './guarded.ts';

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

/** A process of the algorithm: its state, and the steps that it takes. */
interface Process extends Steps {
  readonly node: Node;
  readonly nodes: readonly NodeId[];
  readonly links: FifoLinks<Message>;
  /** The requests that this node knows of, by key. */
  readonly queues: Map<string, Stamp[]>;
  /** The largest count that each of the others has sent. */
  readonly heard: Map<NodeId, number>;
  /** This node's own requests, by token. */
  readonly mine: Map<number, Mine>;
  clock: number;
}

export type Steps = typeof steps;

/**
 * The algorithm, with the numbers of the paper's five rules. Each of the broken twins replaces a step of it (twins.ts).
 */
const steps = {
  /** Rule 1. Resolves with the token once the request holds. */
  async request(this: Process, key: string, ttlMs: number): Promise<number> {
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
  },

  renew(this: Process, token: number, ttlMs: number): void {
    const held = this.mine.get(token);
    if (!held || ttlMs > held.ttlMs) throw new Refused('the lease is over', { answer: true });
    held.sinceMs = this.node.elapsed();
  },

  /** Rule 3. */
  letGo(this: Process, token: number): void {
    const request = this.mine.get(token);
    if (!request) throw new Refused('the lease is over', { answer: true });
    this.mine.delete(token);
    this.remove(request.key, request.stamp);
    this.tell({ says: 'release', key: request.key, stamp: request.stamp, at: ++this.clock });
    this.grantWhatHolds();
  },

  /** Lets go of what a client holds that is gone. */
  async watch(this: Process, token: number): Promise<void> {
    for (let held = this.mine.get(token); held; held = this.mine.get(token)) {
      const leftMs = held.sinceMs + held.ttlMs * DRIFT - this.node.elapsed();
      if (leftMs < 0) this.letGo(token);
      else await this.node.sleep(leftMs + 1);
    }
  },

  /** Rules 2 and 4; any message shows how far its sender's clock has come. */
  receive(this: Process, message: Message, from: NodeId): void {
    this.clock = Math.max(this.clock, message.at) + 1;
    this.heard.set(from, Math.max(this.heard.get(from) ?? 0, message.at));
    if (message.says === 'request') {
      this.queues.set(message.key, [...(this.queues.get(message.key) ?? []), message.stamp]);
      this.links.send(from, { says: 'acknowledge', at: ++this.clock });
    } else if (message.says === 'release') this.remove(message.key, message.stamp);
    this.grantWhatHolds();
  },

  grantWhatHolds(this: Process): void {
    for (const request of this.mine.values()) {
      if (!request.granted || !this.holds(request)) continue;
      request.granted();
      request.granted = undefined;
      request.sinceMs = this.node.elapsed();
      void this.watch(this.tokenOf(request.stamp));
    }
  },

  /** Rule 5. */
  holds(this: Process, request: Mine): boolean {
    return this.isOldest(request) && this.hasHeardAll(request.stamp);
  },

  /** Whether it is before all others in the queue. */
  isOldest(this: Process, { key, stamp }: Mine): boolean {
    return !(this.queues.get(key) ?? []).some((other) => this.isBefore(other, stamp));
  },

  /**
   * Whether every other node has said something later: then only an
   * older request can be in the way, and no node that is missing.
   */
  hasHeardAll(this: Process, stamp: Stamp): boolean {
    return this.node.peers.every((peer) => this.isBefore(stamp, [this.heard.get(peer) ?? 0, peer]));
  },

  tell(this: Process, message: Message): void {
    for (const peer of this.node.peers) this.links.send(peer, message);
  },

  remove(this: Process, key: string, stamp: Stamp): void {
    const rest = (this.queues.get(key) ?? []).filter((other) => this.tokenOf(other) !== this.tokenOf(stamp));
    this.queues.set(key, rest);
  },

  /** A stamp as a number, in the same order. */
  tokenOf(this: Process, [count, from]: Stamp): number {
    return count * this.nodes.length + this.nodes.indexOf(from);
  },

  isBefore: (a: Stamp, b: Stamp): boolean => compareStamps(a, b) < 0,

  connect: (node: Node, receive: (message: Message, from: NodeId) => void): FifoLinks<Message> =>
    fifoLinks(node, RETRY_MS, receive),
};

async function start(node: Node, given: Steps) {
  const resource = await guardedResource(node);
  const process: Process = {
    ...given,
    node,
    nodes: [node.id, ...node.peers].sort(),
    links: given.connect(node, (message, from) => process.receive(message, from)),
    queues: new Map(),
    heard: new Map(),
    mine: new Map(),
    clock: 0,
  };
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

export type LamportLocks = Stepped<GuardedLocks, unknown, Steps>;

export const lamportLocks: LamportLocks = stepped<GuardedLocks, unknown, Steps>({
  name: 'lock/lamport',
  datatype: 'lease-lock',
  claims: lamportClaims(ALL.filter((kind) => kind !== 'crash')),
  steps,
  startWith: start,
});

/** What is promised under these faults. */
export function lamportClaims(under: typeof ALL): readonly Claim[] {
  return lockClaims([...MODELS, 'fencing-tokens'], under, 'none');
}
