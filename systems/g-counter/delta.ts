/**
 * A counter that only grows, by deltas: an addition sends its node's own entry and nothing else.
 * An entry says all that earlier ones of its node did, so deltas may come in any order.
 *
 * @see Almeida, Shoker & Baquero, "Delta State Replicated Data
 * Types", Journal of Parallel and Distributed Computing 111, 2018.
 *
 * Claims what the counter by state does, but that a read may show an addition without
 * others that its node had known of (visibility `peer`, not `causal`). Messages are
 * as small as the change, and a node remembers what each other has acknowledged.
 */
import type { Visibility } from 'elle-ts';
import { deltaExchange } from '../blocks/delta-exchange.ts';
import type { Versioned } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';
import { type Counts, counts, forgottenCounts, refuseNegative, type SharedCounter, total } from './state.ts';

type State = Readonly<Record<string, Counts>>;

async function start(node: Node, again: boolean) {
  const { states, get, update } = await deltaExchange(node, counts, { atOnce: true, again });
  return {
    state: states,
    api: {
      async add(amount: number, key = ''): Promise<Versioned<null>> {
        refuseNegative(amount);
        const version = await update(key, (all) => ({ [node.id]: (all[node.id] ?? 0) + amount }));
        return { value: null, version };
      },
      read: async (_: null, key = ''): Promise<Versioned<number>> => ({ value: total(get(key)), version: get(key) }),
    },
  };
}

function counter(
  name: string,
  visibility: Visibility,
  again: boolean,
  flaw?: Design['flaw'],
): Design<SharedCounter, State> {
  return {
    name: `g-counter/${name}`,
    datatype: 'g-counter',
    claims: strongEventual('g-counter', visibility),
    invariants: { 'a node knows its own count best': forgottenCounts },
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, again),
  };
}

export const deltaCounters: readonly Design<SharedCounter, State>[] = [
  counter('delta', 'peer', true),
  counter('deltas-sent-once', 'peer', false, {
    says: 'a delta is sent once, whether or not it arrives',
    anomaly: 'divergence',
    at: 'if (again) void exchange();',
    in: 'blocks/delta-exchange.ts',
  }),
  counter('deltas-claimed-causal', 'causal', true, {
    says: 'an entry is sent without those that its node knew when it added, and yet claimed to come after them',
    anomaly: 'not-causal',
    at: "'deltas-claimed-causal', 'causal'",
  }),
];
