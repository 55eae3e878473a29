/**
 * Snapshot isolation over shards by two-phase commit: a transaction reads the versions of its snapshot, and
 * commits where all shards promise that nobody has written its keys since. The commit timestamp is taken when all
 * have promised, so whoever finds a key promised waits: the transaction may yet turn out to be in his snapshot.
 *
 * @see Berenson, Bernstein, Gray, Melton, O'Neil & O'Neil, "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995.
 * @see Gray, "Notes on Data Base Operating Systems", 1978; Mohan,
 *   Lindsay & Obermarck, ACM TODS 1986: commit with presumed abort.
 *
 * Claims snapshot isolation with snapshots of now under partition, crash, pause, bad links and skewed clocks.
 * Timestamps come from one node, the first, and shards are not replicated: while one of them is away nobody is
 * promised an answer. A coordinator that dies leaves keys in doubt, which cannot be read or written until it is back.
 */
import { type AtomicCommit, atomicCommit, commitSteps, type Participant } from '../blocks/atomic-commit.ts';
import { byOwner, claimOverShards, type Shards, shards as shardsOf } from '../blocks/shards.ts';
import { timestampOracle } from '../blocks/timestamps.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { type Versions, versionsOn } from './versions.ts';

/** What a shard is to write: its own part of a transaction. */
interface Work {
  readonly start: number;
  readonly writes: Readonly<Record<string, unknown>>;
}

/** A key that was promised to a transaction. */
interface Lock {
  readonly txn: string;
  readonly released: Promise<void>;
  release(): void;
}

/** How long a reader waits for a promised key. */
const PATIENCE_MS = 300;

/** A node: it owns a shard, and begins transactions for its clients. */
interface Server extends Steps {
  readonly node: Node;
  readonly shards: Shards;
  readonly oracle: () => Promise<number>;
  readonly versions: Versions;
  readonly locks: Map<string, Lock>;
  readonly commitAtomically: AtomicCommit<Work, number>['commit'];
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  async begin(this: Server): Promise<Transaction> {
    const id = await this.oracle();
    const at = this.snapshot(id);
    const own = workspace((key) => this.shards.call(this.shards.ownerOf(key), 'read', { key, at }));
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
      },
      commit: () => this.commit(id, at, own.writes),
      // Nobody has heard of it yet.
      abort: () => undefined,
    };
  },

  /** One moment in the whole cluster: the timestamp by which the transaction is known. */
  snapshot: (id: number): number => id,

  /** Whatever has committed since the start conflicts with a write. */
  async commit(this: Server, id: number, start: number, writes: ReadonlyMap<string, unknown>): Promise<void> {
    if (writes.size === 0) return;
    const works = [...byOwner(this.shards, writes)].map(
      ([owner, theirs]) => [owner, { start, writes: theirs }] as const,
    );
    await this.commitAtomically(`${id}`, new Map(works), () => this.timestamp());
  },

  /** When a transaction commits that all have promised. */
  timestamp(this: Server): Promise<number> {
    return this.oracle();
  },

  async read(this: Server, key: string, at: number): Promise<unknown> {
    const giveUpMs = this.node.elapsed() + PATIENCE_MS;
    for (let lock = this.inDoubt(key); lock; lock = this.inDoubt(key)) {
      if (this.node.elapsed() >= giveUpMs) throw new Refused(`${key} is in doubt`);
      await Promise.race([lock.released, this.node.sleep(PATIENCE_MS)]);
    }
    return this.lastAt(key, at);
  },

  /** The promise for which a reader waits. */
  inDoubt(this: Server, key: string): Lock | undefined {
    return this.locks.get(key);
  },

  lastAt(this: Server, key: string, at: number): unknown {
    let last: { readonly commit: number; readonly value: unknown } | undefined;
    for (const { commit = 0, value } of this.versions.of(key))
      if (commit <= at && commit > (last?.commit ?? 0)) last = { commit, value };
    return last?.value ?? null;
  },

  ...commitSteps,
};

async function start(node: Node, given: Steps) {
  const shards = shardsOf(node);
  const oracle = await timestampOracle(node, shards);
  const versions = await versionsOn(node);
  const locks = new Map<string, Lock>();
  const { commit } = await atomicCommit(node, shards, keeper(versions, locks), given);
  const server: Server = { ...given, node, shards, oracle, versions, locks, commitAtomically: commit };
  shards.on('read', ({ key, at }: { key: string; at: number }) => server.read(key, at));
  return {
    get state() {
      return { versions: versions.entries, locked: [...locks].map(([key, { txn }]) => ({ key, txn })) };
    },
    api: transactionsOn(() => server.begin()),
  };
}

/** A shard's part in a commit: first committer wins, and a promised key is locked until the outcome is known. */
function keeper(versions: Versions, locks: Map<string, Lock>): Participant<Work, number> {
  function lock(txn: string, { writes }: Work): void {
    for (const key of Object.keys(writes)) {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      locks.set(key, { txn, released, release });
    }
  }

  return {
    prepare(txn, work) {
      for (const key of Object.keys(work.writes)) {
        if (locks.has(key)) throw new Refused(`${key} is being written`, { answer: true });
        if (versions.of(key).some(({ commit = 0 }) => commit > work.start))
          throw new Refused(`${key} was written meanwhile`, { answer: true });
      }
      lock(txn, work);
      return 'promised';
    },
    resume: lock,
    async apply(txn, { writes }, commit) {
      const all = Object.entries(writes).map(([key, value]) => {
        return versions.add(key, { start: Number(txn), ordinal: 1, value, commit });
      });
      await Promise.all(all);
    },
    release(txn) {
      for (const [key, held] of locks) {
        if (held.txn !== txn) continue;
        locks.delete(key);
        held.release();
      }
    },
  };
}

export type TwoPhaseCommit = Stepped<Transactions, unknown, Steps>;

export const twoPhaseCommit: TwoPhaseCommit = stepped<Transactions, unknown, Steps>({
  name: 'mvcc/two-phase-commit',
  datatype: 'transactions',
  claims: [claimOverShards('strong-snapshot-isolation')],
  steps,
  startWith: start,
});
