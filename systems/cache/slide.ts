/**
 * Slide 8, "Real-world Example - Distributed Cache System", line by line, with the slide's
 * consistency level of 3 for five nodes: a majority. Its chance of one in twenty that a node
 * fails is the network. Every node answers clients, with a version counter of its own.
 * Dicts and counters are on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims configurable consistency and automatic conflict resolution. But each process counts
 * its own versions, so two sets may share one or an older one win; the age of an entry is the difference
 * of two nodes' wall clocks; an invalidation leaves nothing behind, so that a node which missed it,
 * or a slow set, brings the value back; and a set below its level, which is reported as failed, is visible.
 */
import type { Cache } from 'elle-ts';
import { durableMap } from '../blocks/durable-map.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';
import { entryOf } from './entry.ts';

interface CacheEntry {
  readonly value: unknown;
  readonly timestamp: number;
  readonly version: number;
  readonly ttl: number;
}
type Key = { readonly key: string };

const DEFAULT_TTL_MS = 3_600_000;
/** How long a node is waited for before it counts as failed. */
const PATIENCE_MS = 150;

async function start(node: Node) {
  const consistencyLevel = Math.floor((node.peers.length + 1) / 2) + 1;
  const cache = await durableMap<CacheEntry>(node, 'cache');
  let versionCounter = (await node.disk.read<number>('version')) ?? 0;

  const write = async ({ key, entry }: Key & { readonly entry: CacheEntry }) => {
    await cache.set(key, entry);
    return true;
  };
  const read = ({ key }: Key) => cache.get(key) ?? 'no such key';
  const remove = async ({ key }: Key) => {
    if (!cache.get(key)) throw new Refused('no such key', { answer: true });
    await cache.delete(key);
    return true;
  };
  node.on('write', write);
  node.on('read', read);
  node.on('delete', remove);

  /** What the nodes answer that do not fail. */
  async function all<R>(kind: string, message: Key, own: () => R | Promise<R>): Promise<readonly R[]> {
    const asked = node.peers.map((peer) => node.call<R>(peer, kind, message, PATIENCE_MS));
    const done = await Promise.allSettled([Promise.resolve().then(own), ...asked]);
    return done.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  return {
    state: cache.entries,
    api: {
      async set(input: unknown, key = ''): Promise<null> {
        const { value, ttlMs } = entryOf(input);
        versionCounter += 1;
        await node.disk.write('version', versionCounter);
        const entry = { value, timestamp: node.now(), version: versionCounter, ttl: ttlMs ?? DEFAULT_TTL_MS };
        const successfulWrites = await all('write', { key, entry } as Key, () => write({ key, entry }));
        // The slide returns False here, though some nodes have the entry.
        if (successfulWrites.length < consistencyLevel) throw new Refused('too few nodes were written');
        return null;
      },
      async get(_: null, key = ''): Promise<unknown> {
        const answers = await all<CacheEntry | 'no such key'>('read', { key }, () => read({ key }));
        const entries = answers.flatMap((answer) => (answer === 'no such key' ? [] : [answer]));
        const validResponses = entries.filter((entry) => node.now() - entry.timestamp <= entry.ttl);
        if (validResponses.length < consistencyLevel) return null;
        // Return newest version
        return validResponses.reduce((newest, entry) => (entry.version > newest.version ? entry : newest)).value;
      },
      async invalidate(_: null, key = ''): Promise<null> {
        const successfulInvalidations = await all('delete', { key }, () => remove({ key }));
        // The slide returns False here, though some nodes may have deleted the entry.
        if (successfulInvalidations.length < consistencyLevel) throw new Refused('too few nodes had the key');
        return null;
      },
    },
  };
}

export const cacheSlide: Design<Cache> = {
  name: 'cache/slide',
  datatype: 'cache',
  claims: [
    {
      model: 'cache',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'majority',
      durable: 'no',
      converges: false,
      recoversMs: 2000,
    },
  ],
  flaw: {
    says: 'versions are counted by each process, ages are differences of two clocks, invalidations leave nothing, and failed sets stay',
    anomaly: 'stale-read',
    at: 'versionCounter += 1;',
  },
  start,
};
