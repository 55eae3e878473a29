/**
 * Snapshot isolation over shards: a transaction reads what was committed when it began, its
 * versions lie at the shards until the oracle has said whether they count, and of two that
 * overlap and write one key the first to commit wins. Readers wait for nobody: a version
 * that has not committed by the time a reader asks will commit after the reader's snapshot.
 *
 * @see Berenson, Bernstein, Gray, Melton, O'Neil & O'Neil, "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995.
 * @see Gómez Ferro, Junqueira, Kelly, Reed & Yabandeh, "Omid: Lock-free
 *   Transactional Support for Distributed Data Stores", ICDE 2014.
 *
 * Claims snapshot isolation with snapshots of now (strong: whoever begins after a commit was acknowledged sees it)
 * under partition, crash, pause, bad links and skewed clocks. The oracle is one node, the first, and shards are
 * not replicated: while one of them is away, nobody is promised an answer; when it is back, nothing is in doubt.
 */
import { byOwner, claimOverShards, type Shards, shards as shardsOf } from '../blocks/shards.ts';
import {
  type Transaction,
  type Transactions,
  transactionsOn,
  type Workspace,
  workspace,
} from '../blocks/transactions.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { firstCommitterWins, type Rule, type Snapshot, type StatusOracle, statusOracle } from './status-oracle.ts';
import { type Version, type Versions, versionsOn } from './versions.ts';

type Write = { readonly key: string; readonly version: Version };
type Ended = { readonly start: number; readonly commit: number | null };

/** A node: it owns a shard, and begins transactions for its clients. */
interface Server extends Steps {
  readonly node: Node;
  readonly shards: Shards;
  readonly oracle: StatusOracle;
  readonly versions: Versions;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  async begin(this: Server): Promise<Transaction> {
    const start = await this.oracle.begin();
    const snapshot = this.snapshot(start);
    const { shards } = this;
    const own = workspace((key) => shards.call(shards.ownerOf(key), 'read', { key, snapshot }));
    let ordinal = 0;
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
        const version: Version = { start, ordinal: ++ordinal, value };
        await shards.call(shards.ownerOf(key), 'write', { key, version });
      },
      commit: () => this.commit(start, snapshot, own),
      abort: () => this.tell(own, { start, commit: null }),
    };
  },

  /** What was committed when the transaction began. */
  snapshot: (start: number): Snapshot => ({ at: start }),

  async commit(this: Server, start: number, snapshot: Snapshot, own: Workspace): Promise<void> {
    if (!this.needsDecision(own)) return;
    const wish = { start, reads: [...own.reads.keys()], writes: [...own.writes.keys()], ...snapshot };
    const commit = this.oracle.commit(wish).catch((error: unknown) => {
      // Of a refusal the shards may hear; of a silence nobody knows what it means.
      if (error instanceof Refused) this.tell(own, { start, commit: null });
      throw error;
    });
    this.tell(own, { start, commit: await commit });
  },

  /** Who has only read has nothing to commit. */
  needsDecision: ({ writes }: Workspace): boolean => writes.size > 0,

  tell(this: Server, own: Workspace, ended: Ended): void {
    for (const each of this.concerned(own)) this.shards.send(each, 'ended', ended);
  },

  /** Who is told how a transaction ended. */
  concerned(this: Server, { writes }: Workspace): Iterable<NodeId> {
    return byOwner(this.shards, writes).keys();
  },

  ended(this: Server, { start, commit }: Ended): void {
    this.versions.settle(start, commit);
  },

  async read(this: Server, key: string, snapshot: Snapshot): Promise<unknown> {
    await this.settleAll(key, snapshot);
    return this.lastOf(this.versions.of(key), snapshot);
  },

  /** Finds out about every version that a snapshot might show. */
  async settleAll(this: Server, key: string, { at }: Snapshot): Promise<void> {
    const { versions, oracle } = this;
    const open = versions.of(key).filter(({ start, commit }) => commit === undefined && start < at);
    const ask = async ({ start }: Version) => {
      const commit = await oracle.outcome(start);
      if (commit !== null) versions.settle(start, commit);
    };
    await Promise.all(open.map(ask));
  },

  /** The value of the last version that had committed by then. */
  lastOf(versions: readonly Version[], { at }: Snapshot): unknown {
    let last: { readonly commit: number; readonly value: unknown } | undefined;
    for (const { commit = Number.POSITIVE_INFINITY, value } of versions)
      if (commit <= at && commit > (last?.commit ?? 0)) last = { commit, value };
    return last?.value ?? null;
  },

  /** Which transactions may commit. */
  rule: (): Rule => firstCommitterWins(),
};

async function start(node: Node, given: Steps) {
  const shards = shardsOf(node);
  const oracle = await statusOracle(node, shards, given.rule());
  const versions = await versionsOn(node);
  const server: Server = { ...given, node, shards, oracle, versions };
  shards.on('write', async ({ key, version }: Write) => {
    await versions.add(key, version);
    return true;
  });
  shards.on('read', ({ key, snapshot }: { key: string; snapshot: Snapshot }) => server.read(key, snapshot));
  shards.on('ended', (ended: Ended) => server.ended(ended));
  return { state: { versions: versions.entries }, api: transactionsOn(() => server.begin()) };
}

export type SnapshotStore = Stepped<Transactions, unknown, Steps>;

export const snapshotIsolation: SnapshotStore = stepped<Transactions, unknown, Steps>({
  name: 'mvcc/si',
  datatype: 'transactions',
  claims: [claimOverShards('strong-snapshot-isolation')],
  steps,
  startWith: start,
});
