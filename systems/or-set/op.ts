/**
 * A set in which an addition wins over a concurrent removal, by operations: an addition sends
 * the element under a tag of its own, a removal the tags that its node has observed. Delivered in
 * causal order, a removal never arrives before what it removes, so nothing is kept of what is gone.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 15.
 *
 * Claims what the set by state does; the price is the broadcast that it needs.
 */
import type { Value } from 'elle-ts';
import { causalBroadcast, type Event } from '../blocks/causal-broadcast.ts';
import type { Versioned } from '../blocks/replicated-states.ts';
import { nobodyKnowsBetter, type VectorClock } from '../blocks/vector-clock.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';
import type { ObservedElements } from './state.ts';

/** Elements by tag. */
type Tagged = Readonly<Record<string, Value>>;
interface State {
  readonly sets: Readonly<Record<string, Tagged>>;
  readonly delivered: VectorClock;
}
type Change =
  | { readonly add: Value; readonly key: string }
  | { readonly remove: Value; readonly tags: readonly string[]; readonly key: string };

interface Options {
  /** Operations are delivered as they come. */
  readonly anyOrder: boolean;
  /** A removal takes away all tags of its element that it finds. */
  readonly unseen: boolean;
}

async function start(node: Node, { anyOrder, unseen }: Options) {
  const sets: Record<string, Tagged> = {};
  const tagsOf = (set: Tagged, element: Value) => Object.keys(set).filter((tag) => set[tag] === element);

  function deliver({ dot, operation }: Event<Change>): void {
    const set = sets[operation.key] ?? {};
    if ('add' in operation) {
      sets[operation.key] = { ...set, [dot.join('/')]: operation.add };
      return;
    }
    const gone = unseen ? tagsOf(set, operation.remove) : operation.tags;
    sets[operation.key] = Object.fromEntries(Object.entries(set).filter(([tag]) => !gone.includes(tag)));
  }
  const { delivered, broadcast } = await causalBroadcast<Change>(node, deliver, { anyOrder });

  return {
    state: { sets, delivered },
    api: {
      async add(element: Value, key = ''): Promise<Versioned<null>> {
        return { value: null, version: await broadcast(() => ({ add: element, key })) };
      },
      async remove(element: Value, key = ''): Promise<Versioned<null>> {
        const removal = () => ({ remove: element, tags: tagsOf(sets[key] ?? {}, element), key });
        return { value: null, version: await broadcast(removal) };
      },
      async read(_: null, key = ''): Promise<Versioned<readonly Value[]>> {
        return { value: elementsOf(sets[key] ?? {}), version: delivered };
      },
    },
  };
}

const elementsOf = (set: Tagged): readonly Value[] => [...new Set(Object.values(set))].sort();

function observedRemove(
  name: string,
  options: Partial<Options>,
  flaw?: Design['flaw'],
): Design<ObservedElements, State> {
  return {
    name: `or-set/${name}`,
    datatype: 'or-set',
    claims: strongEventual('or-set', 'causal'),
    invariants: { 'a node knows its own events best': nobodyKnowsBetter(({ delivered }) => delivered) },
    content: ({ sets }) => Object.fromEntries(Object.entries(sets).map(([key, set]) => [key, elementsOf(set)])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { anyOrder: false, unseen: false, ...options }),
  };
}

export const operationSets: readonly Design<ObservedElements, State>[] = [
  observedRemove('op', {}),
  observedRemove(
    'any-order',
    { anyOrder: true },
    {
      says: 'operations are delivered as they come: a removal that overtakes its addition is lost',
      anomaly: 'diverged',
      at: 'anyOrder || covers(delivered, after)',
      in: 'blocks/causal-broadcast.ts',
    },
  ),
  observedRemove(
    'removes-unseen-tags',
    { unseen: true },
    {
      says: 'a removal takes away whatever tags of its element it finds, seen or not',
      anomaly: 'diverged',
      at: 'unseen ? tagsOf(set, operation.remove) : operation.tags',
    },
  ),
];
