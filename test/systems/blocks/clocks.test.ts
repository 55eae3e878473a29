import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTimestamps, hybridClock, type Timestamp } from '../../../systems/blocks/hybrid-clock.ts';
import { advanced, covers, merged, type VectorClock } from '../../../systems/blocks/vector-clock.ts';

const later = (a: Timestamp | undefined, b: Timestamp) => (a && compareTimestamps(a, b) > 0 ? a : b);

describe('a hybrid logical clock', () => {
  it('puts what happened before below, however wall clocks jump', () => {
    const step = fc.record({
      node: fc.integer({ min: 0, max: 2 }),
      wall: fc.integer({ min: 0, max: 5 }),
      hears: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const walls = [0, 0, 0];
        const clocks = walls.map((_, i) => hybridClock({ id: `n${i}`, now: () => walls[i]!, random: () => i / 10 }));
        /** The last timestamp that each node gave or saw. */
        const known: (Timestamp | undefined)[] = [undefined, undefined, undefined];
        const all: Timestamp[] = [];
        for (const { node, wall, hears } of steps) {
          walls[node] = wall;
          const heard = known[(node + 1) % 3];
          if (hears && heard) {
            clocks[node]!.witness(heard);
            known[node] = later(known[node], heard);
            continue;
          }
          const stamp = clocks[node]!.tick();
          if (known[node]) expect(compareTimestamps(stamp, known[node])).toBeGreaterThan(0);
          for (const other of all) expect(compareTimestamps(stamp, other)).not.toBe(0);
          known[node] = stamp;
          all.push(stamp);
        }
      }),
    );
  });

  it('follows the wall clock where that is ahead', () => {
    const clock = hybridClock({ id: 'n1', now: () => 1234.9, random: () => 0 });
    expect(clock.tick().slice(0, 2)).toEqual([1234, 0]);
    expect(clock.tick().slice(0, 2)).toEqual([1234, 1]);
  });
});

describe('a vector clock', () => {
  const clock = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.integer({ min: 0, max: 3 }),
  ) as fc.Arbitrary<VectorClock>;
  const count = (vector: VectorClock, node: string) => vector[node] ?? 0;

  it('covers another exactly where it knows as much of every node', () => {
    fc.assert(
      fc.property(clock, clock, (a, b) => {
        expect(covers(a, b)).toBe(['a', 'b', 'c'].every((node) => count(a, node) >= count(b, node)));
      }),
    );
  });

  it('merges to the least that covers both', () => {
    fc.assert(
      fc.property(clock, clock, (a, b) => {
        for (const node of ['a', 'b', 'c'])
          expect(count(merged(a, b), node)).toBe(Math.max(count(a, node), count(b, node)));
      }),
    );
  });

  it('is above itself once advanced', () => {
    fc.assert(
      fc.property(clock, (a) => {
        expect(covers(advanced(a, 'b'), a)).toBe(true);
        expect(covers(a, advanced(a, 'b'))).toBe(false);
      }),
    );
  });
});
