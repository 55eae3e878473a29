import { describe, expect, it } from 'vitest';
import { drawsFrom } from '../../harness/setting/random.ts';
import { drawKeys } from '../../workloads/keys.ts';

function shares(keys: number, skew: number | undefined, count = 20_000): readonly number[] {
  const next = drawKeys(drawsFrom(1), skew === undefined ? { keys } : { keys, skew });
  const counts = Array.from({ length: keys }, () => 0);
  for (let i = 0; i < count; i++) counts[Number(next().slice(1))]!++;
  return counts.map((n) => n / count);
}

describe('the keys of a workload', () => {
  it.each([undefined, 0])('are all alike where nothing is said (skew %s)', (skew) => {
    for (const share of shares(5, skew)) expect(share).toBeCloseTo(0.2, 1);
  });

  it.each([0.5, 1, 2])('are asked for in proportion to 1/n^%d', (skew) => {
    const seen = shares(8, skew);
    const total = seen.reduce((sum, _, i) => sum + (i + 1) ** -skew, 0);
    seen.forEach((share, i) => {
      expect(Math.abs(share - (i + 1) ** -skew / total)).toBeLessThan(0.015);
    });
  });
});
