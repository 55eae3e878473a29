/**
 * Slide 5, "Conflict Resolution Strategies", the last writer wins: every node has a resolver, and the
 * versions that a client's write makes at one are brought to the others by anti-entropy, since the
 * slide has no network. The dict is on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims that conflicts are resolved. But the timestamp is the wall clock of whoever writes: where
 * that is behind, a write is acknowledged and dropped, and of two equal times each node keeps the one it met first.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

interface Version {
  readonly value: Value;
  readonly timestamp: number;
  readonly id: string;
}

async function start(node: Node) {
  const versions = await durableMap<Version>(node, 'versions');

  async function resolve(key: string, version: Version): Promise<Version> {
    const known = versions.get(key);
    // Keep only latest version
    const latest = known && known.timestamp >= version.timestamp ? known : version;
    await versions.set(key, latest);
    return latest;
  }

  const merge = (theirs: Readonly<Record<string, Version>>) =>
    Promise.all(Object.entries(theirs).map(([key, version]) => resolve(key, version)));
  void antiEntropy(node, 60, () => versions.entries, merge);

  return {
    state: versions.entries,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        const id = Math.floor(node.random() * 2 ** 50).toString(36);
        await resolve(key, { value, timestamp: node.now(), id });
        return null;
      },
      read: async (_: null, key = ''): Promise<Value> => versions.get(key)?.value ?? null,
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

const common = {
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'total',
  durable: 'no',
  recoversMs: 2000,
} as const;

export const slideLww: Design<Register> = {
  name: 'conflict-resolution/slide-lww',
  datatype: 'register',
  without: ['cas'],
  claims: [
    { model: 'eventual', converges: true, ...common },
    { model: 'causal-by-key', converges: false, ...common },
  ],
  flaw: {
    says: 'timestamps are wall clocks: a node that is behind drops what it acknowledges',
    anomaly: 'causally-stale-read',
    at: 'timestamp: node.now()',
  },
  start,
};
