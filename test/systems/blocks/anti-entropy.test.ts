import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { antiEntropy } from '../../../systems/blocks/anti-entropy.ts';
import type { Node } from '../../../systems/node.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Nodes that keep sets and exchange them when they are woken; `lost` says of each exchange whether it is. */
function cluster(size: number, lost: () => boolean, random: () => number) {
  const handlers: ((theirs: readonly number[]) => unknown)[] = [];
  const wakers: (() => void)[] = [];
  const sets = Array.from({ length: size }, (_, i) => new Set([i]));
  sets.forEach((own, i) => {
    const node = {
      peers: sets.flatMap((_, j) => (j === i ? [] : [String(j)])),
      random,
      on: (_: string, handler: (theirs: readonly number[]) => unknown) => {
        handlers[i] = handler;
      },
      sleep: () =>
        new Promise<void>((resolve) => {
          wakers[i] = resolve;
        }),
      call: async (to: string, _: string, theirs: readonly number[]) => {
        if (lost()) throw new Error('silence');
        return handlers[Number(to)]!(theirs);
      },
    } as unknown as Node;
    void antiEntropy<readonly number[]>(
      node,
      100,
      () => [...own],
      (theirs) => void theirs.map((item) => own.add(item)),
    );
  });
  const wake = async (i: number) => {
    wakers[i]!();
    await settle();
  };
  return { sets, wake };
}

describe('anti-entropy', () => {
  it('brings everything everywhere once exchanges arrive, whatever was lost before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (losses, draws) => {
          const left = [...losses];
          const { sets, wake } = cluster(
            4,
            () => left.shift() ?? false,
            () => draws.next().value as number,
          );
          // While exchanges are lost nothing is made up, and nobody forgets what is its own.
          while (left.length > 0) await wake(left.length % 4);
          sets.forEach((own, i) => {
            expect(own.has(i)).toBe(true);
            for (const item of own) expect(item).toBeLessThan(4);
          });
          for (let round = 0; round < 60 && sets.some((own) => own.size < 4); round++) await wake(round % 4);
          for (const own of sets) expect([...own].sort()).toEqual([0, 1, 2, 3]);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it('ends where there is nobody to exchange with', async () => {
    const { sets, wake } = cluster(
      1,
      () => false,
      () => 0,
    );
    await wake(0);
    expect([...sets[0]!]).toEqual([0]);
  });
});
