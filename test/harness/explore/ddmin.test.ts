import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ddmin } from '../../../harness/explore/ddmin.ts';

describe('ddmin', () => {
  it('keeps exactly the entries that are needed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (items, count) => {
          const needed = items.slice(0, count);
          const kept = ddmin(items, (part) => needed.every((item) => part.includes(item)));
          expect([...kept].sort()).toEqual([...needed].sort());
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('ends at a part of which no entry can be left out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }), fc.nat(100), (items, sum) => {
        const fails = (part: readonly number[]) => part.reduce((total, item) => total + item, 0) >= sum;
        fc.pre(fails(items));
        const kept = ddmin(items, fails);
        expect(fails(kept)).toBe(true);
        kept.forEach((_, i) => {
          expect(fails(kept.filter((__, j) => j !== i))).toBe(false);
        });
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('answers nothing where nothing is needed', () => {
    expect(ddmin([1, 2, 3], () => true)).toEqual([]);
  });
});
