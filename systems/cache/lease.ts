/**
 * A look-aside cache before a database, with leases against stale sets: a key has one cache server, and all keys one database, at the first
 * node. A read that misses is given a lease by the cache server, loads from the database, and fills the cache if its lease still holds: an
 * invalidation or a later lease takes it away. A set writes the database and is acknowledged once the cache server has invalidated the key.
 *
 * Beyond the paper, which allows short staleness: a read whose lease was taken away finds nothing, even if the database answered. Another may
 * still fill the cache with what had been there before.
 *
 * @see Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013: section 3.2.1, leases; section 4.1, the database side invalidates.
 *
 * Claims that a read never finds what a completed set or invalidation had replaced, nor what has expired, under partition, crash, pause, bad links and
 * clocks that jump and drift. Reads find nothing where they cannot ask; sets and invalidations need the first node, which no other replaces, and
 * the key's cache server. Caches are in memory alone; the database is on disk.
 */
import type { Cache } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { atMostMs } from '../blocks/lifetime.ts';
import { statesOnDisk } from '../blocks/replicated-states.ts';
import type { Node, NodeId } from '../node.ts';
import type { System } from '../system.ts';
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
type Looked = { readonly value: unknown } | { readonly lease: number };

const NO_ROW: Row = { value: null, born: { life: 0, ms: 0 } };
const PATIENCE_MS = 200;

interface Options {
  /** A cache is filled by whoever has the key's lease; else by whoever comes. */
  readonly leases: boolean;
  /** A read answers what the database had, whether or not its lease still held. */
  readonly answersUnfilled: boolean;
  /** The cache is invalidated before the database is written, and not after. */
  readonly invalidatesFirst: boolean;
}

/** The cache server's part of a node. */
function cacheServer(node: Node, { leases }: Options) {
  const cached: Record<string, Cached> = {};
  const given = new Map<string, { readonly lease: number; readonly sinceMs: number }>();

  const isAlive = ({ leftMs, sinceMs }: Cached) => leftMs === undefined || atMostMs(node.elapsed() - sinceMs) <= leftMs;

  return {
    cached,
    /** The value, or a lease to fill it in. A later lease takes an earlier one away. */
    look({ key }: Key): Looked {
      const hit = cached[key];
      if (hit && isAlive(hit)) return { value: hit.value };
      const lease = node.random();
      given.set(key, { lease, sinceMs: node.elapsed() });
      return { lease };
    },
    /** Whether the cache has the value now. */
    fill({ key, lease, value, leftMs }: Key & { readonly lease: number } & Loaded): boolean {
      const holder = given.get(key);
      if (leases && holder?.lease !== lease) return false;
      given.delete(key);
      const sinceMs = holder?.sinceMs ?? node.elapsed();
      cached[key] = { value, sinceMs, ...(leftMs === undefined ? {} : { leftMs }) };
      return true;
    },
    invalidate({ key }: Key): true {
      delete cached[key];
      given.delete(key);
      return true;
    },
  };
}

/** The database's part of a node. */
async function database(node: Node, invalidate: (key: string) => Promise<void>, { invalidatesFirst }: Options) {
  const { states, get, update } = await statesOnDisk<Row>(node, NO_ROW);
  const life = node.random();
  // What was written just before a crash may not have been invalidated.
  for (const key of Object.keys(states)) void invalidate(key);

  return {
    rows: states,
    load({ key }: Key): Loaded | null {
      const { value, ttlMs, born } = get(key);
      if (value === null) return null;
      if (ttlMs === undefined) return { value };
      const leftMs = born.life === life ? ttlMs - atMostMs(node.elapsed() - born.ms) : 0;
      return leftMs > 0 ? { value, leftMs } : null;
    },
    async write({ key, value, ttlMs }: Key & { readonly value: unknown; readonly ttlMs?: number }): Promise<true> {
      const born = { life, ms: node.elapsed() };
      if (invalidatesFirst) await invalidate(key);
      await update(key, () => ({ value, born, ...(ttlMs === undefined ? {} : { ttlMs }) }));
      if (!invalidatesFirst) await invalidate(key);
      return true;
    },
  };
}

async function start(node: Node, options: Options) {
  const ring = [node.id, ...node.peers].sort();
  const databaseNode = ring[0]!;
  const once = await atMostOnce(node);
  const server = cacheServer(node, options);
  node.on('look', server.look);
  node.on('fill', server.fill);
  node.on('invalidate', server.invalidate);

  const ask = async <M, R>(to: NodeId, kind: string, message: M, own: (message: M) => R | Promise<R>): Promise<R> =>
    to === node.id ? own(message) : node.call<R>(to, kind, message, PATIENCE_MS);

  async function invalidate(key: string): Promise<void> {
    for (;;) {
      const asked = ask(serverOf(ring, key), 'invalidate', { key }, server.invalidate);
      if (await asked.catch(() => false)) return;
      await node.sleep(PATIENCE_MS / 2);
    }
  }
  const { rows, load, write } = await database(node, invalidate, options);
  node.on('load', load);
  once.on('write', write);

  async function change(key: string, value: unknown, ttlMs?: number): Promise<null> {
    const row = { key, value, ...(ttlMs === undefined ? {} : { ttlMs }) };
    await (node.id === databaseNode ? write(row) : once.call(databaseNode, 'write', row));
    return null;
  }

  return {
    state: { databaseNode, rows, cached: server.cached },
    api: {
      set: (input: unknown, key = ''): Promise<null> => {
        const { value, ttlMs } = entryOf(input);
        return change(key, value, ttlMs);
      },
      invalidate: (_: null, key = ''): Promise<null> => change(key, null),
      async get(_: null, key = ''): Promise<unknown> {
        const at = serverOf(ring, key);
        const looked = await ask(at, 'look', { key }, server.look).catch(() => undefined);
        if (!looked) return null;
        if ('value' in looked) return looked.value;
        const loaded = await ask(databaseNode, 'load', { key }, load).catch(() => null);
        if (!loaded) return null;
        const filled = await ask(at, 'fill', { key, lease: looked.lease, ...loaded }, server.fill).catch(() => false);
        return filled || options.answersUnfilled ? loaded.value : null;
      },
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

function cache(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Cache, State> {
  return {
    name: `cache/${name}`,
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
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { leases: true, answersUnfilled: false, invalidatesFirst: false, ...options }),
  };
}

export const leasedCaches: readonly System<Cache, State>[] = [
  cache('lease', {}),
  cache(
    'fill-without-lease',
    { leases: false },
    { says: 'a slow read fills the cache with what it loaded before the key was invalidated', anomaly: 'stale-read' },
  ),
  cache(
    'answers-without-lease',
    { answersUnfilled: true },
    {
      says: 'a read answers what it loaded though its lease was gone, and another fills in what was there before',
      anomaly: 'stale-read',
    },
  ),
  cache(
    'invalidates-first',
    { invalidatesFirst: true },
    {
      says: 'the cache is invalidated before the database is written, and filled with the old value in between',
      anomaly: 'stale-read',
    },
  ),
];
