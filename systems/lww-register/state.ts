/**
 * A register whose last write wins: every write has a Lamport stamp above the one that it
 * replaces, and of two writes the one with the larger stamp stays, equal counts ordered by node.
 *
 * @see Johnson & Thomas, "The Maintenance of Duplicate Databases", RFC 677, 1975.
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent
 * and Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 8.
 *
 * Claims that no write is replaced by one that it had replaced itself, and that replicas converge, at every node
 * and whatever befalls the network. Of concurrent writes all but one are lost, acknowledged or not: that is the price.
 */
import type { Value } from 'elle-ts';
import { compareStamps, type Stamp } from '../blocks/lamport.ts';
import { type Lattice, replicatedStates, type Versioned } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

/** Registers by key. */
export type LastWriterRegister = {
  read(input: null): Versioned<Value>;
  write(value: Value): null;
};

/** `value` is null before the first write, and after a removal. */
export interface Written {
  readonly stamp: Stamp;
  readonly value: Value;
}
type State = Readonly<Record<string, Written>>;

export const UNWRITTEN: Written = { stamp: [0, ''], value: null };

/** Of two writes the later one. */
export const lastWrite: Lattice<Written> = {
  empty: UNWRITTEN,
  merge: (ours, theirs) => (compareStamps(theirs.stamp, ours.stamp) > 0 ? theirs : ours),
};
/** Of two writes with one count every node keeps its own. */
const ownOfEquals: Lattice<Written> = {
  empty: UNWRITTEN,
  merge: (ours, theirs) => (theirs.stamp[0] > ours.stamp[0] ? theirs : ours),
};

/** A write above all that this node has seen of the key. */
export function nextWrite(node: Node, { stamp: [count] }: Written, value: Value): Written {
  return { stamp: [count + 1, node.id], value };
}

async function start(node: Node, lattice: Lattice<Written>, versionOf: (stamp: Stamp) => unknown) {
  const { states, get, update } = await replicatedStates(node, lattice);
  return {
    state: states,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        await update(key, (last) => nextWrite(node, last, value));
        return null;
      },
      async read(_: null, key = ''): Promise<Versioned<Value>> {
        const { stamp, value } = get(key);
        return { value, version: versionOf(stamp) };
      },
    },
  };
}

const common = { datatype: 'lww-register', claims: strongEventual('lww-register') } as const;

export const lastWriterRegisters: readonly Design<LastWriterRegister, State>[] = [
  { name: 'lww-register/state', ...common, start: (node) => start(node, lastWrite, (stamp) => stamp) },
  {
    name: 'lww-register/own-of-equals',
    ...common,
    flaw: {
      says: 'of two writes with equal counts every node keeps its own',
      anomaly: 'diverged',
      at: 'theirs.stamp[0] > ours.stamp[0] ? theirs : ours',
    },
    start: (node) => start(node, ownOfEquals, ([count]) => count),
  },
];
