/** The stores of versions with a step wrong, or a claim too many. */
import { abortsInDoubt, decisionNotLogged, neverAsks, voteNotLogged } from '../blocks/broken-commit.ts';
import { ROWS } from '../blocks/rows.ts';
import { claimOverShards } from '../blocks/shards.ts';
import type { Node } from '../node.ts';
import { type Replaced, type Twin, twin } from '../twin.ts';
import { parallelSteps } from './parallel.ts';
import { type Percolator, type Steps as PercolatorSteps, percolator } from './percolator.ts';
import { type SnapshotStore, snapshotIsolation } from './si.ts';
import { conflictsRefused, refusePivot, serializableSnapshots } from './ssi.ts';
import type { Wish } from './status-oracle.ts';
import { type TwoPhaseCommit, type Steps as TwoPhaseCommitSteps, twoPhaseCommit } from './two-phase-commit.ts';

/** A twin that claims another model. */
const claiming = (name: string, model: string, flaw: Twin['flaw']): Twin => ({
  name: `mvcc/${name}`,
  claims: [claimOverShards(model)],
  flaw,
});

const si = snapshotIsolation;

export const brokenSnapshots: readonly SnapshotStore[] = [
  twin(
    si,
    {
      name: 'mvcc/no-conflict-check',
      flaw: {
        says: 'every commit is let through, though another has written the key since',
        anomaly: 'lost-update',
        at: 'rule: () => ({ refuse: () => undefined, note: () => undefined })',
      },
    },
    { rule: () => ({ refuse: () => undefined, note: () => undefined }) },
  ),
  twin(
    si,
    claiming('si-claimed-serializable', 'serializable', {
      says: 'snapshot isolation is claimed to be serializable, but two may each write what the other read',
      anomaly: 'G2-item',
      at: "'si-claimed-serializable', 'serializable'",
    }),
    {},
  ),
  twin(
    si,
    claiming('parallel', 'snapshot-isolation', {
      says: 'each node has its own snapshots, of the commits that it has heard of, and nodes hear in different orders',
      anomaly: 'long-fork',
      at: 'versions.filter(({ start }) => shown.includes(start))',
    }),
    () => parallelSteps(si),
  ),
  twin(
    si,
    claiming('dirty-reads', 'read-committed', {
      says: 'reads show what has not committed, and may never',
      anomaly: 'G1a',
      at: '({ commit: version.start, ...version })',
    }),
    {
      lastOf(versions, snapshot) {
        return si.steps.lastOf(
          versions.map((version) => ({ commit: version.start, ...version })),
          snapshot,
        );
      },
    },
  ),
];

export const brokenSerializable: readonly SnapshotStore[] = [
  twin(
    serializableSnapshots,
    claiming('past-pivots', 'serializable', {
      says: 'only the transaction that commits now is looked at: one that has committed may become a pivot',
      anomaly: 'G2-item',
      at: 'conflictsRefused(refusePivot)',
    }),
    { rule: () => conflictsRefused(refusePivot) },
  ),
  twin(
    serializableSnapshots,
    claiming('readers-not-tracked', 'serializable', {
      says: 'transactions that only read are not decided, so what they saw is unknown',
      anomaly: 'G2-item',
      at: 'needsDecision: si.steps.needsDecision',
    }),
    { needsDecision: si.steps.needsDecision },
  ),
  twin(
    serializableSnapshots,
    claiming('predicates-not-tracked', 'serializable', {
      says: 'of what was read rows are tracked and the list of them is not: another may be added that a predicate holds of',
      anomaly: 'G2',
      at: 'reads.filter((key) => key !== ROWS)',
    }),
    {
      rule() {
        const { refuse, note } = serializableSnapshots.steps.rule();
        const rowsOf = (reads: readonly string[]) => reads.filter((key) => key !== ROWS);
        const refuseRows = (wish: Wish) => refuse({ ...wish, reads: rowsOf(wish.reads) });
        return { refuse: refuseRows, note: (done) => note({ ...done, reads: rowsOf(done.reads) }) };
      },
    },
  ),
];

/** Each shard reads by its own clock, when it is asked. */
const NO_MOMENT = null as unknown as number;

/** What a shard without an oracle takes for the time, in steps that no two readings share. */
function shardClock(node: Node): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1e-3, node.now());
    return last;
  };
}

const committing = (name: string, replaced: Replaced<TwoPhaseCommitSteps>, flaw: Twin['flaw']): TwoPhaseCommit =>
  twin(twoPhaseCommit, { name: `mvcc/${name}`, flaw }, replaced);

export const brokenCommits: readonly TwoPhaseCommit[] = [
  committing('decision-not-logged', decisionNotLogged, {
    says: 'a coordinator that crashes forgets that it has committed, and says that it has not',
    anomaly: 'wrong-total',
    at: 'openDecisions: async () => volatileMap()',
    in: 'blocks/broken-commit.ts',
  }),
  committing('vote-not-logged', voteNotLogged, {
    says: 'a participant that crashes forgets what it has promised',
    anomaly: 'wrong-total',
    at: 'openPromises: async () => volatileMap()',
    in: 'blocks/broken-commit.ts',
  }),
  committing('half-commit', abortsInDoubt, {
    says: 'a participant whose coordinator is silent aborts by itself what others have committed',
    anomaly: 'wrong-total',
    at: "presume: () => 'abort'",
    in: 'blocks/broken-commit.ts',
  }),
  committing('in-doubt-for-ever', neverAsks, {
    says: 'a participant that missed the outcome never asks for it',
    anomaly: 'no-recovery',
    at: 'whileInDoubt: async () => undefined',
    in: 'blocks/broken-commit.ts',
  }),
  committing(
    'ignores-promises',
    { inDoubt: () => undefined },
    {
      says: 'a read does not wait for a key that is promised, whose new version may be in its snapshot',
      anomaly: 'wrong-total',
      at: 'inDoubt: () => undefined',
    },
  ),
  committing(
    'shard-clocks',
    (node) => {
      const clock = shardClock(node);
      return {
        snapshot: () => NO_MOMENT,
        lastAt(key) {
          return twoPhaseCommit.steps.lastAt.call(this, key, clock());
        },
        commit(id, _, writes) {
          const start = writes.size > 0 ? clock() : 0;
          return twoPhaseCommit.steps.commit.call(this, id, start, writes);
        },
        timestamp: async () => clock(),
      };
    },
    {
      says: 'a snapshot is what each shard has by its own clock',
      anomaly: 'wrong-total',
      at: 'snapshot: () => NO_MOMENT',
    },
  ),
];

const percolating = (name: string, replaced: Partial<PercolatorSteps>, flaw: Twin['flaw']): Percolator =>
  twin(percolator, { name: `mvcc/${name}`, flaw }, replaced);

export const brokenPercolators: readonly Percolator[] = [
  percolating(
    'local-clock',
    {
      async timestamp() {
        return this.node.now() + this.node.random() / 1000;
      },
    },
    {
      says: 'timestamps come from the clock of the node at hand, and clocks disagree',
      anomaly: 'lost-update',
      at: 'return this.node.now() + this.node.random() / 1000;',
    },
  ),
  percolating(
    'ignores-locks',
    {
      async get(key, at) {
        return this.valueAt(key, at);
      },
    },
    {
      says: 'a read takes no notice of a lock, whose value may be in its snapshot',
      anomaly: 'wrong-total',
      at: 'return this.valueAt(key, at);',
      in: 'mvcc/twins.ts',
    },
  ),
  percolating(
    'cleans-up-committed',
    {
      async cleanUp(key, { start }) {
        await this.carryBack(key, start);
      },
    },
    {
      says: 'an old lock is taken away without asking its primary, though the transaction may have committed',
      anomaly: 'wrong-total',
      at: 'await this.carryBack(key, start);',
      in: 'mvcc/twins.ts',
    },
  ),
];
