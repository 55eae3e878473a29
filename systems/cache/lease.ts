/**
 * A look-aside cache before a database, with leases against stale sets: a key has one cache server, and
 * all keys one database, at the first node. A read that misses is given a lease by the cache server, loads
 * from the database, and fills the cache if its lease still holds: an invalidation or a later lease takes
 * it away. A set writes the database and is acknowledged once the cache server has invalidated the key.
 *
 * Beyond the paper, which allows short staleness: a read whose lease was taken away finds nothing,
 * even if the database answered. Another may still fill the cache with what had been there before.
 *
 * @see Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013:
 *   section 3.2.1, leases; section 4.1, the database side invalidates.
 *
 * Claims that a read never finds what a completed set or invalidation had replaced, nor what has
 * expired, under partition, crash, pause, bad links and clocks that jump and drift. Reads find
 * nothing where they cannot ask; sets and invalidations need the first node, which no other
 * replaces, and the key's cache server. Caches are in memory alone; the database is on disk.
 */
import type { Cache } from 'elle-ts';
import { type AtMostOnce, atMostOnce } from '../blocks/at-most-once.ts';
import { atMostMs } from '../blocks/lifetime.ts';
import { type ReplicatedStates, statesOnDisk } from '../blocks/replicated-states.ts';
import type { Node, NodeId } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { entryOf } from './entry.ts';

type Key = { readonly key: string };
/** What the database has of a key; null where it was invalidated. */
interface Row {
  readonly value: unknown;
  readonly ttlMs?: number;
  /** The database's monotonic clock when it was asked to write this, in that life. */
  readonly born: { readonly life: number; readonly ms: number };
}
/** A value on its way to a cache, with the time it has left. */
interface Loaded {
  readonly value: unknown;
  readonly leftMs?: number;
}
/** A cached value; its time is counted from when its lease was given. */
interface Cached extends Loaded {
  readonly sinceMs: number;
}
type Fill = Key & { readonly lease: number } & Loaded;
type Write = Key & { readonly value: unknown; readonly ttlMs?: number };
type Looked = { readonly value: unknown } | { readonly lease: number };

const NO_ROW: Row = { value: null, born: { life: 0, ms: 0 } };
const PATIENCE_MS = 200;

/** A cache server: the values of its keys, and who may fill in what is missing. */
interface CacheServer extends CacheSteps {
  readonly node: Node;
  readonly cached: Record<string, Cached>;
  /** The latest lease of each key, and since when. */
  readonly leases: Map<string, { readonly lease: number; readonly sinceMs: number }>;
}

type CacheSteps = typeof cacheSteps;

const cacheSteps = {
  /** The value, or a lease to fill it in. A later lease takes an earlier one away. */
  look(this: CacheServer, { key }: Key): Looked {
    const hit = this.cached[key];
    if (hit && this.isAlive(hit)) return { value: hit.value };
    const lease = this.node.random();
    this.leases.set(key, { lease, sinceMs: this.node.elapsed() });
    return { lease };
  },

  isAlive(this: CacheServer, { leftMs, sinceMs }: Cached): boolean {
    return leftMs === undefined || atMostMs(this.node.elapsed() - sinceMs) <= leftMs;
  },

  /** Whether the cache has the value now: a lease that was taken away fills nothing. */
  fill(this: CacheServer, message: Fill): boolean {
    const holder = this.leases.get(message.key);
    if (holder?.lease !== message.lease) return false;
    this.put(message, holder.sinceMs);
    return true;
  },

  put(this: CacheServer, { key, value, leftMs }: Fill, sinceMs: number): void {
    this.leases.delete(key);
    this.cached[key] = { value, sinceMs, ...(leftMs === undefined ? {} : { leftMs }) };
  },

  drop(this: CacheServer, { key }: Key): true {
    delete this.cached[key];
    this.leases.delete(key);
    return true;
  },
};

/** A node: it asks for its clients, and is the database where it is the first. */
interface Server extends ServerSteps {
  readonly node: Node;
  readonly once: AtMostOnce;
  readonly ring: readonly NodeId[];
  readonly cache: CacheServer;
  readonly rows: ReplicatedStates<Row>;
  /** Names this life of the node. */
  readonly life: number;
}

type ServerSteps = typeof serverSteps;

const serverSteps = {
  async get(this: Server, key: string): Promise<unknown> {
    const { cache, ring } = this;
    const at = serverOf(ring, key);
    const looked = await this.ask(at, 'look', { key }, (message) => cache.look(message)).catch(() => undefined);
    if (!looked) return null;
    if ('value' in looked) return looked.value;
    const loaded = await this.ask(ring[0]!, 'load', { key }, (message) => this.load(message)).catch(() => null);
    if (!loaded) return null;
    return (await this.filled({ key, lease: looked.lease, ...loaded })) ? loaded.value : null;
  },

  /** Whether what was loaded may be shown: it is in the cache. */
  filled(this: Server, message: Fill): Promise<boolean> {
    const at = serverOf(this.ring, message.key);
    return this.ask(at, 'fill', message, (own) => this.cache.fill(own)).catch(() => false);
  },

  /** Sets a value; null invalidates. */
  async change(this: Server, key: string, value: unknown, ttlMs?: number): Promise<null> {
    const message = { key, value, ...(ttlMs === undefined ? {} : { ttlMs }) };
    const [first] = this.ring as [NodeId];
    await (this.node.id === first ? this.write(message) : this.once.call(first, 'write', message));
    return null;
  },

  /** At the database. */
  load(this: Server, { key }: Key): Loaded | null {
    const { value, ttlMs, born } = this.rows.get(key);
    if (value === null) return null;
    if (ttlMs === undefined) return { value };
    const leftMs = born.life === this.life ? ttlMs - atMostMs(this.node.elapsed() - born.ms) : 0;
    return leftMs > 0 ? { value, leftMs } : null;
  },

  /** At the database. */
  async write(this: Server, message: Write): Promise<true> {
    const row = this.rowOf(message);
    await this.rows.update(message.key, () => row);
    await this.invalidate(message.key);
    return true;
  },

  rowOf(this: Server, { value, ttlMs }: Write): Row {
    const born = { life: this.life, ms: this.node.elapsed() };
    return { value, born, ...(ttlMs === undefined ? {} : { ttlMs }) };
  },

  /** Resolves once the key's cache server has nothing of it. */
  async invalidate(this: Server, key: string): Promise<void> {
    for (;;) {
      const asked = this.ask(serverOf(this.ring, key), 'invalidate', { key }, (message) => this.cache.drop(message));
      if (await asked.catch(() => false)) return;
      await this.node.sleep(PATIENCE_MS / 2);
    }
  },

  async ask<M, R>(this: Server, to: NodeId, kind: string, message: M, own: (message: M) => R): Promise<R> {
    return to === this.node.id ? own(message) : this.node.call<R>(to, kind, message, PATIENCE_MS);
  },
};

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = { ...serverSteps, cache: cacheSteps };

async function start(node: Node, { cache: cacheGiven, ...given }: Steps) {
  const ring = [node.id, ...node.peers].sort();
  const once = await atMostOnce(node);
  const cache: CacheServer = { ...cacheGiven, node, cached: {}, leases: new Map() };
  node.on('look', (message: Key) => cache.look(message));
  node.on('fill', (message: Fill) => cache.fill(message));
  node.on('invalidate', (message: Key) => cache.drop(message));
  const rows = await statesOnDisk<Row>(node, NO_ROW);
  const server: Server = { ...given, node, once, ring, cache, rows, life: node.random() };
  // What was written just before a crash may not have been invalidated.
  for (const key of Object.keys(rows.states)) void server.invalidate(key);
  node.on('load', (message: Key) => server.load(message));
  once.on('write', (message: Write) => server.write(message));
  return {
    state: { databaseNode: ring[0]!, rows: rows.states, cached: cache.cached },
    api: {
      set: (input: unknown, key = ''): Promise<null> => {
        const { value, ttlMs } = entryOf(input);
        return server.change(key, value, ttlMs);
      },
      invalidate: (_: null, key = ''): Promise<null> => server.change(key, null),
      get: (_: null, key = ''): Promise<unknown> => server.get(key),
    },
  };
}

function serverOf(ring: readonly NodeId[], key: string): NodeId {
  let at = 0;
  for (let i = 0; i < key.length; i++) at = (at * 31 + key.charCodeAt(i)) % ring.length;
  return ring[at]!;
}

interface State {
  readonly databaseNode: NodeId;
  readonly rows: Readonly<Record<string, Row>>;
  readonly cached: Readonly<Record<string, Cached>>;
}

export type LeasedCache = Stepped<Cache, State, Steps>;

export const leasedCache: LeasedCache = stepped<Cache, State, Steps>({
  name: 'cache/lease',
  datatype: 'cache',
  claims: [
    {
      model: 'cache',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'primary-side',
      durable: 'no',
      converges: false,
      recoversMs: 2000,
    },
  ],
  primary: (states) => [...states.values()][0]?.databaseNode,
  steps,
  startWith: start,
});
