/**
 * A set in which an addition wins over a concurrent removal, by its state: every addition
 * is an event with a dot of its own, and a removal takes away the dots that its node has
 * observed and no others. No tombstones: a dot that is known and not there was removed.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent and Commutative
 * Replicated Data Types", INRIA RR-7506, 2011: specification 15, the observed-remove set.
 * @see Bieniusa et al., "An Optimized Conflict-free Replicated Set", INRIA RR-8083, 2012: without tombstones.
 *
 * Claims that an element is absent only where a removal had observed all its additions,
 * and that replicas converge, at every node and whatever befalls the network.
 */
import type { Value } from 'elle-ts';
import { type Dotted, dottedValues, replacement } from '../blocks/dotted-values.ts';
import { type Lattice, replicatedStates, type Versioned } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

/** Sets by key to which elements are added and from which they are removed. */
export type ObservedElements = {
  add(element: Value): Versioned<null>;
  remove(element: Value): Versioned<null>;
  read(input: null): Versioned<readonly Value[]>;
};

/** `buried` is empty but where removals are by value. */
interface ObservedSet extends Dotted<Value> {
  readonly buried: readonly Value[];
}
type State = Readonly<Record<string, ObservedSet>>;

const dotted = dottedValues<Value>();
const sets: Lattice<ObservedSet> = {
  empty: { ...dotted.empty, buried: [] },
  merge: (ours, theirs) => ({
    ...dotted.merge(ours, theirs),
    buried: [...new Set([...ours.buried, ...theirs.buried])],
  }),
};

/** Each element once, however many additions it comes from. */
export function elementsOf({ values }: Dotted<Value>): readonly Value[] {
  return [...new Set(values.map(([, value]) => value))].sort();
}

const content = (set: ObservedSet) => elementsOf(set).filter((element) => !set.buried.includes(element));

async function start(node: Node, byValue: boolean) {
  const { states, get, update } = await replicatedStates(node, sets);
  return {
    state: states,
    api: {
      async add(element: Value, key = ''): Promise<Versioned<null>> {
        const { known } = await update(key, (set) => {
          const delta = replacement(node.id, set, (value) => value === element, { value: element });
          return sets.merge(set, { ...delta, buried: [] });
        });
        return { value: null, version: known.seen };
      },
      async remove(element: Value, key = ''): Promise<Versioned<null>> {
        const { known } = await update(key, (set) => {
          const delta = replacement(node.id, set, (value) => value === element);
          return sets.merge(set, { ...delta, buried: byValue ? [element] : [] });
        });
        return { value: null, version: known.seen };
      },
      async read(_: null, key = ''): Promise<Versioned<readonly Value[]>> {
        const set = get(key);
        return { value: content(set), version: set.known.seen };
      },
    },
  };
}

function observedRemove(name: string, byValue: boolean, flaw?: Design['flaw']): Design<ObservedElements, State> {
  return {
    name: `or-set/${name}`,
    datatype: 'or-set',
    claims: strongEventual('or-set', 'causal'),
    content: (states) => Object.fromEntries(Object.entries(states).map(([key, set]) => [key, content(set)])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, byValue),
  };
}

export const observedRemoveSets: readonly Design<ObservedElements, State>[] = [
  observedRemove('state', false),
  observedRemove('removes-by-value', true, {
    says: 'a removal is of the value and not of the additions that it observed: whatever is added again stays away',
    anomaly: 'lost',
    at: 'buried: byValue ? [element] : []',
  }),
];
