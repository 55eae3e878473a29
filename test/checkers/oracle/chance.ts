/** Seeded chance for tests: the same seed always gives the same draws. */
export interface Chance {
  /** A whole number from 0 to n - 1. */
  int(n: number): number;
  /** True with probability p. */
  maybe(p: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Tommy Ettinger's mulberry32, 2017. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (n: number): number => Math.floor(next() * n);
  return { int, maybe: (p) => next() < p, pick: (from) => from[int(from.length)] as (typeof from)[number] };
}
