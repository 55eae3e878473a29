import { describe, expect, it } from 'vitest';
import { byOwner, shards } from '../../../systems/blocks/shards.ts';
import { growingNumbers } from '../../../systems/blocks/timestamps.ts';
import { type Transaction, transactionsOn, workspace } from '../../../systems/blocks/transactions.ts';
import { type Disk, type Node, Refused } from '../../../systems/node.ts';

/** A store that one transaction at a time uses, and that writes down how each ended. */
function store(values: Record<string, unknown> = {}) {
  const ends: string[] = [];
  const begin = async (): Promise<Transaction> => {
    const own = workspace(async (key) => values[key] ?? null);
    return {
      read: own.read,
      write: async (key, value) => own.write(key, value),
      commit: async () => {
        for (const [key, value] of own.writes) values[key] = value;
        ends.push('commit');
      },
      abort: () => void ends.push('abort'),
    };
  };
  return { api: transactionsOn(begin), values, ends };
}

describe('what clients ask of transactions', () => {
  it('is done in turn, and what was written is read again', async () => {
    const { api, values } = store({ x: 1 });
    const mops = [
      ['r', 'x', null],
      ['w', 'x', 2],
      ['r', 'x', null],
      ['append', 'l', 3],
      ['append', 'l', 4],
      ['r', 'l', null],
      ['r', 'y', null],
    ] as const;
    const answers = (await api.txn(mops)).filter(([f]) => f === 'r').map((mop) => mop[2]);
    expect(answers).toEqual([1, 2, [3, 4], null]);
    expect(values).toEqual({ x: 2, l: [3, 4] });
  });

  it('is refused, and leaves nothing, where a transaction is asked to abort', async () => {
    const { api, values, ends } = store();
    await expect(api.txn([['w', 'x', 1], ['abort']])).rejects.toThrow(Refused);
    expect({ values, ends }).toEqual({ values: {}, ends: ['abort'] });
  });

  it('is refused where it failed before the commit, whatever the error', async () => {
    const api = transactionsOn(async () => ({
      read: () => Promise.reject(new Error('silence')),
      write: async () => undefined,
      commit: async () => undefined,
      abort: () => undefined,
    }));
    await expect(api.txn([['r', 'x', null]])).rejects.toThrow(Refused);
  });

  it('is open where the commit failed', async () => {
    const api = transactionsOn(async () => ({
      read: async () => null,
      write: async () => undefined,
      commit: () => Promise.reject(new Error('silence')),
      abort: () => undefined,
    }));
    await expect(api.txn([['w', 'x', 1]])).rejects.not.toThrow(Refused);
  });

  it('moves money that is there', async () => {
    const { api } = store();
    await api.transfer({ from: 'a', to: 'b', amount: 60 });
    await expect(api.transfer({ from: 'a', to: 'b', amount: 60 })).rejects.toThrow('a has 40 only');
    expect(await api.read(['a', 'b', 'c'])).toEqual({ a: 40, b: 160, c: 100 });
  });
});

const nodeNamed = (id: string, all: readonly string[]) =>
  ({ id, peers: all.filter((one) => one !== id), on: () => undefined }) as unknown as Node;

describe('shards', () => {
  it('have one owner for a key, whoever asks, and another for the next key', () => {
    const all = ['n1', 'n2', 'n3'];
    const views = all.map((id) => shards(nodeNamed(id, all)));
    for (let i = 0; i < 9; i++) expect(new Set(views.map(({ ownerOf }) => ownerOf(`k${i}`))).size).toBe(1);
    expect(new Set(['k1', 'k2', 'k3'].map(views[0]!.ownerOf)).size).toBe(3);
    const owned = byOwner(
      views[0]!,
      new Map([
        ['k1', 1],
        ['k2', 2],
        ['k4', 4],
      ]),
    );
    expect([...owned.values()]).toEqual([{ k1: 1, k4: 4 }, { k2: 2 }]);
  });

  it('ask themselves without the network', async () => {
    const one = shards(nodeNamed('n1', ['n1']));
    one.on('twice', (message: number) => 2 * message);
    expect(await one.call('n1', 'twice', 4)).toBe(8);
  });
});

/** A disk on which a life's writes are lost after so many. */
function mortalDisk() {
  const entries = new Map<string, unknown>();
  let left = 0;
  const disk: Disk = {
    read: async <T>(key: string) => entries.get(key) as T | undefined,
    async write(key, value) {
      if (left-- <= 0) return new Promise<void>(() => {});
      entries.set(key, value);
    },
  };
  const live = (writes: number) => {
    left = writes;
  };
  return { disk, live };
}

/** All that can happen without a disk that answers. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('numbers that grow', () => {
  it('are never given out twice, whenever a life ends', async () => {
    const { disk, live } = mortalDisk();
    let highest = 0;
    for (let life = 0; life < 12; life++) {
      live(life % 4);
      const numbers = await growingNumbers({ disk }, 'numbers');
      const given: number[] = [];
      // All in one turn, and more than are reserved at a time.
      for (let i = 0; i < 2500; i++) void numbers.take((number) => void given.push(number));
      await settle();
      expect(given.length).toBe(Math.min(2500, 1000 * (life % 4)));
      for (const number of given) {
        expect(number).toBeGreaterThan(highest);
        highest = number;
      }
    }
  });
});
