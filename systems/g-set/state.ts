/**
 * A set that only grows: merging is union.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 11.
 *
 * Claims that no acknowledged element is lost and that replicas converge,
 * at every node and whatever befalls the network. Nothing can be taken out.
 */
import type { Elements, Value } from 'elle-ts';
import { type Lattice, replicatedStates } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

/** Elements in the order in which this node learnt of them. */
type State = Readonly<Record<string, readonly Value[]>>;

const union: Lattice<readonly Value[]> = { empty: [], merge: both };
/** Of two sets the larger is taken for the later. */
const larger: Lattice<readonly Value[]> = {
  empty: [],
  merge: (ours, theirs) => (theirs.length > ours.length ? theirs : ours),
};

/** What is in either list, each element once. */
export function both(ours: readonly Value[], theirs: readonly Value[]): readonly Value[] {
  const more = theirs.filter((element) => !ours.includes(element));
  return more.length === 0 ? ours : [...ours, ...more];
}

async function start(node: Node, lattice: Lattice<readonly Value[]>) {
  const { states, get, update } = await replicatedStates(node, lattice);
  const refuse = async (): Promise<never> => {
    throw new Refused('a set that only grows');
  };
  return {
    state: states,
    api: {
      async add(element: Value, key = ''): Promise<null> {
        await update(key, (elements) => both(elements, [element]));
        return null;
      },
      read: async (_: null, key = ''): Promise<readonly Value[]> => get(key),
      contains: async (element: Value, key = ''): Promise<boolean> => get(key).includes(element),
      remove: refuse,
    },
  };
}

function growOnlySet(name: string, lattice: Lattice<readonly Value[]>, flaw?: Design['flaw']): Design<Elements, State> {
  return {
    name: `g-set/${name}`,
    datatype: 'set',
    without: ['remove'],
    claims: strongEventual('g-set'),
    content: (sets) =>
      Object.fromEntries(Object.entries(sets).map(([key, elements]) => [key, elements.map(String).sort()])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, lattice),
  };
}

export const growOnlySets: readonly Design<Elements, State>[] = [
  growOnlySet('state', union),
  growOnlySet('larger-set-wins', larger, {
    says: 'of two sets the larger is kept in place of both',
    anomaly: 'lost',
    at: 'theirs.length > ours.length ? theirs : ours',
  }),
];
