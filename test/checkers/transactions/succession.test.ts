/** One order of versions against the graph of all dependencies and its search: both must give every model the same. */
import { analyse, type History, historyLike, type Verdict } from 'elle-ts';
import { expect, test } from 'vitest';
import { blindHistory } from './blind-transactions.ts';
import { definitions } from './definitions.ts';

const SEEDS = 800;
const MODELS = Object.keys(definitions);

function drawn(seed: number): History {
  const history = blindHistory(seed, {
    transactions: 3 + (seed % 8),
    processes: 1 + (seed % 5),
    keys: 1 + (seed % 3),
    mops: 1 + (seed % 3),
    reads: seed % 4 > 0,
  });
  return seed % 5 > 0 ? history : historyLike(history, { realTime: false });
}

const text = (history: History): string =>
  [...history]
    .map(({ process, start, end, outcome, input }) => JSON.stringify({ process, start, end, outcome, input }))
    .join('\n');

test('gives every model of 800 small histories what the graph of dependencies does', () => {
  const counts: Record<Verdict['type'], number> = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    const history = drawn(seed);
    const quick = analyse(history, { certificate: true });
    const slow = analyse(history, { early: 0 });
    for (const model of MODELS) {
      const verdict = quick.verdict(model);
      const expected = slow.verdict(model);
      if (verdict.type !== expected.type)
        expect.fail(
          `seed ${seed}: ${model} is ${JSON.stringify(expected)}, not ${JSON.stringify(verdict)}\n${text(history)}`,
        );
      counts[verdict.type]++;
    }
    expect(quick.boundary(), `seed ${seed}`).toEqual(slow.boundary());
    expect(
      quick.anomalies().map(({ name }) => name),
      `seed ${seed}`,
    ).toEqual(slow.anomalies().map(({ name }) => name));
  }
  expect(counts.unknown).toBeLessThan(counts.invalid);
  expect(counts.invalid).toBeGreaterThan(SEEDS);
  expect(counts.valid).toBeGreaterThan(SEEDS);
});
