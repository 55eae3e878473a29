/**
 * A map whose last write to a key wins: a register by Lamport stamps
 * for each, in which a removal is a write that leaves a tombstone.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "A Comprehensive Study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011: specification 8 under each key.
 *
 * Claims that what was removed comes back only by a write that did not know of the
 * removal, and that replicas converge, at every node and whatever befalls the network.
 * The price: of concurrent writes all but one are lost, and tombstones stay for ever.
 */
import type { ReplicatedRegister, Value } from 'elle-ts';
import { type Lattice, replicatedStates } from '../blocks/replicated-states.ts';
import { strongEventual } from '../claims.ts';
import { lastWrite, nextWrite, UNWRITTEN, type Written } from '../lww-register/state.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

type State = Readonly<Record<string, Written>>;

/** A removal leaves nothing behind: whatever comes next is new. */
const forgetful: Lattice<Written> = {
  empty: UNWRITTEN,
  merge: (ours, theirs) => (theirs.value === null ? ours : lastWrite.merge(ours, theirs)),
};

async function start(node: Node, tombstones: boolean) {
  const { states, get, update } = await replicatedStates(node, tombstones ? lastWrite : forgetful);
  const write = async (value: Value, key: string): Promise<null> => {
    await update(key, (last) => (value === null && !tombstones ? UNWRITTEN : nextWrite(node, last, value)));
    return null;
  };
  return {
    state: states,
    api: {
      write: (value: unknown, key = ''): Promise<null> => write(value as Value, key),
      remove: (_: null, key = ''): Promise<null> => write(null, key),
      read: async (_: null, key = ''): Promise<Value> => get(key).value,
    },
  };
}

const common = { datatype: 'lww-map', claims: strongEventual('lww-map') } as const;

export const lastWriterMaps: readonly Design<ReplicatedRegister, State>[] = [
  { name: 'lww-map/state', ...common, start: (node) => start(node, true) },
  {
    name: 'lww-map/no-tombstones',
    ...common,
    flaw: {
      says: 'a removal leaves no tombstone, so a node that missed it brings the value back',
      anomaly: 'lost-update',
      at: 'theirs.value === null ? ours : lastWrite.merge(ours, theirs)',
    },
    start: (node) => start(node, false),
  },
];
