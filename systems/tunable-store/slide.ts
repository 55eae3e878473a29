/**
 * Slide 3, "Consistency Models Comparison", line by line: every node has a manager, and what
 * it writes is brought to the others by one message each and by anti-entropy, since the slide has
 * no network. The dicts are on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims that each mode gives its model. But its strong write is a local one with
 * a counter; its causal one counts the versions of one key, which orders nothing between keys:
 * what was read before a write may become visible long after it; and its eventual one has
 * no version at all, so that nothing can be exchanged again and nodes keep what comes last.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { type Node, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Versioned {
  readonly value: Value;
  /** The slide's `vector_clock[key]`, a number; its `version` in the strong mode. */
  readonly version: number;
}

type Mode = 'strong' | 'causal' | 'eventual';

async function start(node: Node, mode: Mode) {
  const primaryData = await durableMap<Versioned>(node, 'primary data');
  let version = Math.max(0, ...Object.values(primaryData.entries).map((data) => data.version));

  async function take(key: string, theirs: Versioned): Promise<void> {
    // The eventual mode has no version that could tell which is the newer.
    if (mode === 'eventual' || theirs.version > (primaryData.get(key)?.version ?? 0))
      await primaryData.set(key, theirs);
  }

  const versionOf: Readonly<Record<Mode, (key: string) => number>> = {
    strong: () => ++version,
    causal: (key) => (primaryData.get(key)?.version ?? 0) + 1,
    eventual: () => 0,
  };

  node.on('replicate', ({ key, data }: { key: string; data: Versioned }) => take(key, data));
  const merge = (theirs: Readonly<Record<string, Versioned>>) =>
    Promise.all(Object.entries(theirs).map(([key, data]) => take(key, data)));
  if (mode !== 'eventual') void antiEntropy(node, 100, () => primaryData.entries, merge);

  return {
    state: primaryData.entries,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        const data = { value, version: versionOf[mode](key) };
        await primaryData.set(key, data);
        for (const peer of node.peers) node.send(peer, 'replicate', { key, data });
        return null;
      },
      read: async (_: null, key = ''): Promise<Value> => primaryData.get(key)?.value ?? null,
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
  converges: true,
  recoversMs: 1000,
} as const;

function slide(name: string, mode: Mode, claim: Claim, flaw: NonNullable<Design['flaw']>): Design<Register> {
  return { name, datatype: 'register', without: ['cas'], claims: [claim], flaw, start: (node) => start(node, mode) };
}

export const storeSlides: readonly Design<Register>[] = [
  slide(
    'tunable-store/slide',
    'causal',
    { model: 'causal', ...common },
    {
      says: 'versions are counted key by key, which orders nothing across keys',
      anomaly: 'causally-stale-read',
      at: 'causal: (key) => (primaryData.get(key)?.version ?? 0) + 1',
    },
  ),
  slide(
    'tunable-store/slide-strong',
    'strong',
    { model: 'linearizable', ...common },
    { says: 'a strong write is a local write', anomaly: 'stale-read', at: 'strong: () => ++version' },
  ),
  slide(
    'tunable-store/slide-eventual',
    'eventual',
    { model: 'eventual', ...common },
    {
      says: 'writes are accepted without a version: each node keeps what comes last, if it comes at all',
      anomaly: 'divergence',
      at: 'eventual: () => 0',
    },
  ),
];
