import { type Linearization, linearizable, register, verifyLinearization } from 'elle-ts';
import { expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';
import { chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

test('the zones agree with the definition on random histories of unique writes', () => {
  const counts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < 2000; seed++) {
    const random = chance(seed);
    const history = randomHistory(random, register, {
      operations: 4 + random.int(5),
      processes: 2 + random.int(3),
      call: (c, n) => (c.maybe(0.5) ? { f: 'read', input: null } : { f: 'write', input: n + 1 }),
      info: random.pick([0, 0.1]),
      fail: random.pick([0, 0.1]),
      damage: random.int(4),
      slow: random.pick([1, 3]),
    });
    const expected = bruteLinearizable(history, register) ? 'valid' : 'invalid';
    counts[expected]++;
    const verdict = linearizable(register, { certificate: true }).check(history);
    expect({ seed, type: verdict.type }).toEqual({ seed, type: expected });
    if (verdict.type === 'valid')
      expect(verifyLinearization(history, register, verdict.certificate as Linearization)).toBeUndefined();
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(400);
});

test('the chains agree with the definition on random histories of unique writes and swaps', () => {
  const counts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < 4000; seed++) {
    const random = chance(seed);
    const history = randomHistory(random, register, {
      operations: 4 + random.int(5),
      processes: 2 + random.int(3),
      call: (c, n) =>
        c.maybe(0.3)
          ? { f: 'read', input: null }
          : c.maybe(0.3)
            ? { f: 'write', input: n + 1 }
            : { f: 'cas', input: [c.int(n + 1) || null, n + 1] },
      info: random.pick([0, 0.15]),
      fail: random.pick([0, 0.1]),
      damage: random.int(4),
      slow: random.pick([1, 3]),
    });
    const expected = bruteLinearizable(history, register) ? 'valid' : 'invalid';
    counts[expected]++;
    const verdict = linearizable(register, { certificate: true }).check(history);
    expect({ seed, type: verdict.type }).toEqual({ seed, type: expected });
    if (verdict.type === 'valid')
      expect(verifyLinearization(history, register, verdict.certificate as Linearization)).toBeUndefined();
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(400);
});
