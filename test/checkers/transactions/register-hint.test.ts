/** The hint at an initial value of registers: with that value, no read of an unwritten value is reported. */
import { HistoryBuilder, judge } from 'elle-ts';
import { expect, it } from 'vitest';
import { below, draws } from '../monitors/random.ts';

function drawn(seed: number): HistoryBuilder {
  const draw = draws(seed);
  const history = new HistoryBuilder();
  history.realTime = seed % 3 !== 0;
  let value = 1;
  for (let at = 0; at < 2 + below(draw, 5); at++) {
    const mops = Array.from({ length: 1 + below(draw, 2) }, () => {
      const key = `k${below(draw, 2)}`;
      if (below(draw, 3) === 0) return ['w', key, value++];
      return ['r', key, [0, 0, 0, null, 1, 9][below(draw, 6)]];
    });
    const input = mops.map(([f, key, one]) => [f, key, f === 'r' ? null : one]);
    const row = history.invoke(2 * at, 0, below(draw, 3), { f: 'txn', input });
    history.complete(row, 2 * at + 1, 0, { type: 'ok', output: mops });
  }
  return history;
}

it('is given only where it explains all', () => {
  let given = 0;
  let withheld = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const history = drawn(seed);
    const garbage = judge(history, { type: 'rw-register' }).anomalies.filter(({ name }) => name === 'garbage-read');
    const [, hint] = /--initial (\d)/.exec(garbage[0]?.message ?? '') ?? [];
    for (const { message } of garbage) expect(message.includes('--initial')).toBe(hint !== undefined);
    if (hint === undefined) {
      if (garbage.length > 0) withheld++;
      continue;
    }
    given++;
    const { anomalies } = judge(history, { type: 'rw-register', initial: Number(hint) });
    expect(anomalies.filter(({ name }) => name === 'garbage-read')).toEqual([]);
  }
  expect(given).toBeGreaterThan(100);
  expect(withheld).toBeGreaterThan(100);
});
