/**
 * Snapshot isolation over shards: a transaction reads what was committed when it began, its versions lie at the shards until the oracle has
 * said whether they count, and of two that overlap and write one key the first to commit wins. Readers wait for nobody: a version
 * that has not committed by the time a reader asks will commit after the reader's snapshot.
 *
 * @see Berenson, Bernstein, Gray, Melton, O'Neil & O'Neil, "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995.
 * @see Gómez Ferro, Junqueira, Kelly, Reed & Yabandeh, "Omid: Lock-free Transactional Support for Distributed Data Stores", ICDE 2014.
 *
 * Claims snapshot isolation with snapshots of now (strong: whoever begins after a commit was acknowledged sees it) under partition, crash,
 * pause, bad links and skewed clocks. The oracle is one node, the first, and shards are not replicated: while one of
 * them is away, nobody is promised an answer; when it is back, nothing is in doubt.
 */
import { byOwner, claimOverShards, shards as shardsOf } from '../blocks/shards.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, Refused } from '../node.ts';
import type { System } from '../system.ts';
import { firstCommitterWins, type Rule, statusOracle } from './status-oracle.ts';
import { type Version, type Versions, versionsOn } from './versions.ts';

interface Options {
  readonly rule: () => Rule;
  /** Whether what was read is committed too: whoever only reads must then ask the oracle as well. */
  readonly reads: boolean;
  /** Each node has its own snapshots, of the commits that it has heard of; else they are the oracle's. */
  readonly sites: boolean;
  /** Versions are shown whether they have committed or not. */
  readonly dirty: boolean;
}

type Write = { readonly key: string; readonly version: Version };

/** What was committed by then and, where sites have their own, was heard of. */
interface Snapshot {
  readonly at: number;
  readonly heard?: readonly number[];
}

async function start(node: Node, { rule, reads, sites, dirty }: Options) {
  const shards = shardsOf(node);
  const oracle = await statusOracle(node, shards, rule());
  const versions = await versionsOn(node);

  shards.on('write', async ({ key, version }: Write) => {
    await versions.add(key, version);
    return true;
  });
  shards.on('read', async ({ key, snapshot }: { key: string; snapshot: Snapshot }) => {
    await settleAll(versions, key, snapshot.at, oracle.outcome);
    return visible(versions.of(key), snapshot, dirty);
  });
  const heard = new Set<number>();
  shards.on('ended', ({ start, commit }: { start: number; commit: number | null }) => {
    versions.settle(start, commit);
    if (sites && commit !== null) heard.add(start);
  });

  async function begin(): Promise<Transaction> {
    const start = await oracle.begin();
    const snapshot: Snapshot = sites ? { at: start, heard: [...heard] } : { at: start };
    const own = workspace((key) => shards.call(shards.ownerOf(key), 'read', { key, snapshot }));
    let ordinal = 0;
    const tell = (commit: number | null) => {
      const concerned = sites ? [node.id, ...node.peers] : byOwner(shards, own.writes).keys();
      for (const each of concerned) shards.send(each, 'ended', { start, commit });
    };
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
        const version: Version = { start, ordinal: ++ordinal, value };
        await shards.call(shards.ownerOf(key), 'write', { key, version });
      },
      async commit() {
        if (own.writes.size === 0 && !reads) return;
        const wish = { start, reads: [...own.reads.keys()], writes: [...own.writes.keys()], ...snapshot };
        const commit = oracle.commit(wish).catch((error: unknown) => {
          // Of a refusal the shards may hear; of a silence nobody knows what it means.
          if (error instanceof Refused) tell(null);
          throw error;
        });
        tell(await commit);
      },
      abort: () => tell(null),
    };
  }

  return { state: { versions: versions.entries }, api: transactionsOn(begin) };
}

/** Finds out about every version that a snapshot might show. */
async function settleAll(
  versions: Versions,
  key: string,
  at: number,
  outcome: (start: number) => Promise<number | null>,
): Promise<void> {
  const open = versions.of(key).filter(({ start, commit }) => commit === undefined && start < at);
  const ask = async ({ start }: Version) => {
    const commit = await outcome(start);
    if (commit !== null) versions.settle(start, commit);
  };
  await Promise.all(open.map(ask));
}

/** The value of the last version that had committed by then. */
function visible(versions: readonly Version[], { at, heard }: Snapshot, dirty: boolean): unknown {
  let newest: { readonly commit: number; readonly value: unknown } | undefined;
  for (const { start, commit = dirty ? start : Number.POSITIVE_INFINITY, value } of versions)
    if (commit <= at && commit > (newest?.commit ?? 0) && (heard?.includes(start) ?? true)) newest = { commit, value };
  return newest?.value ?? null;
}

/** A store of snapshots whose oracle follows a rule. */
export function snapshotStore(
  name: string,
  model: string,
  options: Partial<Options>,
  flaw?: System['flaw'],
): System<Transactions> {
  return {
    name,
    datatype: 'transactions',
    claims: [claimOverShards(model)],
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { rule: firstCommitterWins, reads: false, sites: false, dirty: false, ...options }),
  };
}

const STRONG = 'strong-snapshot-isolation';

export const snapshotIsolations: readonly System<Transactions>[] = [
  snapshotStore('mvcc/si', STRONG, {}),
  snapshotStore(
    'mvcc/no-conflict-check',
    STRONG,
    { rule: () => ({ refuse: () => undefined, note: () => undefined }) },
    { says: 'whoever commits is let, though another has written the key since', anomaly: 'lost-update' },
  ),
  snapshotStore(
    'mvcc/si-claimed-serializable',
    'serializable',
    {},
    {
      says: 'snapshot isolation is claimed to be serializable, but two may each write what the other read',
      anomaly: 'G2-item',
    },
  ),
  snapshotStore(
    'mvcc/parallel',
    'snapshot-isolation',
    { sites: true },
    {
      says: 'each node has its own snapshots, of the commits that it has heard of, and nodes hear in different orders',
      anomaly: 'long-fork',
    },
  ),
  snapshotStore(
    'mvcc/dirty-reads',
    'read-committed',
    { dirty: true },
    { says: 'reads show what has not committed, and may never', anomaly: 'G1a' },
  ),
];
