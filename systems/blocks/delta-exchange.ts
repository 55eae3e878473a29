import type { Node, NodeId } from '../node.ts';
import { type Lattice, type ReplicatedStates, statesOnDisk } from './replicated-states.ts';

const GOSSIP_MS = 100;
/** So many deltas are kept for those who have not acknowledged them; who is further behind is sent whole states. */
const BUFFER = 100;

type Delta<S> = Readonly<Record<string, S>>;

/** The states of many objects, of which changes travel as deltas: states that hold the change and little else. */
export interface DeltaStates<S> extends Pick<ReplicatedStates<S>, 'states' | 'get'> {
  /** Merges the delta that `change` makes of the state. Resolves with what that makes, once it is on disk. */
  update(key: string, change: (state: S) => S): Promise<S>;
}

interface Sending {
  /** A change is sent to all at once: sooner there, but perhaps before an earlier one. */
  readonly atOnce: boolean;
  /** What a node has not acknowledged is sent to it again. */
  readonly again: boolean;
}

/**
 * Delta-state replication: each node is sent, in one interval, all deltas since those that it has acknowledged,
 * so that it has what came before whatever it merges. What is received is passed on in the same way. Buffer
 * and acknowledgements are in memory alone: a node that has started again sends its whole states first.
 *
 * @see Almeida, Shoker & Baquero, "Delta State Replicated Data Types", Journal of Parallel
 * and Distributed Computing 111, 2018: algorithm 2; with `atOnce` also algorithm 1.
 */
export async function deltaExchange<S>(
  node: Node,
  { empty, merge }: Lattice<S>,
  { atOnce, again }: Sending,
): Promise<DeltaStates<S>> {
  const { states, get, update } = await statesOnDisk(node, empty);
  const buffer = deltaBuffer(node.peers, merge);

  async function take(delta: Delta<S>): Promise<void> {
    for (const [key, part] of Object.entries(delta)) {
      const before = get(key);
      await update(key, (state) => merge(state, part));
      if (get(key) !== before) buffer.add({ [key]: part });
    }
  }
  node.on('delta', (delta: Delta<S>) => take(delta).then(() => true));

  async function exchange(): Promise<void> {
    for (;;) {
      await node.sleep(GOSSIP_MS * (0.5 + node.random()));
      const peer = node.peers[Math.floor(node.random() * node.peers.length)];
      if (peer === undefined) return;
      const { delta, end } = buffer.since(peer, states);
      if (Object.keys(delta).length === 0) continue;
      const acknowledged = await node.call(peer, 'delta', delta, 2 * GOSSIP_MS).catch(() => undefined);
      if (acknowledged) buffer.acknowledge(peer, end);
    }
  }
  if (again) void exchange();

  return {
    states,
    get,
    async update(key, change) {
      let delta = empty;
      const next = await update(key, (state) => {
        delta = change(state);
        return merge(state, delta);
      });
      buffer.add({ [key]: delta });
      if (atOnce) for (const peer of node.peers) node.send(peer, 'delta', { [key]: delta });
      return next;
    },
  };
}

/** The deltas that not every peer has acknowledged, in the order in which they were made or received. */
interface DeltaBuffer<S> {
  add(delta: Delta<S>): void;
  /** All that the peer has not acknowledged, merged; whole states where the buffer does not reach back so far. */
  since(peer: NodeId, states: Delta<S>): { readonly delta: Delta<S>; readonly end: number };
  acknowledge(peer: NodeId, end: number): void;
}

/** A buffer for these peers. */
export function deltaBuffer<S>(peers: readonly NodeId[], merge: (a: S, b: S) => S): DeltaBuffer<S> {
  const deltas: Delta<S>[] = [];
  /** The number of the first delta in the buffer. */
  let start = 0;
  const acknowledged = new Map<NodeId, number>();

  function forget(below: number): void {
    if (below <= start) return;
    deltas.splice(0, below - start);
    start = below;
  }

  return {
    add(delta) {
      deltas.push(delta);
      forget(start + deltas.length - BUFFER);
    },
    since(peer, states) {
      const end = start + deltas.length;
      const from = acknowledged.get(peer);
      if (from === undefined || from < start) return { delta: states, end };
      const interval: Record<string, S> = {};
      for (const delta of deltas.slice(from - start)) {
        for (const [key, part] of Object.entries(delta)) {
          const known = interval[key];
          interval[key] = known === undefined ? part : merge(known, part);
        }
      }
      return { delta: interval, end };
    },
    acknowledge(peer, end) {
      acknowledged.set(peer, Math.max(end, acknowledged.get(peer) ?? 0));
      forget(Math.min(...peers.map((one) => acknowledged.get(one) ?? 0)));
    },
  };
}
