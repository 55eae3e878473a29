import { mix, mixText } from '../node/identity.ts';

/**
 * Streams of chance, one a purpose: one more draw for one purpose moves nothing for the
 * others. The nth draw of a purpose is a hash of seed, purpose and n. Uniform in [0, 1).
 */
export function drawsFrom(seed: number): (purpose: string) => number {
  const counts = new Map<string, number>();
  return (purpose) => {
    const n = counts.get(purpose) ?? 0;
    counts.set(purpose, n + 1);
    return mix(mix(seed, mixText(purpose)), n) / 9007199254740992;
  };
}

/** A whole number in [0, below). */
export function wholeBelow(uniform: number, below: number): number {
  return Math.min(below - 1, Math.floor(uniform * below));
}

/**
 * Spread evenly over orders of magnitude: bugs hide at every length
 * of a fault, and a uniform draw never tries the short ones.
 */
export function logUniform(uniform: number, from: number, to: number): number {
  return from * (to / from) ** uniform;
}
