/**
 * A set in which an addition wins over a concurrent removal, by deltas: an update sends the dots
 * that it adds and takes away, and nothing else of the set. A node merges no delta before those
 * that it came after: else it would know of an addition without knowing what that had taken away.
 *
 * @see Almeida, Shoker & Baquero, "Delta State Replicated Data Types",
 * Journal of Parallel and Distributed Computing 111, 2018: the add-wins set.
 *
 * Claims what the set by state does, with messages as small as the change.
 */
import type { Value } from 'elle-ts';
import { deltaExchange } from '../blocks/delta-exchange.ts';
import { type Dotted, dottedValues, replacement } from '../blocks/dotted-values.ts';
import type { Versioned } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';
import { elementsOf, type ObservedElements } from './state.ts';

type State = Readonly<Record<string, Dotted<Value>>>;

/** What is known; a vector where that has no gaps. */
const versionOf = ({ known }: Dotted<Value>) => (known.beyond.length === 0 ? known.seen : known);

/** Names the delta's dots by the largest of each node, as if all below came with them. */
function withoutGaps(delta: Dotted<Value>): Dotted<Value> {
  const seen: Record<string, number> = { ...delta.known.seen };
  for (const [node, count] of delta.known.beyond) seen[node] = Math.max(seen[node] ?? 0, count);
  return { values: delta.values, known: { seen, beyond: [] } };
}

interface Options {
  /** A delta is sent at once, and may come before an earlier one. */
  readonly atOnce: boolean;
  readonly claimsTooMuch: boolean;
}

async function start(node: Node, { atOnce, claimsTooMuch }: Options) {
  const { states, get, update } = await deltaExchange(node, dottedValues<Value>(), { atOnce, again: true });
  const change = async (key: string, element: Value, put?: { readonly value: Value }): Promise<Versioned<null>> => {
    const set = await update(key, (set) => {
      const delta = replacement(node.id, set, (value) => value === element, put);
      return claimsTooMuch ? withoutGaps(delta) : delta;
    });
    return { value: null, version: versionOf(set) };
  };
  return {
    state: states,
    api: {
      add: (element: Value, key = ''): Promise<Versioned<null>> => change(key, element, { value: element }),
      remove: (element: Value, key = ''): Promise<Versioned<null>> => change(key, element),
      async read(_: null, key = ''): Promise<Versioned<readonly Value[]>> {
        const set = get(key);
        return { value: elementsOf(set), version: versionOf(set) };
      },
    },
  };
}

function observedRemove(
  name: string,
  options: Partial<Options>,
  flaw?: Design['flaw'],
): Design<ObservedElements, State> {
  return {
    name: `or-set/${name}`,
    datatype: 'or-set',
    claims: strongEventual('or-set', 'causal'),
    content: (states) => Object.fromEntries(Object.entries(states).map(([key, set]) => [key, elementsOf(set)])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { atOnce: false, claimsTooMuch: false, ...options }),
  };
}

export const deltaSets: readonly Design<ObservedElements, State>[] = [
  observedRemove('delta', {}),
  observedRemove(
    'delta-out-of-order',
    { atOnce: true },
    {
      says: 'a delta is merged before one that it came after: what that had taken away is still there, and counts as seen',
      anomaly: 'diverged',
      at: "if (atOnce) for (const peer of node.peers) node.send(peer, 'delta', { [key]: delta });",
      in: 'blocks/delta-exchange.ts',
    },
  ),
  observedRemove(
    'delta-without-gaps',
    { atOnce: true, claimsTooMuch: true },
    {
      says: 'a delta names its dots as a version vector, which covers earlier ones that it does not carry: they count as removed',
      anomaly: 'lost',
      at: 'claimsTooMuch ? withoutGaps(delta) : delta',
    },
  ),
];
