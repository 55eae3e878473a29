/**
 * Reliable broadcast by gossip: a node writes down what it is told, tells every peer what it has written down, in that order, and goes on telling
 * until the peer says how far it has come. What anybody has learnt everybody learns, whoever fell or was cut off meanwhile.
 *
 * @see Hadzilacos & Toueg, "Fault-Tolerant Broadcasts and Related Problems", in Mullender (ed.), Distributed Systems, 1993.
 * @see Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987.
 *
 * Claims that no broadcast element is lost and that all nodes come to have the same, under partition, crash, pause, bad links and skewed clocks;
 * every node that runs answers from what it has.
 */
import type { Elements, Value } from 'elle-ts';
import { log } from '../blocks/log.ts';
import type { Node, NodeId } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Element {
  readonly key: string;
  readonly value: Value;
}

interface Options {
  /** Goes on telling a peer until it acknowledges; otherwise tells it once. */
  readonly retry: boolean;
  /** Goes on until every peer has acknowledged; otherwise until one has. */
  readonly untilAll: boolean;
  readonly durable: boolean;
}

const SOUND: Options = { retry: true, untilAll: true, durable: true };
const RETRY_MS = 100;
/** How many elements are told at a time. */
const BATCH = 100;

async function start(node: Node, options: Options) {
  const heard = await log<Element>(options.durable ? node.disk : forgetful, 'heard');
  const sets: Record<string, Record<string, Value>> = {};
  const nameOf = (value: Value) => JSON.stringify(value);
  for (const { key, value } of heard.slice(0, heard.length)) note(key, value);
  /** How much of this node's log each peer has, as far as it has said. */
  const told = new Map<NodeId, number>(node.peers.map((peer) => [peer, 0]));
  const telling = new Set<NodeId>();

  function note(key: string, value: Value): boolean {
    const set = sets[key] ?? {};
    sets[key] = set;
    if (nameOf(value) in set) return false;
    set[nameOf(value)] = value;
    return true;
  }

  let writing: Promise<unknown> = Promise.resolve();

  /** Resolves once the element is on disk, also where it was known before: it may still be on its way there. */
  async function hear(element: Element): Promise<void> {
    if (note(element.key, element.value)) {
      writing = heard.append(element).then(() => {
        for (const peer of node.peers) void tell(peer);
      });
    }
    await writing;
  }

  const done = (upTo: number) => !options.untilAll && [...told.values()].some((length) => length >= upTo);

  /** Tells a peer the rest of the log. */
  async function tell(peer: NodeId): Promise<void> {
    if (telling.has(peer)) return;
    telling.add(peer);
    for (let from = told.get(peer)!; from < heard.length && !done(heard.length); from = told.get(peer)!) {
      const elements = heard.slice(from, BATCH);
      const upTo = from + elements.length;
      const heardOf = await node.call(peer, 'gossip', elements, RETRY_MS).then(
        () => true,
        () => false,
      );
      if (heardOf || !options.retry) told.set(peer, upTo);
    }
    telling.delete(peer);
  }

  node.on('gossip', async (elements: readonly Element[]) => {
    await Promise.all(elements.map(hear));
    return true;
  });
  for (const peer of node.peers) void tell(peer);

  return {
    state: sets,
    api: {
      async add(value: Value, key = ''): Promise<null> {
        await hear({ key, value });
        return null;
      },
      read: async (_: null, key = ''): Promise<readonly Value[]> => Object.values(sets[key] ?? {}),
    },
  };
}

/** A disk that keeps nothing. */
const forgetful: Node['disk'] = { read: async () => undefined, write: async () => undefined };

const claim: Claim = {
  model: 'set-full',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'total',
  durable: 'always',
  converges: true,
  recoversMs: 2000,
};

type Broadcast = Pick<Elements, 'add' | 'read'>;

function broadcast(name: string, options: Partial<Options>, flaw?: Design['flaw']): Design<Broadcast> {
  return {
    name: `broadcast/${name}`,
    datatype: 'set-full',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const broadcasts: readonly Design<Broadcast>[] = [
  broadcast('sound', {}),
  broadcast(
    'first-acknowledgement',
    { untilAll: false },
    { says: 'gossip stops once one peer has acknowledged it', anomaly: 'divergence' },
  ),
  broadcast('no-retry', { retry: false }, { says: 'a peer is told once, and never again', anomaly: 'divergence' }),
  broadcast(
    'volatile',
    { durable: false },
    { says: 'a node acknowledges what is in its memory alone', anomaly: 'lost' },
  ),
];
