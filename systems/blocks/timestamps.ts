import type { Node } from '../node.ts';
import type { Shards } from './shards.ts';

/** Numbers that grow over all lives of a node. */
export interface Numbers {
  /** Calls `use` with the next one, in the same step in which it is taken: nobody comes between. */
  take<T>(use: (number: number) => T): Promise<T>;
}

/** How many numbers are reserved on disk at a time; a crash skips those that were not given out. */
const RESERVED = 1000;

/** Reads where earlier lives had got to under `name`. */
export async function growingNumbers({ disk }: Pick<Node, 'disk'>, name: string): Promise<Numbers> {
  let last = (await disk.read<number>(name)) ?? 0;
  let limit = last;
  let reserving: Promise<void> | undefined;

  async function reserve(): Promise<void> {
    const next = limit + RESERVED;
    await disk.write(name, next);
    limit = next;
  }

  return {
    async take(use) {
      while (last >= limit) {
        reserving ??= reserve().finally(() => {
          reserving = undefined;
        });
        await reserving;
      }
      return use(++last);
    },
  };
}

/**
 * Timestamps for a whole cluster, from its first node: each is greater than all
 * that anybody had when it was asked for. While that node is away there are none.
 *
 * @see Peng & Dabek, "Large-scale Incremental Processing Using
 * Distributed Transactions and Notifications", OSDI 2010, section 2.3.
 */
export async function timestampOracle(node: Node, shards: Shards): Promise<() => Promise<number>> {
  if (shards.first === node.id) {
    const numbers = await growingNumbers(node, 'timestamps');
    shards.on('timestamp', () => numbers.take((number) => number));
  }
  return () => shards.call<number>(shards.first, 'timestamp');
}
