import type { Node, NodeId } from '../node.ts';
import type { Dot } from './dots.ts';
import { exclusive } from './lock.ts';
import { log } from './log.ts';
import { advanced, covers, type VectorClock } from './vector-clock.ts';

/** An operation, as it is delivered everywhere. */
export interface Event<O> {
  readonly dot: Dot;
  /** The events that its node had delivered before. */
  readonly after: VectorClock;
  readonly operation: O;
}

/** A broadcast of operations that every node delivers once each, effects after their causes. */
export interface CausalBroadcast<O> {
  /** How many events of each node have been delivered here. All of them are on disk. */
  readonly delivered: VectorClock;
  /**
   * Delivers what `make` makes, here at once and later everywhere. Nothing is delivered between
   * the two, so the operation may say what its node knows. Where `make` throws there is no operation.
   * Resolves with what had been delivered then, itself included, once a crash would not undo it.
   */
  broadcast(make: (dot: Dot) => O): Promise<VectorClock>;
  /**
   * Whether every node has delivered the event, and whatever this
   * node has not delivered yet was sent by somebody who had.
   */
  isStable(dot: Dot): boolean;
}

/** How it goes wrong where it does. */
interface Faulty {
  /** Events are delivered as they come. */
  readonly anyOrder?: boolean;
  /** A message that comes twice is delivered twice. */
  readonly twice?: boolean;
}

const GOSSIP_MS = 100;

/**
 * Reliable causal broadcast: an event is sent to all with the vector of what it came after, waits
 * where that has not been delivered yet, and is on disk before it is delivered. Every so often
 * a node asks another for what it lacks, so that nothing stays lost; events are kept for ever.
 *
 * @see Birman, Schiper & Stephenson, "Lightweight Causal and Atomic Group Multicast", ACM TOCS 9(3), 1991.
 * @see Baquero, Almeida & Shoker, "Making Operation-Based CRDTs Operation-Based", DAIS 2014: causal stability.
 */
export async function causalBroadcast<O>(
  node: Node,
  deliver: (event: Event<O>) => void,
  { anyOrder = false, twice = false }: Faulty = {},
): Promise<CausalBroadcast<O>> {
  const journal = await log<Event<O>>(node.disk, 'events');
  const inTurn = exclusive();
  const delivered: Record<NodeId, number> = {};
  const known = new Set<string>();
  let waiting: readonly Event<O>[] = [];
  const heard = new Map<NodeId, VectorClock>();

  function hand(event: Event<O>): void {
    known.add(nameOf(event.dot));
    const [from] = event.dot;
    while (known.has(nameOf([from, (delivered[from] ?? 0) + 1]))) delivered[from] = (delivered[from] ?? 0) + 1;
    deliver(event);
  }
  for (const event of journal.slice(0, journal.length)) hand(event);

  const keep = async (event: Event<O>) => {
    await journal.append(event);
    hand(event);
  };
  const isReady = ({ after }: Event<O>) => anyOrder || covers(delivered, after);

  const receive = (event: Event<O>) =>
    inTurn('deliver', async () => {
      if (known.has(nameOf(event.dot)) && !twice) return;
      waiting = [...waiting, event];
      for (;;) {
        const next = waiting.find(isReady);
        if (!next) return;
        waiting = waiting.filter((one) => one !== next && (twice || nameOf(one.dot) !== nameOf(next.dot)));
        await keep(next);
      }
    });
  node.on('event', receive);

  node.on('missing', (theirs: VectorClock, from) => {
    heard.set(from, theirs);
    const all = journal.slice(0, journal.length);
    return { delivered, events: all.filter(({ dot: [of, count] }) => count > (theirs[of] ?? 0)) };
  });
  async function catchUp(): Promise<void> {
    for (;;) {
      await node.sleep(GOSSIP_MS * (0.5 + node.random()));
      const peer = node.peers[Math.floor(node.random() * node.peers.length)];
      if (peer === undefined) return;
      type Missing = { readonly delivered: VectorClock; readonly events: readonly Event<O>[] };
      const missing = await node.call<Missing>(peer, 'missing', delivered, 2 * GOSSIP_MS).catch(() => undefined);
      if (!missing) continue;
      heard.set(peer, missing.delivered);
      for (const event of missing.events) if (!known.has(nameOf(event.dot))) await receive(event);
    }
  }
  void catchUp();

  return {
    delivered,
    broadcast: (make) =>
      inTurn('deliver', async () => {
        const dot: Dot = [node.id, (delivered[node.id] ?? 0) + 1];
        const event: Event<O> = { dot, after: { ...delivered }, operation: make(dot) };
        await keep(event);
        for (const peer of node.peers) node.send(peer, 'event', event);
        return advanced(event.after, node.id);
      }),
    isStable: ([of, count]) =>
      node.peers.every((peer) => {
        const theirs = heard.get(peer);
        return theirs !== undefined && (theirs[of] ?? 0) >= count && (delivered[peer] ?? 0) >= (theirs[peer] ?? 0);
      }),
  };
}

function nameOf([node, count]: Dot): string {
  return `${node}/${count}`;
}
