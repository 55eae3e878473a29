/**
 * Strict two-phase locking over shards: a transaction locks what it reads and writes
 * where that lies, and lets go of nothing before it has ended. It ends with two-phase
 * commit, in which a shard also vouches that it has held the locks all the time.
 *
 * @see Eswaran, Gray, Lorie & Traiger, "The Notions of Consistency
 *   and Predicate Locks in a Database System", CACM 1976.
 * @see Bernstein & Goodman, "Concurrency Control in Distributed Database Systems", ACM Computing Surveys 1981.
 * @see Rosenkrantz, Stearns & Lewis, ACM TODS 1978: of two that
 *   want one lock the younger dies rather than wait for the older.
 *
 * Claims strict serializability under partition, crash, pause, bad links and skewed clocks:
 * clocks say who is older, which decides who waits and nothing else. Shards are not replicated,
 * and locks are lost with the life of a node, and with them whoever held them. While a shard is
 * away, or a coordinator that left keys in doubt, nobody is promised an answer.
 */
import { type AtomicCommit, atomicCommit, type Vote } from '../blocks/atomic-commit.ts';
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { type HybridClock, hybridClock } from '../blocks/hybrid-clock.ts';
import { claimOverShards, type Shards, shards as shardsOf } from '../blocks/shards.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { type LockTable, lockTable, type Owner } from './lock-table.ts';

/** What a transaction holds at one shard since it first came there. */
interface Hold {
  readonly id: number;
  readonly keys: Set<string>;
  heardMs: number;
  promised: boolean;
}

type Request = { readonly owner: Owner; readonly key: string; readonly mode: 'shared' | 'exclusive' };
type Granted = { readonly value: unknown; readonly hold: number };
interface Work {
  readonly owner: Owner;
  readonly hold: number;
  readonly writes: Readonly<Record<string, unknown>>;
}

/** How long a transaction may be silent before a shard takes its locks away, and how long one waits for a lock. */
const SILENCE_MS = 600;
const PATIENCE_MS = 200;

/** Locks a key where it lies, and makes sure that the shard has not let go of what was locked there before. */
async function lockAt(shards: Shards, request: Request, holds: Map<NodeId, number>): Promise<unknown> {
  const shard = shards.ownerOf(request.key);
  // Before the answer: a shard that did lock, and whose answer is lost, must hear of an abort too.
  if (!holds.has(shard)) holds.set(shard, NONE);
  const { value, hold } = await shards.call<Granted>(shard, 'lock', request, PATIENCE_MS * 2);
  const before = holds.get(shard);
  if (before !== NONE && before !== hold) throw new Refused('locks were taken away');
  holds.set(shard, hold);
  return value;
}

const NONE = 0;

function writesAt(shards: Shards, shard: NodeId, writes: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries([...writes].filter(([key]) => shards.ownerOf(key) === shard));
}

/** One shard: its values, who may touch them, and its part in a commit. */
interface Keeper extends KeeperSteps {
  readonly node: Node;
  readonly locks: LockTable;
  readonly values: DurableMap<unknown>;
  readonly holds: Map<string, Hold>;
}

type KeeperSteps = typeof keeperSteps;

const keeperSteps = {
  locked(this: Keeper): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.holds].map(([txn, { keys }]) => [txn, [...keys]]));
  },

  async lock(this: Keeper, { owner, key, mode }: Request): Promise<Granted> {
    const hold = this.holdOf(owner.txn);
    hold.keys.add(key);
    const waiting = this.locks.acquire(key, owner, mode);
    if (waiting) await Promise.race([waiting, this.patience(key)]);
    if (this.holds.get(owner.txn) !== hold) throw new Refused('locks were taken away');
    return { value: this.values.get(key) ?? null, hold: hold.id };
  },

  async patience(this: Keeper, key: string): Promise<never> {
    await this.node.sleep(PATIENCE_MS);
    throw new Refused(`${key} stays locked`);
  },

  holdOf(this: Keeper, txn: string): Hold {
    const known = this.holds.get(txn);
    if (known) {
      known.heardMs = this.node.elapsed();
      return known;
    }
    // Chance names a hold, so that no later one, in this life or another, is taken for it.
    const hold: Hold = { id: 1 + this.node.random(), keys: new Set(), heardMs: this.node.elapsed(), promised: false };
    this.holds.set(txn, hold);
    void this.watch(txn, hold);
    return hold;
  },

  /** A shard that has promised nothing may let go: whoever comes back for his locks is refused. */
  async watch(this: Keeper, txn: string, hold: Hold): Promise<void> {
    while (this.holds.get(txn) === hold && !hold.promised) {
      await this.node.sleep(SILENCE_MS / 2);
      const silentMs = this.node.elapsed() - hold.heardMs;
      if (silentMs > SILENCE_MS && !hold.promised && this.holds.get(txn) === hold) this.release(txn);
    }
  },

  /**
   * That a lock was held until now is all that a reader needs: the
   * last one was granted before anybody was asked for his promise.
   */
  prepare(this: Keeper, txn: string, work: Work): Vote {
    const hold = this.holds.get(txn);
    if (hold?.id !== work.hold) throw new Refused('locks were taken away');
    if (Object.keys(work.writes).length === 0) return 'only read';
    hold.promised = true;
    return 'promised';
  },

  resume(this: Keeper, txn: string, { owner, writes }: Work): void {
    const hold: Hold = { id: NONE, keys: new Set(Object.keys(writes)), heardMs: 0, promised: true };
    this.holds.set(txn, hold);
    for (const key of hold.keys) this.locks.restore(key, owner);
  },

  async apply(this: Keeper, _txn: string, { writes }: Work): Promise<void> {
    for (const [key, value] of Object.entries(writes)) await this.values.set(key, value);
  },

  release(this: Keeper, txn: string): void {
    const hold = this.holds.get(txn);
    this.holds.delete(txn);
    for (const key of hold?.keys ?? []) this.locks.release(key, txn);
  },
};

/** A node: it begins transactions for its clients. */
interface Server extends ServerSteps, AtomicCommit<Work, null> {
  readonly shards: Shards;
  readonly clock: HybridClock;
}

type ServerSteps = typeof serverSteps;

const serverSteps = {
  async begin(this: Server): Promise<Transaction> {
    const { shards } = this;
    const age = this.clock.tick();
    const owner: Owner = { txn: age.join(' '), age };
    const holds = new Map<NodeId, number>();
    const toBeWritten = new Set<string>();
    const exclusive = new Set<string>();
    const lock = async (key: string, mode: Request['mode']) => {
      const value = await lockAt(shards, { owner, key, mode }, holds);
      if (mode === 'exclusive') exclusive.add(key);
      return value;
    };
    const own = workspace((key) => lock(key, toBeWritten.has(key) ? 'exclusive' : 'shared'));
    return {
      read: (key, toWrite) => {
        if (this.modeToRead(toWrite) === 'exclusive') toBeWritten.add(key);
        return own.read(key);
      },
      async write(key, value) {
        if (!exclusive.has(key)) await lock(key, 'exclusive');
        own.write(key, value);
      },
      commit: async () => {
        const works = [...holds].map(
          ([shard, hold]) => [shard, { owner, hold, writes: writesAt(shards, shard, own.writes) }] as const,
        );
        await this.commit(owner.txn, new Map(works), async () => null);
      },
      abort: () => this.abort(owner.txn, holds.keys()),
    };
  },

  /** Two that share a lock and both want it for themselves must not both have it: one would die. */
  modeToRead: (toWrite: boolean): Request['mode'] => (toWrite ? 'exclusive' : 'shared'),
};

/** The protocol. A broken twin replaces steps of it (twins.ts). */
const steps = { ...serverSteps, keeper: keeperSteps };
type Steps = typeof steps;

async function start(node: Node, { keeper: keeperGiven, ...given }: Steps) {
  const shards = shardsOf(node);
  const values = await durableMap<unknown>(node, 'values');
  const keeper: Keeper = { ...keeperGiven, node, locks: lockTable(), values, holds: new Map() };
  const atomic = await atomicCommit<Work, null>(node, shards, keeper);
  const server: Server = { ...given, ...atomic, shards, clock: hybridClock(node) };
  shards.on('lock', (request: Request) => keeper.lock(request));
  return {
    get state() {
      return { values: values.entries, locked: keeper.locked() };
    },
    api: transactionsOn(() => server.begin()),
  };
}

export type TwoPhaseLocking = Stepped<Transactions, unknown, Steps>;

export const twoPhaseLocking: TwoPhaseLocking = stepped<Transactions, unknown, Steps>({
  name: 'two-phase-locking/sound',
  datatype: 'transactions',
  claims: [claimOverShards('strict-serializable')],
  steps,
  startWith: start,
});
