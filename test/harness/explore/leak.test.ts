import { describe, expect, it } from 'vitest';
import { runTwice } from '../../../harness/explore/leak.ts';
import { PORTFOLIO } from '../../../harness/explore/strategies.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';
import type { Node } from '../../../systems/node.ts';
import { systems } from '../../../systems/registry.ts';
import type { Design } from '../../../systems/system.ts';
import { workloads } from '../../../workloads/registry.ts';

/** Runs a seed of the default strategy twice, in a macrotask of its own. */
function twice(system: Design, seed: number) {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype) ?? workloadNamed('register');
  return new Promise<ReturnType<typeof runTwice>>((resolve, reject) =>
    setImmediate(() => {
      try {
        const planned = PORTFOLIO.draw(seed, system, workload, { kinds: new Set(), novel: [] });
        resolve(runTwice({ system, workload }, planned));
      } catch (error) {
        reject(error);
      }
    }),
  );
}

/** A register whose runs all share something that no seed decides. */
function leaky(leak: (node: Node) => Promise<void>): Design {
  return {
    name: 'leaky',
    datatype: 'register',
    without: ['cas'],
    claims: [],
    start: (node: Node) => {
      node.on('hello', () => null);
      const act = async () => {
        await leak(node);
        return null;
      };
      return { state: {}, api: { read: act, write: act } };
    },
  } as unknown as Design;
}

describe('a system run twice', () => {
  it.each(systems.map((system) => [system.name, system] as const))('%s does the same again', async (_, system) => {
    for (let seed = 1; seed <= 4; seed++) expect((await twice(system, seed)).leak).toBeUndefined();
  });

  it('is found out where it says something else', async () => {
    let runs = 0;
    const system = leaky(async (node) => node.send(node.peers[0]!, 'hello', ++runs));
    expect((await twice(system, 1)).leak).toMatch(
      /^the first time at .* sends hello .*"body":1,.*; the second time at .*"body":\d+/,
    );
  });

  it('is found out where it only takes another time', async () => {
    let runs = 0;
    const system = leaky((node) => node.sleep(++runs));
    expect((await twice(system, 1)).leak).toMatch(/the history says .*; the second time /);
  });
});
