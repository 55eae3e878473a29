import type { Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { hostile } from './hostile.ts';
import { log } from './log.ts';
import { objects } from './objects.ts';
import { properties } from './properties.ts';
import { registers } from './registers.ts';
import { rows } from './rows.ts';
import { runs } from './runs.ts';
import { compare, type Subject, type Tally } from './subject.ts';
import { transactions } from './transactions.ts';

/** Every model by trying every source takes longest, and `repeated-values.test.ts` has the first histories, too. */
const seedsOf = ({ name }: Subject): readonly [from: number, to: number] =>
  name.endsWith(' that repeat') ? [40, 70] : [0, 120];

describe('the comparison of engines and definitions', () => {
  for (const subject of [...registers, ...objects, ...transactions, ...properties, log, rows, runs, ...hostile]) {
    it(`draws histories of both kinds for ${subject.name}, on which they agree`, () => {
      const tallies = new Map<string, Tally>();
      const [from, to] = seedsOf(subject);
      for (let seed = from; seed < to; seed++) expect(compare(subject, seed, tallies)).toBe(null);
      const all = [...tallies.values()];
      expect(all.reduce((sum, { unproved }) => sum + unproved, 0)).toBe(0);
      expect(all.some(({ valid }) => valid > 0) && all.some(({ invalid }) => invalid > 0)).toBe(true);
    });
  }

  it('finds an engine that is wrong, and shows the smallest history on which it is', () => {
    const [subject] = registers as readonly [Subject, ...Subject[]];
    const credulous: Subject = {
      ...subject,
      judge: (history): Record<string, Verdict> => ({ ...subject.judge(history), linearizable: { type: 'valid' } }),
    };
    let difference = null;
    for (let seed = 0; seed < 100 && difference === null; seed++) difference = compare(credulous, seed, new Map());
    expect(difference).toMatchObject({ model: 'linearizable', engine: 'valid', definition: 'invalid' });
    expect(difference?.history.length).toBeLessThanOrEqual(3);
  });

  it('takes an exception for a difference', () => {
    const [subject] = registers as readonly [Subject, ...Subject[]];
    const broken: Subject = {
      ...subject,
      judge: () => {
        throw new Error('broken');
      },
    };
    expect(compare(broken, 1, new Map())?.engine).toContain('broken');
  });
});
