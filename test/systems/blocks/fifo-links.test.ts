import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fifoLinks } from '../../../systems/blocks/fifo-links.ts';
import { Network } from './network.ts';

describe('FIFO links', () => {
  it('deliver everything once and in order, over links that lose, double and reorder', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { maxLength: 80 }), async (steps) => {
        const network = new Network(['n1', 'n2'], () => 0.5);
        const got: number[] = [];
        const links = fifoLinks<number>(network.node('n1'), 50, () => {});
        fifoLinks<number>(network.node('n2'), 50, (message) => void got.push(message));
        let sent = 0;
        for (const step of steps) {
          if (step % 3 === 0) links.send('n2', sent++);
          else if (step % 5 === 0) {
            network.lose(step);
            await network.pass();
          } else await network.deliver(step, step % 4 === 0);
        }
        for (let i = 0; i < 200 && network.waiting.length > 0; i++) await network.deliver(0);
        expect(got).toEqual(Array.from({ length: sent }, (_, i) => i));
      }),
      { seed: 1 },
    );
  });
});
