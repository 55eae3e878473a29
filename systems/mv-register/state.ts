/**
 * A register that keeps concurrent writes side by side: a write
 * replaces the values that its node has seen, and only those.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent and Commutative
 * Replicated Data Types", INRIA RR-7506, 2011: specification 10, with dots for version vectors.
 *
 * Claims that a write is replaced only by one whose node knew of it, and that replicas converge, at every
 * node and whatever befalls the network. The price is that clients have to deal with several values.
 */
import type { Value } from 'elle-ts';
import { type Dotted, dottedValues, replacement } from '../blocks/dotted-values.ts';
import { replicatedStates, type Versioned } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

/** Registers by key that may show several values. */
type ConcurrentRegister = {
  read(input: null): Versioned<readonly Value[]>;
  write(value: Value): Versioned<null>;
};
type State = Readonly<Record<string, Dotted<Value>>>;

const valuesOf = ({ values }: Dotted<Value>): readonly Value[] => values.map(([, value]) => value).sort();

async function start(node: Node, ownOnly: boolean) {
  const dotted = dottedValues<Value>();
  const { states, get, update } = await replicatedStates(node, dotted);
  return {
    state: states,
    api: {
      async write(value: Value, key = ''): Promise<Versioned<null>> {
        const takes = (_: Value, [by]: readonly [string, number]) => !ownOnly || by === node.id;
        const { known } = await update(key, (state) =>
          dotted.merge(state, replacement(node.id, state, takes, { value })),
        );
        return { value: null, version: known.seen };
      },
      async read(_: null, key = ''): Promise<Versioned<readonly Value[]>> {
        const state = get(key);
        return { value: valuesOf(state), version: state.known.seen };
      },
    },
  };
}

function register(name: string, ownOnly: boolean, flaw?: Design['flaw']): Design<ConcurrentRegister, State> {
  return {
    name: `mv-register/${name}`,
    datatype: 'mv-register',
    claims: strongEventual('mv-register', 'causal'),
    content: (states) => Object.fromEntries(Object.entries(states).map(([key, state]) => [key, valuesOf(state)])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, ownOnly),
  };
}

export const multiValueRegisters: readonly Design<ConcurrentRegister, State>[] = [
  register('state', false),
  register('replaces-own-only', true, {
    says: 'a write replaces what its own node wrote, and keeps what it has seen of others',
    anomaly: 'resurrected',
    at: '!ownOnly || by === node.id',
  }),
];
