/**
 * A counter that only grows, by its state: how much every node has added. A node
 * changes its own entry alone, and of two entries of a node the larger is the later.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 6.
 *
 * Claims that every acknowledged amount is counted once and that replicas converge, under
 * partition, crash, pause, bad links and skewed clocks, at every node. The price: an entry for
 * every node that ever was, and a node must not forget its own: it is on disk before it counts.
 */
import { type Lattice, replicatedStates, type Versioned } from '../blocks/replicated-states.ts';
import { merged, type VectorClock } from '../blocks/vector-clock.ts';
import { strongEventual } from '../claims.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

/** Counters by key. */
export type SharedCounter = {
  add(amount: number): Versioned<null>;
  read(input: null): Versioned<number>;
};

/** How much every node has added. */
export type Counts = VectorClock;

export const counts: Lattice<Counts> = { empty: {}, merge: merged };
const addedUp: Lattice<Counts> = {
  empty: {},
  merge(ours, theirs) {
    const sum: Record<NodeId, number> = { ...ours };
    for (const node in theirs) sum[node] = (sum[node] ?? 0) + theirs[node]!;
    return sum;
  },
};

export function total(all: Counts): number {
  return Object.values(all).reduce((sum, count) => sum + count, 0);
}

/** Refuses what would make a counter shrink. */
export function refuseNegative(amount: number): void {
  if (!(amount >= 0)) throw new Refused(`a counter that only grows cannot add ${amount}`, { answer: true });
}

interface Options {
  readonly merges: 'larger' | 'sum';
  /** A node's counts outlive its crash. */
  readonly durable: boolean;
  readonly acceptsNegative: boolean;
}

async function start(node: Node, { merges, durable, acceptsNegative }: Options) {
  const { states, get, update } = await replicatedStates(node, merges === 'sum' ? addedUp : counts, durable);
  return {
    state: states,
    api: {
      async add(amount: number, key = ''): Promise<Versioned<null>> {
        if (!acceptsNegative) refuseNegative(amount);
        const version = await update(key, (all) => ({ ...all, [node.id]: (all[node.id] ?? 0) + amount }));
        return { value: null, version };
      },
      read: async (_: null, key = ''): Promise<Versioned<number>> => ({ value: total(get(key)), version: get(key) }),
    },
  };
}

type State = Readonly<Record<string, Counts>>;

/** An entry that others have larger than its own node has it was counted in an earlier life and forgotten. */
export function forgottenCounts(states: ReadonlyMap<NodeId, State>): string | undefined {
  for (const [owner, own] of states) {
    for (const [other, state] of states) {
      for (const key in state) {
        const [theirs, ours] = [state[key]![owner] ?? 0, own[key]?.[owner] ?? 0];
        if (theirs > ours)
          return `${other} knows that ${owner} has added ${theirs} to ${key}; ${owner} knows of ${ours}.`;
      }
    }
  }
  return undefined;
}

function counter(name: string, options: Partial<Options>, flaw?: Design['flaw']): Design<SharedCounter, State> {
  return {
    name: `g-counter/${name}`,
    datatype: 'g-counter',
    claims: strongEventual('g-counter', 'causal'),
    invariants: { 'a node knows its own count best': forgottenCounts },
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { merges: 'larger', durable: true, acceptsNegative: false, ...options }),
  };
}

export const stateCounters: readonly Design<SharedCounter, State>[] = [
  counter('state', {}),
  counter(
    'id-reused',
    { durable: false },
    {
      says: 'a node forgets its counts in a crash and counts again under the same id',
      anomaly: 'lost',
      at: "durable ? await durableMap<S>(node, 'states') : volatileMap<S>()",
      in: 'blocks/replicated-states.ts',
    },
  ),
  counter(
    'merge-by-sum',
    { merges: 'sum' },
    {
      says: 'a merge adds entries up, so what is exchanged twice counts twice',
      anomaly: 'unexpected',
      at: 'sum[node] = (sum[node] ?? 0) + theirs[node]!;',
    },
  ),
  counter(
    'negative-amounts',
    { acceptsNegative: true },
    {
      says: 'negative amounts are accepted, and undone by the next merge',
      anomaly: 'unexpected',
      at: 'if (!acceptsNegative) refuseNegative(amount);',
    },
  ),
];
