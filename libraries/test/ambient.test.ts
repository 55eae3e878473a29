import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { libraryDesigns } from '../../harness/setting/libraries.ts';
import type { Design } from '../../systems/system.ts';
import { runOnce, SMALL } from '../../test/systems/cell.ts';
import { workloads } from '../../workloads/registry.ts';

/** What a node asked of its platform by way of libraries, each of which may have bound it when it was loaded. */
interface Asked {
  readonly node: string;
  readonly says: Readonly<Record<string, unknown>>;
}

/** A register that asks at every read, and tells what it was answered. */
async function asking(told: (asked: Asked) => void): Promise<Design> {
  await libraryDesigns();
  const [time, random, performance_, A, { LoroDoc }, tinybase, Y, nodeCrypto, { setTimeout: sleep }] =
    await Promise.all([
      import('lib0/time'),
      import('lib0/random'),
      import('lib0/performance'),
      import('@automerge/automerge'),
      import('loro-crdt'),
      import('tinybase'),
      import('yjs'),
      import('node:crypto'),
      import('node:timers/promises'),
    ]);
  return {
    name: 'test/asking',
    datatype: 'register',
    library: 'several',
    claims: [],
    start(node) {
      const values: Record<string, unknown> = {};
      const ask = async () => {
        const timers: string[] = [];
        const late = new Promise<void>((resolve) => {
          setTimeout(() => timers.push('late'), 20);
          const never = setTimeout(() => timers.push('never'), 5);
          setTimeout(() => clearTimeout(never), 1);
          const often = setInterval(() => {
            if (timers.push('often') === 2) clearInterval(often);
          }, 4);
          setTimeout(resolve, 30);
        });
        const from = node.elapsed();
        await late;
        await sleep(2);
        await promisify(setTimeout)(3);
        const says = {
          'lib0 time': time.getUnixTime() - Math.floor(node.now()),
          'lib0 performance': performance_.now() - node.elapsed(),
          date: new Date().toISOString() === new Date(Math.floor(node.now())).toISOString(),
          waited: Math.round(node.elapsed() - from),
          timers,
          'lib0 random': [random.uint32(), random.rand()],
          'yjs client': new Y.Doc().clientID,
          'automerge actor': A.getActorId(A.init()),
          'loro peer': new LoroDoc().peerIdStr,
          'tinybase id': JSON.stringify(
            tinybase.createMergeableStore().setCell('t', 'r', 'c', 1).getMergeableContent(),
          ),
          crypto: [crypto.randomUUID(), nodeCrypto.randomUUID(), nodeCrypto.randomBytes(4).toString('hex')],
          int: nodeCrypto.randomInt(3, 9),
          hrtime: process.hrtime.bigint() / 1_000_000n - BigInt(Math.floor(node.elapsed())),
        };
        told({ node: node.id, says });
      };
      return {
        state: values,
        api: {
          async read(_: unknown, key = '') {
            await ask();
            return values[key] ?? null;
          },
          async write(value: unknown, key = '') {
            values[key] = value;
            return null;
          },
          cas: async () => {
            throw new Error('no cas');
          },
        },
      };
    },
  } as Design;
}

const register = workloads.find(({ name }) => name === 'register')!;

async function askedIn(seed: number): Promise<readonly Asked[]> {
  const all: Asked[] = [];
  const system = { ...(await asking((asked) => all.push(asked))), without: ['cas'] };
  await inMacrotask(() => runOnce({ system, workload: register, faults: [], ...SMALL }, seed));
  expect(all.length).toBeGreaterThan(5);
  return all;
}

const chanceOf = (all: readonly Asked[]) =>
  all.map(({ says }) => [
    says['lib0 random'],
    says['yjs client'],
    says['automerge actor'],
    says['loro peer'],
    says['tinybase id'],
    says.crypto,
    says.int,
  ]);

describe('what a library asks of its platform in the simulation', () => {
  it('is answered by the clocks and timers of the node, whatever it bound when it was loaded', async () => {
    for (const { says } of await askedIn(1)) {
      expect(says).toMatchObject({ 'lib0 time': 0, 'lib0 performance': 0, date: true, waited: 35, hrtime: 0n });
      expect(says.timers).toEqual(['often', 'often', 'late']);
    }
  });

  it('is chance of the seed: the same again, another for another seed, and never twice the same', async () => {
    const once = chanceOf(await askedIn(2));
    expect(chanceOf(await askedIn(2))).toEqual(once);
    expect(chanceOf(await askedIn(3))).not.toEqual(once);
    for (const one of [1, 2, 3]) expect(new Set(once.map((drawn) => drawn[one])).size).toBe(once.length);
  });

  it('is what it always was outside of a run', async () => {
    await askedIn(1);
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(1000);
    expect(crypto.randomUUID()).not.toBe(crypto.randomUUID());
    await new Promise((resolve) => setTimeout(resolve, 1));
  });

  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'files',
      () => import('node:fs').then(({ readFileSync }) => readFileSync('package.json')),
      /fs\.readFileSync\(\).*node\.disk/,
    ],
    ['the network', () => import('node:net').then(({ connect }) => connect(1)), /net\.connect\(\).*node\.send\(\)/],
    ['the web', () => fetch('http://127.0.0.1:1'), /fetch\(\)/],
    [
      'threads',
      () => import('node:worker_threads').then(({ Worker }) => new Worker('x')),
      /worker_threads\.Worker\(\)/,
    ],
    ['subtle', () => crypto.subtle.digest('SHA-1', new Uint8Array(1)), /crypto\.subtle\.digest\(\)/],
  ];
  it.each(refused)('is refused where it is %s', async (_, reach, message) => {
    const modules = [import('node:fs'), import('node:net'), import('node:worker_threads')];
    await Promise.all(modules);
    const base = await asking(() => {});
    const start: Design['start'] = async (node) => {
      const replica = await base.start(node);
      const reached = async () => {
        await reach();
        return null;
      };
      return { ...replica, api: { ...replica.api, read: reached, write: reached } };
    };
    const cell = { system: { ...base, start, without: ['cas'] }, workload: register, faults: [], ...SMALL };
    await expect(inMacrotask(() => runOnce(cell, 1))).rejects.toThrow(message);
  });
});
