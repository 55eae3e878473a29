/**
 * Snapshot isolation over shards without anybody who coordinates: a transaction puts its values and
 * locks into the rows, and commits when it turns one lock of its own, the primary, into a commit
 * record. Whoever meets a lock that stays looks at its primary, and carries the transaction on or back.
 *
 * @see Peng & Dabek, "Large-scale Incremental Processing Using Distributed Transactions and Notifications", OSDI 2010.
 *
 * Claims snapshot isolation with snapshots of now under partition, crash, pause, bad links and skewed clocks.
 * Timestamps come from one node, the first, and rows are not replicated: while one of these is away nobody is promised
 * an answer. Nobody waits for a transaction's node: a lock that stays is cleaned up by the next who meets it.
 */
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import { claimOverShards, type Shards, shards as shardsOf } from '../blocks/shards.ts';
import { timestampOracle } from '../blocks/timestamps.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';

interface Lock {
  readonly start: number;
  readonly primary: string;
}

/**
 * The paper's three columns: values by the start of their transaction, one lock, and which values count from when on.
 */
interface Row {
  readonly data: Readonly<Record<number, unknown>>;
  readonly lock: Lock | null;
  readonly writes: readonly { readonly commit: number; readonly start: number }[];
  /** Transactions that were carried back: a late copy of a request must not bring them to life. */
  readonly dead: readonly number[];
}

const EMPTY: Row = { data: {}, lock: null, writes: [], dead: [] };

/** What became of a transaction, as its primary has it. */
type Fate = { readonly commit: number } | 'dead' | 'alive';

/** How long whoever meets a lock waits before he looks again, and how old a lock is that its owner has given up. */
const LOOK_MS = 20;
const GIVEN_UP_MS = 250;
const PATIENCE_MS = 400;

type Prewrite = { readonly key: string; readonly value: unknown; readonly lock: Lock };
type Commit = { readonly key: string; readonly start: number; readonly commit: number };

/** A node: it owns a shard's rows, each changed by one at a time, and begins transactions for its clients. */
interface Server extends Steps {
  readonly node: Node;
  readonly shards: Shards;
  readonly oracle: () => Promise<number>;
  readonly rows: DurableMap<Row>;
  readonly inTurn: Exclusive;
  /** Since when this life knows of a lock. */
  readonly lockedMs: Map<string, number>;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  async begin(this: Server): Promise<Transaction> {
    const start = await this.timestamp();
    const own = workspace((key) => this.shards.call(this.shards.ownerOf(key), 'get', { key, at: start }));
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
      },
      commit: () => this.commitAll(own.writes, start),
      // Nobody has heard of it yet.
      abort: () => undefined,
    };
  },

  timestamp(this: Server): Promise<number> {
    return this.oracle();
  },

  /** Locks all keys, then commits the first, the primary; what becomes of it becomes of all. */
  async commitAll(this: Server, writes: ReadonlyMap<string, unknown>, start: number): Promise<void> {
    const { shards } = this;
    const [primary, ...others] = writes.keys();
    if (primary === undefined) return;
    const put = (key: string) =>
      shards.call(shards.ownerOf(key), 'prewrite', { key, value: writes.get(key), lock: { start, primary } });
    const commit = await Promise.all([primary, ...others].map(put))
      .then(() => this.timestamp())
      .catch((error: unknown) => {
        // Without a commit of the primary nothing counts, and whoever meets the locks will find that out.
        if (error instanceof Refused) throw error;
        throw new Refused(error instanceof Error ? error.message : String(error));
      });
    await shards.call(shards.ownerOf(primary), 'commit', { key: primary, start, commit });
    for (const key of others) shards.send(shards.ownerOf(key), 'commit', { key, start, commit });
  },

  async get(this: Server, key: string, at: number): Promise<unknown> {
    await this.free(key, ({ start }) => start <= at);
    return this.valueAt(key, at);
  },

  valueAt(this: Server, key: string, at: number): Promise<unknown> {
    return this.inTurn(key, async () => {
      const { data, writes } = this.rowAt(key);
      let newest: Row['writes'][number] | undefined;
      for (const write of writes) if (write.commit <= at && write.commit > (newest?.commit ?? 0)) newest = write;
      return newest ? data[newest.start] : null;
    });
  },

  async prewrite(this: Server, { key, value, lock }: Prewrite): Promise<boolean> {
    await this.free(key, ({ start }) => start !== lock.start);
    return this.inTurn(key, async () => {
      const row = this.rowAt(key);
      if (row.dead.includes(lock.start)) throw new Refused('cleaned up meanwhile', { answer: true });
      if (row.lock && row.lock.start !== lock.start) throw new Refused(`${key} is locked`, { answer: true });
      if (row.writes.some(({ commit }) => commit >= lock.start))
        throw new Refused(`${key} was written meanwhile`, { answer: true });
      await this.rows.set(key, { ...row, data: { ...row.data, [lock.start]: value }, lock });
      this.ageOf(key, lock);
      return true;
    });
  },

  commit(this: Server, { key, start, commit }: Commit): Promise<boolean> {
    return this.inTurn(key, async () => {
      const row = this.rowAt(key);
      if (row.writes.some((write) => write.start === start)) return true;
      if (row.lock?.start !== start) throw new Refused('cleaned up meanwhile', { answer: true });
      await this.unlock(key, row, { writes: [...row.writes, { commit, start }] });
      return true;
    });
  },

  /** Asked of the primary's shard: what is not decided by now, and was given up, is decided here. */
  fate(this: Server, key: string, start: number): Promise<Fate> {
    return this.inTurn(key, async () => {
      const row = this.rowAt(key);
      const write = row.writes.find((one) => one.start === start);
      if (write) return { commit: write.commit };
      if (row.dead.includes(start)) return 'dead';
      const { lock } = row;
      const dead = [...row.dead, start];
      if (lock?.start !== start) await this.rows.set(key, { ...row, dead });
      else if (this.ageOf(key, lock) < GIVEN_UP_MS) return 'alive';
      else await this.unlock(key, row, { dead });
      return 'dead';
    });
  },

  /** A lock that its owner has given up goes the way of its primary. */
  async cleanUp(this: Server, key: string, { start, primary }: Lock): Promise<void> {
    const fate = await this.shards.call<Fate>(this.shards.ownerOf(primary), 'fate', { key: primary, start });
    if (fate === 'dead') await this.carryBack(key, start);
    else if (fate !== 'alive') await this.commit({ key, start, commit: fate.commit });
  },

  carryBack(this: Server, key: string, start: number): Promise<void> {
    return this.inTurn(key, async () => {
      const row = this.rowAt(key);
      if (row.lock?.start === start) await this.unlock(key, row, { dead: [...row.dead, start] });
    });
  },

  /** Waits until no lock is in the way, and helps. */
  async free(this: Server, key: string, isInTheWay: (lock: Lock) => boolean): Promise<void> {
    const giveUpMs = this.node.elapsed() + PATIENCE_MS;
    for (;;) {
      const { lock } = this.rowAt(key);
      if (!lock || !isInTheWay(lock)) return;
      // Whoever holds a young lock is still at work: a conflict. An
      // old one stays where its primary's shard cannot be asked.
      const answer = this.ageOf(key, lock) < GIVEN_UP_MS;
      if (this.node.elapsed() >= giveUpMs) throw new Refused(`${key} stays locked`, { answer });
      if (this.ageOf(key, lock) >= GIVEN_UP_MS) await this.cleanUp(key, lock).catch(() => undefined);
      await this.node.sleep(LOOK_MS);
    }
  },

  rowAt(this: Server, key: string): Row {
    return this.rows.get(key) ?? EMPTY;
  },

  ageOf(this: Server, key: string, { start }: Lock): number {
    const name = `${key} ${start}`;
    // A life that finds a lock on its disk counts from then on.
    const since = this.lockedMs.get(name) ?? this.node.elapsed();
    this.lockedMs.set(name, since);
    return this.node.elapsed() - since;
  },

  async unlock(this: Server, key: string, row: Row, change: Partial<Row>): Promise<void> {
    if (row.lock) this.lockedMs.delete(`${key} ${row.lock.start}`);
    await this.rows.set(key, { ...row, ...change, lock: null });
  },
};

async function start(node: Node, given: Steps) {
  const shards = shardsOf(node);
  const oracle = await timestampOracle(node, shards);
  const rows = await durableMap<Row>(node, 'rows');
  const server: Server = { ...given, node, shards, oracle, rows, inTurn: exclusive(), lockedMs: new Map() };
  shards.on('get', ({ key, at }: { key: string; at: number }) => server.get(key, at));
  shards.on('prewrite', (message: Prewrite) => server.prewrite(message));
  shards.on('commit', (message: Commit) => server.commit(message));
  shards.on('fate', ({ key, start }: { key: string; start: number }) => server.fate(key, start));
  return { state: rows.entries, api: transactionsOn(() => server.begin()) };
}

export type Percolator = Stepped<Transactions, unknown, Steps>;

export const percolator: Percolator = stepped<Transactions, unknown, Steps>({
  name: 'mvcc/percolator',
  datatype: 'transactions',
  claims: [claimOverShards('strong-snapshot-isolation')],
  steps,
  startWith: start,
});
