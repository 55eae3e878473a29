import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureDetector } from '../../../systems/blocks/failure-detector.ts';

describe('a failure detector', () => {
  it('suspects exactly those that were silent for so long, and takes it back', () => {
    const step = fc.record({ waits: fc.nat(30), hears: fc.constantFrom('n2', 'n3', undefined) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        let now = 100;
        const last: Record<string, number> = { n2: 100 };
        const detector = failureDetector({ elapsed: () => now }, 50, ['n2']);
        for (const { waits, hears } of steps) {
          now += waits;
          if (hears) {
            detector.heard(hears);
            last[hears] = now;
            expect(detector.suspects(hears)).toBe(false);
          }
          for (const who of ['n2', 'n3']) {
            const silent = last[who] === undefined ? Number.POSITIVE_INFINITY : now - last[who];
            expect(detector.silentMs(who)).toBe(silent);
            expect(detector.suspects(who)).toBe(silent >= 50);
          }
        }
      }),
      { seed: 1 },
    );
  });
});
