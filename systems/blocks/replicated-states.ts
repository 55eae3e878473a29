import type { Node } from '../node.ts';
import { antiEntropy } from './anti-entropy.ts';
import { durableMap, volatileMap } from './durable-map.ts';
import { exclusive } from './lock.ts';

/**
 * A join semilattice: `merge` is commutative, associative and
 * idempotent, and what is merged is nowhere less than its parts.
 */
export interface Lattice<S> {
  readonly empty: S;
  readonly merge: (ours: S, theirs: S) => S;
}

/**
 * What a replicated datatype answers: the value, and which updates it
 * comes from; an update has no value. Equal versions have equal values.
 */
export interface Versioned<V> {
  readonly value: V;
  readonly version: unknown;
}

/** The states of many objects, by key. */
export interface ReplicatedStates<S> {
  /** What is on disk: what a crash could still undo is neither shown nor sent. */
  readonly states: Readonly<Record<string, S>>;
  get(key: string): S;
  /**
   * Resolves with the state that the change made, once it is on disk.
   * Changes of one key are made one after the other; one that throws is none.
   */
  update(key: string, change: (state: S) => S): Promise<S>;
}

const GOSSIP_MS = 100;

/**
 * State-based replication: every node changes its own copy, and copies are exchanged whole and merged. Whatever
 * is lost, doubled, late or out of order on the way, nodes that have merged the same updates have the same states.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "Conflict-Free
 * Replicated Data Types", SSS 2011: convergent replicated datatypes.
 */
export async function replicatedStates<S>(
  node: Node,
  { empty, merge }: Lattice<S>,
  durable = true,
): Promise<ReplicatedStates<S>> {
  const replica = await statesOnDisk(node, empty, durable);
  const take = (theirs: Readonly<Record<string, S>>) =>
    Promise.all(Object.entries(theirs).map(([key, state]) => replica.update(key, (ours) => merge(ours, state))));
  void antiEntropy(node, GOSSIP_MS, () => replica.states, take);
  return replica;
}

/** One node's copies, which nobody exchanges yet. */
export async function statesOnDisk<S>(node: Node, empty: S, durable = true): Promise<ReplicatedStates<S>> {
  const stored = durable ? await durableMap<S>(node, 'states') : volatileMap<S>();
  const states: Record<string, S> = { ...stored.entries };
  const inTurn = exclusive();
  const get = (key: string): S => states[key] ?? empty;
  return {
    states,
    get,
    update: (key, change) =>
      inTurn(key, async () => {
        const last = get(key);
        const next = change(last);
        if (next === last || JSON.stringify(next) === JSON.stringify(last)) return last;
        await stored.set(key, next);
        states[key] = next;
        return next;
      }),
  };
}
