import type { Draw, WorkloadOptions } from './workload.ts';

/** The keys of a run. */
export function keyNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `k${i}`);
}

/** Draws keys, all alike or the first ones more often. */
export function drawKeys(draw: Draw, options: Pick<WorkloadOptions, 'keys' | 'skew'>): () => string {
  const keys = keyNames(options.keys);
  const place = drawPlaces(draw, options);
  return () => keys[place()]!;
}

/**
 * Draws the place of a key among all, alike or the first ones more often: the nth in proportion to 1 / n^skew.
 *
 * @see Gray, Sundaresan, Englert, Baclawski & Weinberger, "Quickly Generating
 * Billion-Record Synthetic Databases", SIGMOD 1994: Zipf's distribution.
 */
export function drawPlaces(
  draw: Draw,
  { keys: count, skew = 0 }: Pick<WorkloadOptions, 'keys' | 'skew'>,
): () => number {
  if (skew === 0) return () => Math.min(count - 1, Math.floor(draw('key') * count));
  const weights = Array.from({ length: count }, (_, i) => (i + 1) ** -skew);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = draw('key') * total;
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return at < 0 ? count - 1 : at;
  };
}
