/**
 * A counter of both signs: two counters that only grow, one of what was added and one of what was taken away.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 7.
 *
 * Claims that every acknowledged amount is counted once and that replicas converge, at every node and
 * whatever befalls the network. It cannot keep a bound: two nodes that each see one left may both take it.
 */
import { type Lattice, replicatedStates, type Versioned } from '../blocks/replicated-states.ts';
import { merged } from '../blocks/vector-clock.ts';
import { strongEventual } from '../claims.ts';
import type { Counts, SharedCounter } from '../g-counter/state.ts';
import { total } from '../g-counter/state.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

/** What every node has added, and what it has taken away. */
interface UpAndDown {
  readonly up: Counts;
  readonly down: Counts;
}
type State = Readonly<Record<string, UpAndDown>>;

const upAndDown: Lattice<UpAndDown> = {
  empty: { up: {}, down: {} },
  merge: (ours, theirs) => ({ up: merged(ours.up, theirs.up), down: merged(ours.down, theirs.down) }),
};

/** How much every node has added and taken away together: of a node's states no two have the same. */
function versionOf({ up, down }: UpAndDown): Counts {
  const both: Record<string, number> = { ...up };
  for (const node in down) both[node] = (both[node] ?? 0) + down[node]!;
  return both;
}

async function start(node: Node, oneEntry: boolean) {
  const { states, get, update } = await replicatedStates(node, upAndDown);
  const more = (all: Counts, amount: number): Counts => ({ ...all, [node.id]: (all[node.id] ?? 0) + amount });
  const changed = ({ up, down }: UpAndDown, amount: number): UpAndDown =>
    amount < 0 && !oneEntry ? { up, down: more(down, -amount) } : { up: more(up, amount), down };
  return {
    state: states,
    api: {
      async add(amount: number, key = ''): Promise<Versioned<null>> {
        return { value: null, version: versionOf(await update(key, (state) => changed(state, amount))) };
      },
      async read(_: null, key = ''): Promise<Versioned<number>> {
        const state = get(key);
        return { value: total(state.up) - total(state.down), version: versionOf(state) };
      },
    },
  };
}

function counter(name: string, oneEntry: boolean, flaw?: Design['flaw']): Design<SharedCounter, State> {
  return {
    name: `pn-counter/${name}`,
    datatype: 'pn-counter',
    claims: strongEventual('pn-counter', 'causal'),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, oneEntry),
  };
}

export const upDownCounters: readonly Design<SharedCounter, State>[] = [
  counter('state', false),
  counter('one-entry', true, {
    says: 'a node has one entry for both signs, of which merges keep the larger: what was taken away comes back',
    anomaly: 'unexpected',
    at: 'amount < 0 && !oneEntry',
  }),
];
