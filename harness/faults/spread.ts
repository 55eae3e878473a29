/**
 * Draws that are spread evenly instead of by chance: over the faults of a name in one run, and over runs of
 * consecutive seeds, so that a campaign meets every shape and every target about as often.
 *
 * @see Kuipers & Niederreiter, "Uniform Distribution of Sequences", Wiley 1974: multiples of an irrational number.
 */
import { mix, mixText } from '../node/identity.ts';

/** So many draws of a fault are spread: its shape, its target, and what comes beside. */
export const SPREAD = 3;
/** Irrational, and so are their ratios: fractional parts of the square roots of primes. */
const BY_SEED = [0.618033988749895, 0.414213562373095, 0.732050807568877];
const BY_COUNT = [0.236067977499789, 0.645751311064591, 0.316624790355399];

/** The draw of this place for the nth time that something comes in the run of this seed. In [0, 1). */
export function spread(purpose: string, place: number, seed: number, nth: number): number {
  const offset = mix(mixText(purpose), place) / 9007199254740992;
  const turns = (seed % 100_003) * BY_SEED[place % SPREAD]! + nth * BY_COUNT[place % SPREAD]!;
  return (offset + turns) % 1;
}
