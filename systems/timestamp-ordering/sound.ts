/**
 * Basic timestamp ordering over shards: a transaction's place is fixed when it begins. A shard
 * refuses a read of what has been overwritten by somebody later, and a write beneath somebody later
 * who has read; a write beneath a later write is left out, which is Thomas's rule. Writes are
 * promised first and carried out by two-phase commit, and whoever reads waits for earlier promises.
 *
 * @see Bernstein & Goodman, "Concurrency Control in Distributed
 *   Database Systems", ACM Computing Surveys 1981, section 4.
 * @see Thomas, "A Majority Consensus Approach to Concurrency Control for Multiple Copy Databases", ACM TODS 1979.
 *
 * Claims serializability, in the order of the timestamps, under partition, crash, pause, bad links and skewed
 * clocks; not in real time, since a node whose clock is behind gives its transactions an earlier place. Shards
 * are not replicated: while one is away, or a coordinator that left promises open, nobody is promised an answer.
 */
import { atomicCommit, type Vote } from '../blocks/atomic-commit.ts';
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { compareTimestamps, type HybridClock, hybridClock, type Timestamp } from '../blocks/hybrid-clock.ts';
import { byOwner, claimOverShards, shards as shardsOf } from '../blocks/shards.ts';
import { type Transaction, type Transactions, transactionsOn, workspace } from '../blocks/transactions.ts';
import { type Node, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';

interface Stamped {
  readonly value: unknown;
  readonly at: Timestamp;
}
interface Work {
  readonly at: Timestamp;
  readonly writes: Readonly<Record<string, unknown>>;
}
type Read = { readonly key: string; readonly at: Timestamp };
/** A value, or who has overwritten it; and the shard's clock, which a node that is behind takes over. */
type Answer = { readonly value: unknown; readonly clock: Timestamp } | { readonly behind: Timestamp };

const DAWN: Timestamp = [0, 0, ''];
/** How long a reader waits for an earlier promise. */
const PATIENCE_MS = 300;
/** A crash forgets who has read; all that a new life knows is a time that is so far ahead at most. */
const RESERVED_MS = 500;

async function start(node: Node, given: Steps) {
  const shards = shardsOf(node);
  const clock = hybridClock(node);
  const values = await durableMap<Stamped>(node, 'values');
  const reads = await given.openReads(node, clock);
  const keeper: Keeper = { ...given, node, values, reads, promises: new Map(), waiting: [] };
  const { commit } = await atomicCommit<Work, null>(node, shards, keeper);

  shards.on('read', async ({ key, at }: Read): Promise<Answer> => {
    clock.witness(at);
    const stamped = await keeper.read(key, at);
    if (compareTimestamps(stamped.at, at) > 0) return { behind: stamped.at };
    return { value: stamped.value, clock: clock.tick() };
  });

  async function begin(): Promise<Transaction> {
    const at = clock.tick();
    const own = workspace(async (key) => {
      const answer = await shards.call<Answer>(shards.ownerOf(key), 'read', { key, at });
      clock.witness('behind' in answer ? answer.behind : answer.clock);
      if ('behind' in answer) throw new Refused(`${key} was overwritten by a later one`, { answer: true });
      return answer.value;
    });
    return {
      read: own.read,
      async write(key, value) {
        own.write(key, value);
      },
      async commit() {
        if (own.writes.size === 0) return;
        const works = [...byOwner(shards, own.writes)].map(([owner, writes]) => [owner, { at, writes }] as const);
        await commit(at.join(' '), new Map(works), async () => null);
      },
      // Nobody has promised anything yet.
      abort: () => undefined,
    };
  }

  return {
    get state() {
      return { values: values.entries, promised: keeper.promised() };
    },
    api: transactionsOn(begin),
  };
}

/**
 * Who has read each key last. What is read is on disk as a bound
 * alone: written ahead of time, so that few reads wait for it.
 */
interface ReadStamps {
  of(key: string): Timestamp;
  /** Resolves once a crash would not forget that this key was read so late. */
  note(key: string, at: Timestamp): Promise<void>;
}

async function readStamps(node: Pick<Node, 'disk'>, clock: HybridClock): Promise<ReadStamps> {
  let boundMs = (await node.disk.read<number>('reads')) ?? 0;
  const floor: Timestamp = [boundMs, 0, ''];
  clock.witness(floor);
  const stamps = new Map<string, Timestamp>();
  return {
    of: (key) => stamps.get(key) ?? floor,
    async note(key, at) {
      if (compareTimestamps(at, stamps.get(key) ?? floor) > 0) stamps.set(key, at);
      if (at[0] < boundMs) return;
      const ahead = at[0] + RESERVED_MS;
      await node.disk.write('reads', ahead);
      boundMs = Math.max(boundMs, ahead);
    },
  };
}

/** One shard: its values, who has read and written them last, and its part in a commit. */
interface Keeper extends Steps {
  readonly node: Node;
  readonly values: DurableMap<Stamped>;
  readonly reads: ReadStamps;
  readonly promises: Map<string, Work>;
  waiting: (() => void)[];
}

type Steps = typeof steps;

/** The protocol at a shard. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  openReads: readStamps,

  promised(this: Keeper): readonly string[] {
    return [...this.promises.keys()];
  },

  async read(this: Keeper, key: string, at: Timestamp): Promise<Stamped> {
    const giveUpMs = this.node.elapsed() + PATIENCE_MS;
    while (this.mayChangeBefore(key, at)) {
      if (this.node.elapsed() >= giveUpMs) throw new Refused(`${key} is in doubt`);
      const released = new Promise<void>((resolve) => this.waiting.push(resolve));
      await Promise.race([released, this.node.sleep(PATIENCE_MS)]);
    }
    const stamped = this.values.get(key) ?? { value: null, at: DAWN };
    await this.stampRead(key, at);
    return stamped;
  },

  mayChangeBefore(this: Keeper, key: string, at: Timestamp): boolean {
    for (const work of this.promises.values())
      if (key in work.writes && compareTimestamps(work.at, at) < 0) return true;
    return false;
  },

  prepare(this: Keeper, txn: string, work: Work): Vote {
    for (const key of Object.keys(work.writes)) {
      if (compareTimestamps(work.at, this.reads.of(key)) < 0)
        throw new Refused(`a later one has read ${key}`, { answer: true });
    }
    this.promises.set(txn, work);
    return 'promised';
  },

  resume(this: Keeper, txn: string, work: Work): void {
    this.promises.set(txn, work);
  },

  async apply(this: Keeper, _txn: string, { at, writes }: Work): Promise<void> {
    for (const [key, value] of Object.entries(writes)) {
      const last = this.values.get(key)?.at ?? DAWN;
      if (this.isObsolete(at, last)) this.node.mark('write left out');
      else await this.values.set(key, { value, at });
    }
  },

  release(this: Keeper, txn: string): void {
    this.promises.delete(txn);
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  },

  /** A later write beneath this read is refused from now on. */
  stampRead(this: Keeper, key: string, at: Timestamp): Promise<void> {
    return this.reads.note(key, at);
  },

  /** Thomas's rule: a write beneath a later one is left out. */
  isObsolete: (at: Timestamp, last: Timestamp): boolean => compareTimestamps(at, last) < 0,
};

export type TimestampOrdering = Stepped<Transactions, unknown, Steps>;

export const timestampOrdering: TimestampOrdering = stepped<Transactions, unknown, Steps>({
  name: 'timestamp-ordering/sound',
  datatype: 'transactions',
  claims: [claimOverShards('serializable')],
  steps,
  startWith: start,
});
