/**
 * A set in two phases: one set of what was added and one of what was
 * removed, both of which only grow. What was removed never comes back.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent and Commutative Replicated
 * Data Types", INRIA RR-7506, 2011: specification 12. As there, only what is in the set can be removed.
 *
 * Claims that what was removed is absent and everything else that was added is present,
 * and that replicas converge, at every node and whatever befalls the network.
 * The price: an element can be added once in its life, and tombstones stay for ever.
 */
import type { Value } from 'elle-ts';
import { type Lattice, replicatedStates } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import { both } from '../g-set/state.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

/** Sets by key to which elements are added and from which they are removed. */
type RemovableElements = {
  add(element: Value): null;
  remove(element: Value): null;
  read(input: null): readonly Value[];
};
interface TwoSets {
  readonly added: readonly Value[];
  readonly removed: readonly Value[];
}
type State = Readonly<Record<string, TwoSets>>;

const twoSets: Lattice<TwoSets> = {
  empty: { added: [], removed: [] },
  merge: (ours, theirs) => ({ added: both(ours.added, theirs.added), removed: both(ours.removed, theirs.removed) }),
};

/** How long a tombstone is kept where it is not kept for ever. */
const GRACE_MS = 250;

const content = ({ added, removed }: TwoSets) => added.filter((element) => !removed.includes(element));

async function start(node: Node, collects: boolean) {
  const { states, get, update } = await replicatedStates(node, twoSets);

  async function collect(key: string, element: Value): Promise<void> {
    await node.sleep(GRACE_MS);
    const others = (all: readonly Value[]) => all.filter((one) => one !== element);
    await update(key, ({ added, removed }) => ({ added: others(added), removed: others(removed) }));
  }

  return {
    state: states,
    api: {
      async add(element: Value, key = ''): Promise<null> {
        await update(key, ({ added, removed }) => ({ added: both(added, [element]), removed }));
        return null;
      },
      async remove(element: Value, key = ''): Promise<null> {
        await update(key, (sets) => {
          if (!content(sets).includes(element)) throw new Refused(`${element} is not in the set`, { answer: true });
          return { added: sets.added, removed: both(sets.removed, [element]) };
        });
        if (collects) void collect(key, element);
        return null;
      },
      read: async (_: null, key = ''): Promise<readonly Value[]> => content(get(key)),
    },
  };
}

function set(name: string, collects: boolean, flaw?: Design['flaw']): Design<RemovableElements, State> {
  return {
    name: `2p-set/${name}`,
    datatype: '2p-set',
    claims: strongEventual('2p-set'),
    content: (sets) =>
      Object.fromEntries(Object.entries(sets).map(([key, one]) => [key, content(one).map(String).sort()])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, collects),
  };
}

export const twoPhaseSets: readonly Design<RemovableElements, State>[] = [
  set('state', false),
  set('early-collection', true, {
    says: 'tombstones are collected after a while, and not once every node has them',
    anomaly: 'resurrected',
    at: 'await node.sleep(GRACE_MS);',
  }),
];
