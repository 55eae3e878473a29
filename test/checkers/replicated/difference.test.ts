import { differenceOf } from 'elle-ts';
import { expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

it('marks what only one of two lists has, and cuts long ones around it', () => {
  expect(differenceOf([1, 2, 4], [4, 3, 2, 1], true)).toEqual(['[1 2 4]', '[4 ›3‹ 2 1]']);
  const with50 = upTo(100);
  expect(
    differenceOf(
      with50,
      with50.filter((n) => n !== 50),
    ),
  ).toEqual(['[… 48 49 ›50‹ 51 52 …]', '[0 1 2 3 4 5 6 7 8 9 10 11 …]']);
});

it('marks the first two elements that changed places', () => {
  expect(differenceOf(['a', 'b', 'c'], ['a', 'c', 'b'])).toEqual(['["a" ›"b"‹ ›"c"‹]', '["a" ›"c"‹ ›"b"‹]']);
});

it('shows of objects the members that differ, and of other values all', () => {
  expect(differenceOf({ a: 1, b: 2, c: 3 }, { a: 1, b: 5, c: 3 })).toEqual(['{b: ›2‹, …}', '{b: ›5‹, …}']);
  expect(differenceOf(3, { a: 1 })).toEqual(['3', '{"a":1}']);
});

it('marks something wherever two values differ, and nothing where they are alike, in few characters', () => {
  for (let seed = 0; seed < 2000; seed++) {
    const c = chance(seed);
    const list = () => Array.from({ length: c.int(60) }, () => c.int(20));
    const [one, two] = [list(), c.maybe(0.2) ? [] : list()];
    const texts = differenceOf(one, c.maybe(0.3) ? one : two);
    const same = texts[0] === texts[1];
    for (const text of texts) expect(text.length, `seed ${seed}`).toBeLessThan(200);
    if (!same) expect(texts.some((text) => text.includes('›')) || one.length !== two.length, `seed ${seed}`).toBe(true);
    if (JSON.stringify(differenceOf(one, one)) !== JSON.stringify(differenceOf(one, one, true))) expect.fail('alike');
    expect(differenceOf(one, one)[0]).not.toContain('›');
  }
});
