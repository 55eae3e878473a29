import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaBuffer } from '../../../systems/blocks/delta-exchange.ts';
import { type Context, type Dot, dotsOf, hasDot, withDots } from '../../../systems/blocks/dots.ts';
import { type Dotted, dottedValues, replacement } from '../../../systems/blocks/dotted-values.ts';
import { compareStamps } from '../../../systems/blocks/lamport.ts';
import { nobodyKnowsBetter } from '../../../systems/blocks/vector-clock.ts';

const dot: fc.Arbitrary<Dot> = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 6 }));
const ALL = ['a', 'b'].flatMap((node) => [1, 2, 3, 4, 5, 6, 7].map((count): Dot => [node, count]));
const members = (context: Context) => ALL.filter((one) => hasDot(context, one)).map(String);

describe('a set of dots', () => {
  it('is the set that it stands for, in one form alone', () => {
    fc.assert(
      fc.property(fc.array(dot), fc.array(dot), (some, more) => {
        const expected = ALL.map(String).filter((one) => [...some, ...more].map(String).includes(one));
        const union = withDots(dotsOf(some), dotsOf(more));
        expect(members(union)).toEqual(expected);
        expect(withDots(dotsOf(more), dotsOf(some))).toEqual(union);
        for (const [node, count] of union.beyond) expect(count).toBeGreaterThan((union.seen[node] ?? 0) + 1);
      }),
    );
  });
});

/** Two replicas of a set with some removals and merges: the states that can be reached. */
const reached = fc.array(
  fc.record({
    at: fc.constantFrom(0, 1, 2),
    does: fc.constantFrom('add', 'remove', 'merge'),
    value: fc.nat({ max: 2 }),
  }),
  { maxLength: 20 },
);
const { empty, merge } = dottedValues<number>();

function statesAfter(steps: readonly { at: number; does: string; value: number }[]) {
  const states: Dotted<number>[] = [empty, empty, empty];
  for (const { at, does, value } of steps) {
    const own = states[at]!;
    const put = does === 'add' ? { value } : undefined;
    const other = does === 'merge' ? states[value]! : replacement(`n${at}`, own, (one) => one === value, put);
    states[at] = merge(own, other);
  }
  return states as [Dotted<number>, Dotted<number>, Dotted<number>];
}
const content = ({ values, known }: Dotted<number>) => [values.map(String).sort(), known];

describe('dotted values', () => {
  it('merge in any order, in any grouping and any number of times', () => {
    fc.assert(
      fc.property(reached, (steps) => {
        const [a, b, c] = statesAfter(steps);
        expect(content(merge(a, b))).toEqual(content(merge(b, a)));
        expect(content(merge(merge(a, b), c))).toEqual(content(merge(a, merge(b, c))));
        expect(content(merge(a, a))).toEqual(content(a));
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it('are equal where the same events are known', () => {
    let compared = 0;
    fc.assert(
      fc.property(reached, (steps) => {
        const [a, b] = statesAfter(steps);
        if (!isDeepStrictEqual(a.known, b.known)) return;
        compared++;
        expect(content(a)[0]).toEqual(content(b)[0]);
      }),
      { numRuns: 2000, seed: 6 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe('a buffer of deltas', () => {
  const larger = (a: number, b: number) => Math.max(a, b);

  it('has for each peer what that has not acknowledged, and everything where it does not reach back so far', () => {
    const buffer = deltaBuffer(['a', 'b'], larger);
    const states = { x: 9, y: 9 };
    buffer.add({ x: 1 });
    const first = buffer.since('a', states);
    expect(first.delta).toEqual(states);
    buffer.acknowledge('a', first.end);
    buffer.add({ x: 3 });
    buffer.add({ x: 2, y: 1 });
    expect(buffer.since('a', states).delta).toEqual({ x: 3, y: 1 });
    expect(buffer.since('b', states).delta).toEqual(states);
    for (let i = 0; i < 200; i++) buffer.add({ y: i });
    expect(buffer.since('a', states).delta).toEqual(states);
  });

  it('does not go back to what was acknowledged before', () => {
    const buffer = deltaBuffer(['a'], larger);
    buffer.add({ x: 1 });
    buffer.acknowledge('a', 1);
    buffer.acknowledge('a', 0);
    expect(buffer.since('a', { x: 9 }).delta).toEqual({});
  });
});

it('Lamport stamps are ordered by count and then by node', () => {
  expect(compareStamps([2, 'a'], [1, 'b'])).toBeGreaterThan(0);
  expect(compareStamps([1, 'a'], [1, 'b'])).toBeLessThan(0);
  expect(compareStamps([1, 'b'], [1, 'b'])).toBe(0);
});

it('a node of whose events another knows more than itself has forgotten some', () => {
  const broken = nobodyKnowsBetter<Record<string, number>>((clock) => clock);
  expect(
    broken(
      new Map([
        ['a', { a: 2, b: 1 }],
        ['b', { a: 2, b: 1 }],
      ]),
    ),
  ).toBe(undefined);
  expect(
    broken(
      new Map([
        ['a', { a: 1 }],
        ['b', { a: 2 }],
      ]),
    ),
  ).toBe('b knows 2 events of a, which knows 1 itself.');
  expect(broken(new Map([['b', { a: 2 }]]))).toBe(undefined);
});
