/**
 * Slide 2, "Asynchronous Replication Implementation", line by line: the manager is the first node, its replicas
 * are the others. It answers a write at once and updates the replicas in the background, one after the other,
 * each after a delay of its own. The dicts are on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims eventual consistency: replicas "may temporarily have different
 * values". But every write brings itself to the replicas, so two writes to one key
 * arrive in any order and a lost update is never sent again: replicas differ for ever.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Write = { readonly key: string; readonly value: Value };

async function start(node: Node) {
  const [primary, ...replicas] = [node.id, ...node.peers].sort() as [NodeId, ...NodeId[]];
  const data = await durableMap<Value>(node, 'data');
  const once = await atMostOnce(node);

  async function write({ key, value }: Write): Promise<void> {
    // Primary write immediately
    await data.set(key, value);
    // Async replica updates
    void updateReplicas(key, value);
  }

  async function updateReplicas(key: string, value: Value): Promise<void> {
    for (const replica of replicas) {
      // Simulate varying network delays
      await node.sleep(100 + 400 * node.random());
      node.send(replica, 'update', { key, value });
    }
  }

  node.on('update', ({ key, value }: Write) => data.set(key, value));
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

export const asyncSlide: Design<Register> = {
  name: 'async-replication/slide',
  datatype: 'register',
  without: ['cas'],
  claims: [
    {
      model: 'eventual',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'primary-side',
      durable: 'no',
      converges: true,
      recoversMs: 3000,
    },
  ],
  flaw: {
    says: 'each write travels to each replica by itself: in any order, and only once',
    anomaly: 'divergence',
    at: "node.send(replica, 'update', { key, value });",
  },
  primary: (states) => [...states.keys()].sort()[0],
  start,
};
