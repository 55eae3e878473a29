/**
 * Snapshot isolation over shards by two-phase commit: a transaction reads the versions of its snapshot, and commits where all shards promise that
 * nobody has written its keys since. The commit timestamp is taken when all have promised, so whoever finds a key promised waits: the
 * transaction may yet turn out to be in his snapshot.
 *
 * @see Berenson, Bernstein, Gray, Melton, O'Neil & O'Neil, "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995.
 * @see Gray, "Notes on Data Base Operating Systems", 1978; Mohan, Lindsay & Obermarck, ACM TODS 1986: commit with presumed abort.
 *
 * Claims snapshot isolation with snapshots of now under partition, crash, pause, bad links and skewed clocks. Timestamps come from one node, the
 * first, and shards are not replicated: while one of them is away nobody is promised an answer. A coordinator that dies leaves
 * keys in doubt, which cannot be read or written until it is back.
 */
import { atomicCommit, type CommitOptions, type Participant, SOUND_COMMIT } from '../blocks/atomic-commit.ts';
import { byOwner, claimOverShards, type Shards, shards as shardsOf } from '../blocks/shards.ts';
import { timestampOracle } from '../blocks/timestamps.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, Refused } from '../node.ts';
import type { System } from '../system.ts';
import { type Versions, versionsOn } from './versions.ts';

interface Options extends CommitOptions {
  /** A snapshot is of one moment in the whole cluster; else of whatever each shard's clock says. */
  readonly oracle: boolean;
  /** A reader waits for a key that is promised. */
  readonly waits: boolean;
}

const SOUND: Options = { ...SOUND_COMMIT, oracle: true, waits: true };

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

async function start(node: Node, options: Options) {
  const shards = shardsOf(node);
  const oracle = await timestampOracle(node, shards);
  const clock = shardClock(node);
  const timestamp = options.oracle ? oracle : async () => clock();
  const versions = await versionsOn(node);
  const locks = new Map<string, Lock>();
  const { commit } = await atomicCommit(node, shards, keeper(versions, locks), options);

  shards.on('read', async ({ key, at }: { key: string; at: number | null }) => {
    const giveUpMs = node.elapsed() + PATIENCE_MS;
    for (let lock = locks.get(key); lock && options.waits; lock = locks.get(key)) {
      if (node.elapsed() >= giveUpMs) throw new Refused(`${key} is in doubt`);
      await Promise.race([lock.released, node.sleep(PATIENCE_MS)]);
    }
    return newest(versions, key, at ?? clock());
  });

  async function begin(): Promise<Transaction> {
    const id = await oracle();
    const start = options.oracle ? id : null;
    const own = workspace((key) => shards.call(shards.ownerOf(key), 'read', { key, at: start }));
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
      },
      async commit() {
        if (own.writes.size === 0) return;
        const works = worksOf(shards, own.writes, start ?? clock());
        await commit(`${id}`, works, timestamp);
      },
      // Nobody has heard of it yet.
      abort: () => undefined,
    };
  }

  return {
    get state() {
      return { versions: versions.entries, locked: [...locks].map(([key, { txn }]) => ({ key, txn })) };
    },
    api: transactionsOn(begin),
  };
}

function worksOf(shards: Shards, writes: ReadonlyMap<string, unknown>, start: number): Map<string, Work> {
  return new Map([...byOwner(shards, writes)].map(([owner, theirs]) => [owner, { start, writes: theirs }]));
}

/** What a shard without an oracle takes for the time, in steps that no two readings share. */
function shardClock(node: Node): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1e-3, node.now());
    return last;
  };
}

function newest(versions: Versions, key: string, at: number): unknown {
  let found: { readonly commit: number; readonly value: unknown } | undefined;
  for (const { commit = 0, value } of versions.of(key))
    if (commit <= at && commit > (found?.commit ?? 0)) found = { commit, value };
  return found?.value ?? null;
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

function committing(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Transactions> {
  return {
    name: `mvcc/${name}`,
    datatype: 'transactions',
    claims: [claimOverShards('strong-snapshot-isolation')],
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const twoPhaseCommits: readonly System<Transactions>[] = [
  committing('two-phase-commit', {}),
  committing(
    'decision-not-logged',
    { logsDecisions: false },
    {
      says: 'a coordinator that crashes forgets that it has committed, and says that it has not',
      anomaly: 'wrong-total',
    },
  ),
  committing(
    'vote-not-logged',
    { logsVotes: false },
    { says: 'a participant that crashes forgets what it has promised', anomaly: 'wrong-total' },
  ),
  committing(
    'half-commit',
    { inDoubt: 'aborts' },
    {
      says: 'a participant whose coordinator is silent aborts by itself what others have committed',
      anomaly: 'wrong-total',
    },
  ),
  committing(
    'in-doubt-for-ever',
    { inDoubt: 'never asks' },
    { says: 'a participant that missed the outcome never asks for it', anomaly: 'no-recovery' },
  ),
  committing(
    'ignores-promises',
    { waits: false },
    {
      says: 'a read does not wait for a key that is promised, whose new version may be in its snapshot',
      anomaly: 'wrong-total',
    },
  ),
  committing(
    'shard-clocks',
    { oracle: false },
    { says: 'a snapshot is what each shard has by its own clock', anomaly: 'wrong-total' },
  ),
];
