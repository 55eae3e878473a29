/**
 * Slide 5, "Conflict Resolution Strategies", the vector clocks: every node has a resolver with a list of versions
 * a key. A write counts its node up in the clock of what the node knows; versions come to the others by anti-entropy,
 * since the slide has no network. The dict is on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims that conflicts are resolved. But `_resolve_vector_conflicts` calls
 * a version conflicting as soon as it does not cover another one: the older of two ordered
 * versions is a "conflict", and the first such is what is returned. No version ever goes.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { advanced, covers, merged, type VectorClock } from '../blocks/vector-clock.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

interface Version {
  readonly value: Value;
  readonly vectorClock: VectorClock;
  readonly nodeId: string;
}
type Lists = Readonly<Record<string, readonly Version[]>>;

/** The slide's `_resolve_vector_conflicts`. */
function resolve(versions: readonly Version[]): Version | undefined {
  // Compare vector clocks
  const conflicts = versions.filter((v1) =>
    versions.some((v2) => v1 !== v2 && !covers(v1.vectorClock, v2.vectorClock)),
  );
  return conflicts[0] ?? versions[versions.length - 1];
}

async function start(node: Node) {
  const versions = await durableMap<readonly Version[]>(node, 'versions');

  const isKnown = (known: readonly Version[], { nodeId, vectorClock }: Version) =>
    known.some((other) => other.nodeId === nodeId && other.vectorClock[nodeId] === vectorClock[nodeId]);

  async function append(key: string, version: Version): Promise<void> {
    const known = versions.get(key) ?? [];
    if (!isKnown(known, version)) await versions.set(key, [...known, version]);
  }

  async function merge(theirs: Lists): Promise<void> {
    for (const [key, list] of Object.entries(theirs)) for (const version of list) await append(key, version);
  }
  void antiEntropy(node, 100, () => versions.entries, merge);

  return {
    state: versions.entries,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        const known = (versions.get(key) ?? []).map(({ vectorClock }) => vectorClock);
        await append(key, { value, vectorClock: advanced(known.reduce(merged, {}), node.id), nodeId: node.id });
        return null;
      },
      read: async (_: null, key = ''): Promise<Value> => resolve(versions.get(key) ?? [])?.value ?? null,
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

export const slideVector: Design<Register> = {
  name: 'conflict-resolution/slide-vector',
  datatype: 'register',
  without: ['cas'],
  claims: [
    { model: 'eventual', converges: false, ...common },
    { model: 'causal-by-key', converges: false, ...common },
  ],
  flaw: {
    says: 'of ordered versions the older one is taken for a conflict, and returned',
    anomaly: 'causally-stale-read',
    at: 'return conflicts[0] ?? versions[versions.length - 1];',
  },
  start,
};
