/**
 * One node holds the only copy, on its disk; the others pass on what clients ask of them. Nothing is replicated, so
 * nothing can disagree: the measure of what replication must not lose, and the system that no checker may ever accuse.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and
 * skewed clocks. Only clients that reach the first node are answered, and while it is down nobody is.
 *
 * @see Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects", ACM TOPLAS 1990.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Asked = { readonly key: string; readonly value: Value };
type Swap = { readonly key: string; readonly old: Value; readonly next: Value };

async function start(node: Node) {
  const holder = [node.id, ...node.peers].sort()[0] as NodeId;
  const registers = await durableMap<Value>(node, 'registers');
  const once = await atMostOnce(node);
  const inTurn = exclusive();

  // A read waits for the write before it: what is not on disk yet may still be undone by a crash.
  const read = ({ key }: { key: string }) => inTurn(key, async () => registers.get(key) ?? null);
  const write = ({ key, value }: Asked) => inTurn(key, () => registers.set(key, value));
  const swap = ({ key, old, next }: Swap) =>
    inTurn(key, async () => {
      if ((registers.get(key) ?? null) !== old) throw new Refused('mismatch', { answer: true });
      await registers.set(key, next);
    });

  once.on('read', read);
  once.on('write', write);
  once.on('cas', swap);

  const atHolder = <R, M>(kind: string, own: (message: M) => Promise<R>, message: M): Promise<R> =>
    node.id === holder ? own(message) : once.call<R>(holder, kind, message);

  return {
    state: registers.entries,
    api: {
      read: (_: null, key = ''): Promise<Value> => atHolder('read', read, { key }),
      async write(value: Value, key = ''): Promise<null> {
        await atHolder('write', write, { key, value });
        return null;
      },
      async cas([old, next]: readonly [Value, Value], key = ''): Promise<null> {
        await atHolder('cas', swap, { key, old, next });
        return null;
      },
    },
  };
}

export const singleCopy: Design<Register> = {
  name: 'single-copy',
  datatype: 'register',
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'primary-side',
      durable: 'always',
      converges: false,
      recoversMs: 1000,
    },
  ],
  primary: (states) => [...states.keys()].sort()[0],
  start,
};
