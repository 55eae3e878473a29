import type { Draw, WorkloadOptions } from './workload.ts';

/** The keys of a run. */
export function keyNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `k${i}`);
}

/**
 * Draws keys, all alike or the first ones more often: the nth in proportion to 1 / n^skew.
 *
 * @see Gray, Sundaresan, Englert, Baclawski & Weinberger, "Quickly Generating Billion-Record Synthetic Databases", SIGMOD 1994: Zipf's distribution.
 */
export function drawKeys(draw: Draw, { keys: count, skew = 0 }: Pick<WorkloadOptions, 'keys' | 'skew'>): () => string {
  const keys = keyNames(count);
  if (skew === 0) return () => keys[Math.min(count - 1, Math.floor(draw('key') * count))]!;
  const weights = keys.map((_, i) => (i + 1) ** -skew);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = draw('key') * total;
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return keys[at < 0 ? count - 1 : at]!;
  };
}
