/**
 * Slide 11, "Multi-Version Concurrency Control (MVCC)", line by line: the dict of versions
 * is divided among the nodes by key, and a transaction is active at the node that its client
 * talks to. The dict is on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims isolation without blocking reads. But a version is stamped when
 * it is written and not when it is committed, so a reader's snapshot changes under it;
 * two writers of one row both commit; and a transaction does not see its own writes.
 */
import { durableMap } from '../blocks/durable-map.ts';
import { claimOverShards, shards as shardsOf } from '../blocks/shards.ts';
import { type Transaction, type Transactions, transactionsOn } from '../blocks/transactions.ts';
import type { Node } from '../node.ts';
import type { Design } from '../system.ts';

interface Version {
  readonly value: unknown;
  readonly timestamp: number;
  readonly transactionId: string;
  readonly isCommitted: boolean;
}

async function start(node: Node) {
  const shards = shardsOf(node);
  const versions = await durableMap<readonly Version[]>(node, 'versions');

  shards.on('read', ({ key, txTimestamp }: { key: string; txTimestamp: number }) => {
    // Find the latest committed version visible to this transaction
    const visibleVersions = (versions.get(key) ?? []).filter((v) => v.isCommitted && v.timestamp <= txTimestamp);
    if (visibleVersions.length === 0) return null;
    return visibleVersions.reduce((max, v) => (v.timestamp > max.timestamp ? v : max)).value;
  });
  shards.on('write', async ({ key, value, txId }: { key: string; value: unknown; txId: string }) => {
    // Create new version
    const version: Version = { value, timestamp: node.now(), transactionId: txId, isCommitted: false };
    await versions.set(key, [...(versions.get(key) ?? []), version]);
    return true;
  });
  /** Changes all versions of a transaction in one step, as the slide does, and waits for the disk only then. */
  const changeAll = (txId: string, change: (v: Version) => readonly Version[]) => {
    const those = Object.entries(versions.entries).filter(([, all]) => all.some((v) => v.transactionId === txId));
    return Promise.all(
      those.map(([key, all]) =>
        versions.set(
          key,
          all.flatMap((v) => (v.transactionId === txId ? change(v) : [v])),
        ),
      ),
    );
  };

  shards.on('commit', async ({ txId }: { txId: string }) => {
    // Mark all versions created by this transaction as committed
    await changeAll(txId, (v) => [{ ...v, isCommitted: true }]);
    return true;
  });
  shards.on('rollback', async ({ txId }: { txId: string }) => {
    // Remove all versions created by this transaction
    await changeAll(txId, () => []);
    return true;
  });

  async function beginTransaction(): Promise<Transaction> {
    const txId = `${node.id}-${Math.floor(node.random() * 1e12)}`;
    const txTimestamp = node.now();
    const nodes = [node.id, ...node.peers];
    return {
      read: (key) => shards.call(shards.ownerOf(key), 'read', { key, txTimestamp }),
      async write(key, value) {
        await shards.call(shards.ownerOf(key), 'write', { key, value, txId });
      },
      async commit() {
        await Promise.all(nodes.map((each) => shards.call(each, 'commit', { txId })));
      },
      abort() {
        for (const each of nodes) shards.send(each, 'rollback', { txId });
      },
    };
  }

  return { state: versions.entries, api: transactionsOn(beginTransaction) };
}

export const mvccSlide: Design<Transactions> = {
  name: 'mvcc/slide',
  datatype: 'transactions',
  claims: [claimOverShards('snapshot-isolation')],
  flaw: {
    says: 'versions are stamped when written, two writers of a key both commit, and none sees its own writes',
    anomaly: 'lost-update',
    at: "await Promise.all(nodes.map((each) => shards.call(each, 'commit', { txId })));",
  },
  start,
};
