import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majority } from '../../../systems/blocks/majority.ts';
import type { Node } from '../../../systems/node.ts';

/** Turns that a node takes until it answers; who refuses or keeps silent is a failure at that time. */
const fate = fc.record({ turns: fc.nat(6), answers: fc.boolean() });

async function after(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('asking a majority', () => {
  it('answers with the first of enough different nodes, and rejects exactly where those cannot be had', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 5 }), fc.nat(4), async (fates, more) => {
        const needed = Math.min(fates.length, 1 + more);
        const reply = async (i: number) => {
          await after(fates[i]!.turns);
          if (!fates[i]!.answers) throw new Error('silence');
          return i;
        };
        const node = {
          id: 'n0',
          peers: fates.slice(1).map((_, i) => `n${i + 1}`),
          call: (to: string) => reply(Number(to.slice(1))),
        } as unknown as Node;
        const asked = majority<number>(node, 'ask', null, () => reply(0), needed).catch(() => undefined);
        const answers = await asked;
        const able = fates.filter(({ answers }) => answers).length;
        expect(answers !== undefined).toBe(able >= needed);
        if (!answers) return;
        expect(new Set(answers.map(({ from }) => from)).size).toBe(needed);
        for (const { from, reply } of answers) expect(from).toBe(`n${reply}`);
        // Nobody who was left out had answered earlier than somebody who was taken.
        const taken = answers.map(({ reply }) => fates[reply]!.turns);
        const left = fates.filter(({ answers: able }, i) => able && !answers.some(({ reply }) => reply === i));
        for (const { turns } of left) expect(turns).toBeGreaterThanOrEqual(Math.max(...taken));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('asks for more than half where nothing else is said', async () => {
    for (const [nodes, needed] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3],
    ] as const) {
      const peers = Array.from({ length: nodes - 1 }, (_, i) => `n${i + 1}`);
      const node = { id: 'n0', peers, call: async () => 1 } as unknown as Node;
      expect(await majority(node, 'ask', null, () => 1)).toHaveLength(needed);
    }
  });
});
