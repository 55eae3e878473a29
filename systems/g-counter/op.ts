/**
 * A counter that only grows, by operations: what travels is the amount, and a replica is one
 * number. Adding does not care about order, but it does about being delivered once and only once.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 5.
 *
 * Claims what the counter by state does. The price is in the
 * broadcast: every node keeps on disk what others may still lack.
 */
import { causalBroadcast } from '../blocks/causal-broadcast.ts';
import type { Versioned } from '../blocks/replicated-states.ts';
import { nobodyKnowsBetter, type VectorClock } from '../blocks/vector-clock.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';
import { refuseNegative, type SharedCounter } from './state.ts';

interface Added {
  readonly key: string;
  readonly amount: number;
}
interface State {
  readonly sums: Readonly<Record<string, number>>;
  readonly delivered: VectorClock;
}

async function start(node: Node, twice: boolean) {
  const sums: Record<string, number> = {};
  const deliver = ({ operation: { key, amount } }: { readonly operation: Added }) => {
    sums[key] = (sums[key] ?? 0) + amount;
  };
  const { delivered, broadcast } = await causalBroadcast<Added>(node, deliver, { twice });
  return {
    state: { sums, delivered },
    api: {
      async add(amount: number, key = ''): Promise<Versioned<null>> {
        refuseNegative(amount);
        return { value: null, version: await broadcast(() => ({ key, amount })) };
      },
      read: async (_: null, key = ''): Promise<Versioned<number>> => ({ value: sums[key] ?? 0, version: delivered }),
    },
  };
}

function counter(name: string, twice: boolean, flaw?: Design['flaw']): Design<SharedCounter, State> {
  return {
    name: `g-counter/${name}`,
    datatype: 'g-counter',
    claims: strongEventual('g-counter', 'causal'),
    invariants: { 'a node knows its own events best': nobodyKnowsBetter(({ delivered }) => delivered) },
    content: ({ sums }) => sums,
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, twice),
  };
}

export const operationCounters: readonly Design<SharedCounter, State>[] = [
  counter('op', false),
  counter('delivered-twice', true, {
    says: 'an operation that the network duplicates is delivered twice',
    anomaly: 'unexpected',
    at: 'known.has(nameOf(event.dot)) && !twice',
    in: 'blocks/causal-broadcast.ts',
  }),
];
