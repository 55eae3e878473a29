import { describe, expect, it } from 'vitest';
import { durableMap } from '../../../systems/blocks/durable-map.ts';
import { log } from '../../../systems/blocks/log.ts';
import type { Disk } from '../../../systems/node.ts';

/** A disk in memory on which only the first `writes` writes come through: the node dies at the next one. */
function mortalDisk(writes = Number.POSITIVE_INFINITY) {
  const entries = new Map<string, string>();
  let left = writes;
  const disk: Disk = {
    read: async <T>(key: string) => (entries.has(key) ? (JSON.parse(entries.get(key)!) as T) : undefined),
    write(key, value) {
      if (left-- <= 0) return new Promise(() => {});
      entries.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
  };
  /** The next life finds what the last one left. */
  const revive = () => {
    left = Number.POSITIVE_INFINITY;
  };
  return { disk, revive };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a durable map', () => {
  it('finds again whatever it had resolved for, wherever a crash comes', async () => {
    for (let writes = 0; writes < 12; writes++) {
      const { disk, revive } = mortalDisk(writes);
      const acknowledged: Record<string, number> = {};
      const map = await durableMap<number>({ disk }, 'map');
      void (async () => {
        for (const [key, value] of [
          ['a', 1],
          ['b', 2],
          ['a', 3],
          ['c', 4],
          ['b', 5],
        ] as const) {
          await map.set(key, value);
          acknowledged[key] = value;
        }
      })();
      await settle();
      revive();
      const next = await durableMap<number>({ disk }, 'map');
      for (const [key, value] of Object.entries(acknowledged)) expect(next.get(key)).toBeGreaterThanOrEqual(value);
    }
  });

  it('forgets what was deleted, in the next life too', async () => {
    const { disk } = mortalDisk();
    const map = await durableMap<number>({ disk }, 'map');
    await map.set('a', 1);
    await map.set('b', 2);
    await map.delete('a');
    const next = await durableMap<number>({ disk }, 'map');
    expect([map.entries, next.entries]).toEqual([{ b: 2 }, { b: 2 }]);
  });
});

describe('a log', () => {
  it('is a prefix of what was appended, with all that was acknowledged, wherever a crash comes', async () => {
    for (let writes = 0; writes < 12; writes++) {
      const { disk, revive } = mortalDisk(writes);
      const entries = await log<string>(disk, 'log');
      let acknowledged = 0;
      void (async () => {
        for (const entry of ['a', 'b', 'c', 'd']) acknowledged = (await entries.append(entry)) + 1;
      })();
      await settle();
      revive();
      const next = await log<string>(disk, 'log');
      expect(next.length).toBeGreaterThanOrEqual(acknowledged);
      expect(next.slice(0, 9)).toEqual(['a', 'b', 'c', 'd'].slice(0, next.length));
    }
  });

  it('keeps the order in which entries were appended at once', async () => {
    const { disk } = mortalDisk();
    const entries = await log<number>(disk, 'log');
    await Promise.all([1, 2, 3, 4].map((entry) => entries.append(entry)));
    expect(entries.slice(1, 2)).toEqual([2, 3]);
  });

  it('continues where it was truncated, in the next life too', async () => {
    const { disk } = mortalDisk();
    const entries = await log<string>(disk, 'log');
    for (const entry of ['a', 'b', 'c']) await entries.append(entry);
    await entries.truncate(1);
    await entries.append('d');
    const next = await log<string>(disk, 'log');
    expect([entries.slice(0, 9), next.slice(0, 9)]).toEqual([
      ['a', 'd'],
      ['a', 'd'],
    ]);
  });
});
