/**
 * Slide 6, "CAP Theorem Implementation", line by line: `data` is this node's dict
 * and `backup_data` the other nodes'. The slide is told by somebody that there
 * is a partition; here a node says so itself when another does not answer its calls.
 *
 * The slide claims that CP gives up availability and AP consistency, and nothing else, and that CA
 * exists. But while nobody has noticed a partition CP writes at one node after the other and lets each
 * be read; and AP never reconciles: what was written during a partition stays where it was written.
 */
import type { Register, Value } from 'elle-ts';
import { durableMap } from '../blocks/durable-map.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

type Priority = 'consistency' | 'availability';
type Write = { readonly key: string; readonly value: Value };

const PING_MS = 50;
const PATIENCE_MS = 150;

async function start(node: Node, priority: Priority) {
  const data = await durableMap<Value>(node, 'data');
  let isPartition = false;

  const backUp = (peer: NodeId, write: Write) => node.call(peer, 'backup', write, PATIENCE_MS);

  node.on('ping', () => true);
  node.on('backup', async ({ key, value }: Write) => {
    await data.set(key, value);
    return true;
  });

  async function handlePartition(): Promise<void> {
    for (;;) {
      await node.sleep(PING_MS);
      const answers = await Promise.allSettled(node.peers.map((peer) => node.call(peer, 'ping', null, PATIENCE_MS)));
      isPartition = answers.some(({ status }) => status === 'rejected');
    }
  }
  void handlePartition();

  return {
    state: data.entries,
    api: {
      async write(value: Value, key = ''): Promise<null> {
        if (isPartition) {
          if (priority === 'consistency') throw new Refused('System unavailable during partition');
          await data.set(key, value);
          return null; // warning: Consistency not guaranteed
        }
        await data.set(key, value);
        const backedUp = Promise.allSettled(node.peers.map((peer) => backUp(peer, { key, value })));
        if ((await backedUp).some(({ status }) => status === 'rejected') && priority === 'consistency')
          throw new InDoubt('not everybody has it');
        return null;
      },
      async read(_: null, key = ''): Promise<Value> {
        if (isPartition && priority === 'consistency') throw new Refused('System unavailable during partition');
        return data.get(key) ?? null; // warning: Data may be stale
      },
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

const UNDER = ['partition', 'link', 'crash', 'pause', 'clock'] as const;

function slide(name: string, priority: Priority, claim: Claim, flaw: NonNullable<Design['flaw']>): Design<Register> {
  return {
    name,
    datatype: 'register',
    without: ['cas'],
    claims: [claim],
    flaw,
    start: (node) => start(node, priority),
  };
}

export const capSlides: readonly Design<Register>[] = [
  slide(
    'cap/slide-cp',
    'consistency',
    { model: 'linearizable', under: UNDER, available: 'none', durable: 'always', converges: false, recoversMs: 2000 },
    {
      says: 'a write is made at one node after the other, and each is read meanwhile',
      anomaly: 'stale-read',
      at: 'Promise.allSettled(node.peers.map((peer) => backUp(peer, { key, value })))',
    },
  ),
  slide(
    'cap/slide-ap',
    'availability',
    { model: 'eventual', under: UNDER, available: 'total', durable: 'no', converges: true, recoversMs: 2000 },
    {
      says: 'what was written during a partition is never taken to the other side',
      anomaly: 'divergence',
      at: 'return null; // warning: Consistency not guaranteed',
    },
  ),
  // With both priorities the slide's first branch is taken: it refuses, and so is not available.
  slide(
    'cap/slide-ca',
    'consistency',
    { model: 'linearizable', under: UNDER, available: 'total', durable: 'always', converges: false, recoversMs: 2000 },
    {
      says: 'consistency is asked for first: during a partition it refuses, whatever else was promised',
      anomaly: 'unavailable',
      at: "if (priority === 'consistency') throw new Refused('System unavailable during partition');",
    },
  ),
];
