/**
 * Slide 1, "Understanding Synchronous Replication", line by line: the manager is the first
 * node, its replicas are the others, and the sleep between two replicas is the way of a
 * message. The dicts are on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims strong consistency: "all nodes have identical data". But the primary applies a write before any
 * replica has, replicas answer reads while the write is on its way, and a replica that does not answer leaves the write
 * half done for ever: the lock is released, the exception is the client's, and nobody undoes or finishes the rest.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Write = { readonly key: string; readonly value: Value };

/** How long the manager waits for one replica. */
const PATIENCE_MS = 150;

async function start(node: Node) {
  const [primary, ...replicas] = [node.id, ...node.peers].sort() as [NodeId, ...NodeId[]];
  const data = await durableMap<Value>(node, 'data');
  const once = await atMostOnce(node);
  const withLock = exclusive();

  const write = ({ key, value }: Write) =>
    withLock('the lock', async () => {
      // Primary write
      await data.set(key, value);
      // Synchronous replica updates
      for (const replica of replicas) await once.call(replica, 'update', { key, value }, PATIENCE_MS);
    });

  once.on('update', ({ key, value }: Write) => data.set(key, value));
  once.on('write', write);

  return {
    state: data.entries,
    api: {
      read: async (_: null, key = ''): Promise<Value> => data.get(key) ?? null,
      async write(value: Value, key = ''): Promise<null> {
        if (node.id === primary) await write({ key, value });
        else await once.call(primary, 'write', { key, value });
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

export const syncSlide: Design<Register> = {
  name: 'sync-replication/slide',
  datatype: 'register',
  without: ['cas'],
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'primary-side',
      durable: 'always',
      converges: true,
      recoversMs: 2000,
    },
  ],
  flaw: {
    says: 'a write is seen at the primary before the replicas have it, and stays there when they never get it',
    anomaly: 'stale-read',
    at: 'await data.set(key, value);',
  },
  primary: (states) => [...states.keys()].sort()[0],
  start,
};
