/**
 * Slide 4, "Quorum-Based Replication", line by line, with the slide's N=5, W=3, R=2 for five
 * nodes: a majority to write, the rest to read. Its chance of one in ten that a node fails
 * is the network. The dicts are on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims configurable consistency levels. But R+W = N does not overlap;
 * the version is a wall clock in ms, which ties and jumps; a node stores whatever comes
 * last, old or new; and a write that missed its quorum, and is reported as failed, stays.
 */
import type { Register, Value } from 'elle-ts';
import { durableMap } from '../blocks/durable-map.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Versioned = readonly [value: Value, version: number];
type Write = { readonly key: string; readonly entry: Versioned };

/** How long a node is waited for before it counts as failed. */
const PATIENCE_MS = 150;

async function start(node: Node) {
  const totalNodes = node.peers.length + 1;
  const writeQuorum = Math.floor(totalNodes / 2) + 1;
  const readQuorum = Math.max(1, totalNodes - writeQuorum);
  const data = await durableMap<Versioned>(node, 'data');

  node.on('write', async ({ key, entry }: Write) => {
    await data.set(key, entry);
    return true;
  });
  node.on('read', ({ key }: { key: string }) => data.get(key) ?? 'no such key');

  return {
    state: data.entries,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        const version = Math.floor(node.now()); // Simple version number
        const entry: Versioned = [value, version];
        const writes = node.peers.map((peer) => node.call(peer, 'write', { key, entry }, PATIENCE_MS));
        const done = await Promise.allSettled([data.set(key, entry), ...writes]);
        const successfulWrites = done.filter(({ status }) => status === 'fulfilled').length;
        // The slide returns False here, though some nodes have the value.
        if (successfulWrites < writeQuorum) throw new Refused(`only ${successfulWrites} nodes were written`);
        return null;
      },
      async read(_: null, key = ''): Promise<Value> {
        const reads = node.peers.map((peer) =>
          node.call<Versioned | 'no such key'>(peer, 'read', { key }, PATIENCE_MS),
        );
        const done = await Promise.allSettled([data.get(key) ?? 'no such key', ...reads]);
        const answers = done.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
        const valuesWithVersions = answers.filter((answer) => answer !== 'no such key');
        // Unlike the slide's, a read of what nobody has ever written
        // succeeds: it could never be told from a failed one.
        if (valuesWithVersions.length === 0 && answers.length >= readQuorum) return null;
        if (valuesWithVersions.length < readQuorum) throw new Refused('too few nodes were read');
        // Return newest version
        return valuesWithVersions.reduce((newest, read) => (read[1] > newest[1] ? read : newest))[0];
      },
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

export const quorumSlide: Design<Register> = {
  name: 'quorum/slide',
  datatype: 'register',
  without: ['cas'],
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'majority',
      durable: 'always',
      converges: false,
      recoversMs: 2000,
    },
  ],
  flaw: {
    says: 'the quorums need not meet, versions are wall clocks, nodes keep what comes last, and failed writes stay',
    anomaly: 'stale-read',
    at: 'const readQuorum = Math.max(1, totalNodes - writeQuorum);',
  },
  start,
};
