/** Snapshot isolation where values repeat: two writers of a key exclude each other, which spares a search. */
import { analyse } from 'elle-ts';
import { expect, it } from 'vitest';
import { transactions } from '../../fuzz/transactions.ts';

const blind = transactions.find(({ name }) => name === 'blind writes, repeated values');
const MODELS = ['snapshot-isolation', 'strong-session-snapshot-isolation', 'strong-snapshot-isolation'];
/** Enough to try eight choices of sources. */
const budget = 2000;

it('is decided as by definition in few steps: of 1,500 histories 20 are not without what writers exclude', () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < 1500; seed++) {
    const history = blind!.draw(seed);
    const truth = blind!.truth(history);
    const analysis = analyse(history, { budget });
    for (const model of MODELS) {
      const { type } = analysis.verdict(model);
      counts[type]++;
      if (type !== 'unknown' && type !== (truth[model] ? 'valid' : 'invalid')) expect.fail(`seed ${seed}, ${model}`);
    }
  }
  expect(counts.unknown).toBeLessThan(5);
  expect(counts.valid).toBeGreaterThan(3000);
  expect(counts.invalid).toBeGreaterThan(500);
});
