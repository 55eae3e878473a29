import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, type Pool, useUp } from '../../../harness/pool/pool.ts';
import { Threads } from '../../../harness/pool/threads.ts';

let folder: string;
let url: URL;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-threads-'));
  const file = join(folder, 'worker.mjs');
  const maker = new URL('../../../dist/harness/pool/maker.js', import.meta.url);
  writeFileSync(
    file,
    `import { makesTasks } from ${JSON.stringify(maker.href)};
    makesTasks('test', async (task) => {
      if (task === 'die') process.exit(3);
      if (task === 'loop') for (;;);
      if (task === 'grow') globalThis.kept = new WebAssembly.Memory({ initial: 8400 });
      if (task === 'has it grown') return globalThis.kept ? 1 : 0;
      if (task === 'throw') throw new Error('no more');
      if (task === 'later') return new Promise(() => setTimeout(() => { throw new Error('too late'); }, 1));
      if (task === 'eat') for (const all = []; ; ) all.push(new Array(100_000).fill(Math.random()));
      return task + 1;
    });`,
  );
  url = pathToFileURL(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What became of each item: what was made of it, or why nothing was. */
async function used(pool: Pool<unknown, number>, items: readonly unknown[]): Promise<ReadonlyMap<unknown, unknown>> {
  const found = new Map<unknown, unknown>();
  await useUp(pool, items.values(), async (item) => {
    found.set(item, await pool.make(item).catch((error: Error) => error.message));
  });
  return found;
}

describe('a pool of threads', () => {
  it('makes every task once, and what dies costs its own task alone', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const mortal = ['die', 'throw', 'later', 'eat'];
    const items = numbers.flatMap((i) => (i % 10 === 5 ? [i, mortal[(i - 5) / 10]] : [i]));
    const found = await used(new Threads({ url, name: 'test', width: 3, memoryMb: 64 }), items);
    expect(found.size).toBe(44);
    for (const i of numbers) expect(found.get(i)).toBe(i + 1);
    expect(found.get('die')).toBe('the thread that made it was ended with code 3, as by process.exit');
    expect(found.get('throw')).toBe('no more');
    expect(found.get('later')).toBe('too late');
    expect(found.get('eat')).toMatch(/memory/);
  });

  it('replaces a thread that keeps more than 512 MB of WebAssembly', async () => {
    const pool = new Threads<unknown, unknown>({ url, name: 'test', width: 1 });
    expect(await pool.make('grow')).toBe('grow1');
    expect(await pool.make('has it grown')).toBe(0);
    await pool.close();
  });

  it('stops a task that does not end', async () => {
    const found = await used(new Threads({ url, name: 'test', width: 1, mostMs: 300 }), ['loop']);
    expect(found.get('loop')).toBe('it was not done after 0.3 s, and was stopped');
  });

  it('does nothing for another name', async () => {
    const found = await used(new Threads({ url, name: 'other', width: 1 }), [1]);
    expect(found.get(1)).toBe('the thread that made it was ended with code 0, as by process.exit');
  });
});

describe('a pool without makers', () => {
  it('makes as many at a time as it is wide, takes an item when there is room, and begins none after a failure', async () => {
    let open = 0;
    let most = 0;
    let taken = 0;
    const pool = here(3, async (task: number) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return task + 1;
    });
    const items = (function* () {
      for (; taken < 20; taken++) {
        expect(open).toBeLessThan(3);
        yield taken;
      }
    })();
    await useUp(pool, items, async (item) => {
      await pool.make(item);
    });
    expect([most, taken]).toEqual([3, 20]);
    const begun: number[] = [];
    const failing = useUp(
      here(1, async () => {}),
      [1, 2, 3].values(),
      async (item) => {
        begun.push(item);
        if (item === 2) throw new Error('enough');
      },
    );
    await expect(failing).rejects.toThrow('enough');
    expect(begun).toEqual([1, 2]);
  });

  it('makes one task at a time first where makers cost much to start, and then as many as the width', async () => {
    let open = 0;
    let most = 0;
    let goOn = () => {};
    const wide = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const pool = (narrowMs: number, until: Promise<void>): Pool<number, void> => ({
      ...here<number, void>(3, async () => {
        most = Math.max(most, ++open);
        if (open === 3) goOn();
        await until;
        open--;
      }),
      narrowMs,
    });
    const use = (narrowMs: number, until: Promise<void>) => {
      const one = pool(narrowMs, until);
      return useUp(one, Array(20).keys(), (item) => one.make(item));
    };
    await use(3_600_000, Promise.resolve());
    expect(most).toBe(1);
    // Nothing is done before three are being made.
    await use(1, wide);
    expect(most).toBe(3);
  });
});
