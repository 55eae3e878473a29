/**
 * Reliable broadcast by gossip: a node writes down what it is told, tells every peer what it
 * has written down, in that order, and continues telling until the peer says how far it has
 * come. What anybody has learnt everybody learns, whoever fell or was cut off meanwhile.
 *
 * @see Hadzilacos & Toueg, "Fault-Tolerant Broadcasts and Related
 *   Problems", in Mullender (ed.), Distributed Systems, 1993.
 * @see Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987.
 *
 * Claims that no broadcast element is lost and that all nodes come to have the same, under partition,
 * crash, pause, bad links and skewed clocks; every node that runs answers from what it has.
 */
import type { Elements, Value } from 'elle-ts';
import { type Log, log } from '../blocks/log.ts';
import type { Node, NodeId } from '../node.ts';
import type { Claim } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';

interface Element {
  readonly key: string;
  readonly value: Value;
}

const RETRY_MS = 100;
/** How many elements are told at a time. */
const BATCH = 100;

/** A node: what it has heard, and how much of that it has told. */
interface Gossiper extends Steps {
  readonly node: Node;
  readonly heard: Log<Element>;
  /** What it has heard, by key and by the element's name. */
  readonly sets: Record<string, Record<string, Value>>;
  /** How much of this node's log each peer has, as far as it has said. */
  readonly told: Map<NodeId, number>;
  readonly telling: Set<NodeId>;
  writing: Promise<unknown>;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  openLog: (node: Node): Promise<Log<Element>> => log<Element>(node.disk, 'heard'),

  /** Resolves once the element is on disk, also where it was known before: it may still be on its way there. */
  async hear(this: Gossiper, element: Element): Promise<void> {
    if (this.note(element.key, element.value)) {
      this.writing = this.heard.append(element).then(() => {
        for (const peer of this.node.peers) void this.tell(peer);
      });
    }
    await this.writing;
  },

  /** Returns whether the element is new. */
  note(this: Gossiper, key: string, value: Value): boolean {
    const set = this.sets[key] ?? {};
    this.sets[key] = set;
    const name = JSON.stringify(value);
    if (name in set) return false;
    set[name] = value;
    return true;
  },

  /** Tells a peer the rest of the log, again and again until it has acknowledged that. */
  async tell(this: Gossiper, peer: NodeId): Promise<void> {
    const { heard, told, telling, node } = this;
    if (telling.has(peer)) return;
    telling.add(peer);
    for (let from = told.get(peer)!; this.lacks(from); from = told.get(peer)!) {
      const elements = heard.slice(from, BATCH);
      const upTo = from + elements.length;
      const acknowledged = await node.call(peer, 'gossip', elements, RETRY_MS).then(
        () => true,
        () => false,
      );
      if (this.isTold(acknowledged)) told.set(peer, upTo);
    }
    telling.delete(peer);
  },

  /** Whether a peer that has so much of the log must be told the rest. */
  lacks(this: Gossiper, length: number): boolean {
    return length < this.heard.length;
  },

  /** A peer that has not acknowledged is told again. */
  isTold: (acknowledged: boolean): boolean => acknowledged,
};

async function start(node: Node, given: Steps) {
  const heard = await given.openLog(node);
  const told = new Map<NodeId, number>(node.peers.map((peer) => [peer, 0]));
  const gossiper: Gossiper = {
    ...given,
    node,
    heard,
    sets: {},
    told,
    telling: new Set(),
    writing: Promise.resolve(),
  };
  for (const { key, value } of heard.slice(0, heard.length)) gossiper.note(key, value);
  node.on('gossip', async (elements: readonly Element[]) => {
    await Promise.all(elements.map((element) => gossiper.hear(element)));
    return true;
  });
  for (const peer of node.peers) void gossiper.tell(peer);
  return {
    state: gossiper.sets,
    api: {
      async add(value: Value, key = ''): Promise<null> {
        await gossiper.hear({ key, value });
        return null;
      },
      read: async (_: null, key = ''): Promise<readonly Value[]> => Object.values(gossiper.sets[key] ?? {}),
    },
  };
}

const claim: Claim = {
  model: 'set-full',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'total',
  durable: 'always',
  converges: true,
  recoversMs: 2000,
};

export type Broadcast = Stepped<Pick<Elements, 'add' | 'read'>, unknown, Steps>;

export const broadcast: Broadcast = stepped<Pick<Elements, 'add' | 'read'>, unknown, Steps>({
  name: 'broadcast/sound',
  datatype: 'set-full',
  claims: [claim],
  steps,
  startWith: start,
});
