/**
 * Serializable snapshot isolation: the oracle also knows what was read. Wherever one transaction read a
 * version that a concurrent one replaced, the first must come before the second; one that has such a neighbour
 * on either side - a pivot - may be part of a cycle, and whoever would complete a pivot is refused.
 *
 * @see Cahill, Röhm & Fekete, "Serializable Isolation for Snapshot Databases", SIGMOD 2008.
 * @see Fekete, Liarokapis, O'Neil, O'Neil & Shasha, "Making Snapshot
 *   Isolation Serializable", ACM TODS 2005: every cycle has a pivot.
 *
 * Claims strict serializability. In any cycle of dependencies, in real time too, look at the
 * transaction that commits first: whoever is before it began before that commit and ends after it,
 * so the edge is one of a read; and so is the edge before that, or its origin would have committed
 * earlier still. This takes snapshots of now, which the oracle hands out. What it costs:
 * transactions that only read must be decided too, and some are refused that were part of no cycle.
 */
import { claimOverShards } from '../blocks/shards.ts';
import { Refused } from '../node.ts';
import { stepped } from '../twin.ts';
import { type SnapshotStore, snapshotIsolation } from './si.ts';
import { firstCommitterWins, type Rule, type Wish } from './status-oracle.ts';

/** A committed transaction, and whether it must come before (`out`) or after (`in`) a concurrent one. */
interface Past extends Wish {
  readonly commit: number;
  out: boolean;
  in: boolean;
}

interface Conflicts {
  /** Those that replaced what this one read, and those that read what this one replaces. */
  readonly after: readonly Past[];
  readonly before: readonly Past[];
}

/** First committer wins, and whoever has these conflicts with concurrent transactions is refused. */
export function conflictsRefused(refuse: (conflicts: Conflicts) => void): Rule {
  const writes = firstCommitterWins();
  const past: Past[] = [];

  function conflictsOf(wish: Wish): Conflicts {
    const concurrent = past.slice(past.findLastIndex(({ commit }) => commit < wish.start) + 1);
    const share = (some: readonly string[], others: readonly string[]) => some.some((key) => others.includes(key));
    return {
      after: concurrent.filter((other) => share(other.writes, wish.reads)),
      before: concurrent.filter((other) => share(other.reads, wish.writes)),
    };
  }

  return {
    refuse(wish) {
      writes.refuse(wish);
      refuse(conflictsOf(wish));
    },
    note(committed) {
      writes.note(committed);
      const { after, before } = conflictsOf(committed);
      for (const other of after) other.in = true;
      for (const other of before) other.out = true;
      past.push({ ...committed, out: after.length > 0, in: before.length > 0 });
    },
  };
}

/** Whoever is a pivot. */
export function refusePivot({ after, before }: Conflicts): void {
  if (after.length > 0 && before.length > 0) throw new Refused('others come before and after', { answer: true });
}

/** Whoever would make a pivot of one that has committed. */
function refusePastPivot({ after, before }: Conflicts): void {
  if (after.some((other) => other.out) || before.some((other) => other.in))
    throw new Refused('one that has committed would have others before and after', { answer: true });
}

export const serializableSnapshots: SnapshotStore = stepped({
  ...snapshotIsolation,
  name: 'mvcc/ssi',
  claims: [claimOverShards('strict-serializable')],
  steps: {
    ...snapshotIsolation.steps,
    rule: () =>
      conflictsRefused((conflicts) => {
        refusePivot(conflicts);
        refusePastPivot(conflicts);
      }),
    // What was read is committed, too.
    needsDecision: () => true,
  },
});
