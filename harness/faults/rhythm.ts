/**
 * How faults follow each other through a run: how often, for how long, together or apart, and how much of the
 * time may leave a system less than it needs. A rhythm is data; what nobody says follows from the run's length,
 * from how long clients wait and from what real processes can show.
 */
import type { Claim } from '../../systems/system.ts';
import type { ClusterName } from '../clusters/names.ts';

export const RHYTHM_NAMES = ['single', 'mixed', 'storm'] as const;
export type RhythmName = (typeof RHYTHM_NAMES)[number];

/** What each is, for help, schema and `splitbrain list rhythms`. */
export const RHYTHMS: Readonly<Record<RhythmName, string>> = {
  single: 'one fault at a time, with quiet after each',
  mixed: 'mostly one fault at a time, some in pairs',
  storm: 'many at once: one or two of each name in every ten seconds, wherever they fall',
};

/** What a user says of the rhythm; the rest follows. Times in ms. */
export interface RhythmWanted {
  readonly name?: RhythmName;
  /** The mean time from one beginning to the next, but for the second of a pair. */
  readonly everyMs?: number;
  /** The least and the most that a fault lasts. A kind may need more than the least to show anything. */
  readonly forMs?: readonly [least: number, most: number];
  /** The chance that a fault begins while another lasts. */
  readonly overlap?: number;
  /** The least time without any fault before the next begins. */
  readonly quietMs?: number;
  /** Of the time in which faults last, the most that may leave the system less than its claim needs. */
  readonly beyond?: number;
}

/** All of it. */
export interface Rhythm {
  readonly name: RhythmName;
  readonly everyMs: number;
  readonly forMs: readonly [least: number, most: number];
  readonly overlap: number;
  readonly quietMs: number;
  readonly beyond: number;
}

/** What a rhythm is filled in for. */
export interface RhythmFrame {
  readonly durationMs: number;
  readonly callTimeoutMs: number;
  readonly cluster: ClusterName;
}

/** Of a run's time, what comes before the first fault begins at the latest, and after the last has ended. */
export const EDGE = 0.05;
/** A run has about so many beginnings, unless it is so long that they would be far apart. */
const BEGINNINGS = 9.5;
/** However long a run is, a beginning comes at least once in so many times as long as clients wait. */
const TIMEOUTS = 5;
/** A storm begins anew after so long, or lasts as long as a shorter run. */
const STORM_MS = 10_000;
/** In less than this real processes show hardly anything: a crash or a pause takes that long to be made. */
const REAL_LEAST_MS = 250;
const BEYOND = 0.2;

interface Parts {
  readonly overlap: number;
  /** In units of `everyMs`. */
  readonly quiet: number;
  readonly least: number;
  readonly most: number;
}

/** Such that lengths and quiet together take about nine tenths of the mean time from one beginning to the next. */
const PARTS: Readonly<Record<Exclude<RhythmName, 'storm'>, Parts>> = {
  single: { overlap: 0, quiet: 0.35, least: 0.1, most: 1.6 },
  mixed: { overlap: 0.3, quiet: 0.15, least: 0.1, most: 2.5 },
};

/** The whole rhythm. A storm has no quiet, and knows of no claim. */
export function rhythmFor(wanted: RhythmWanted, { durationMs, callTimeoutMs, cluster }: RhythmFrame): Rhythm {
  const { name = 'mixed' } = wanted;
  const floorMs = cluster === 'processes' ? REAL_LEAST_MS : 0;
  if (name === 'storm') {
    const everyMs = wanted.everyMs ?? Math.min(durationMs, STORM_MS);
    const forMs = wanted.forMs ?? [Math.max(everyMs * (cluster === 'processes' ? 0.35 : 0.02), 1), everyMs * 0.5];
    return { name, everyMs, forMs, overlap: 1, quietMs: 0, beyond: 1 };
  }
  const { overlap, quiet, least, most } = PARTS[name];
  const everyMs = wanted.everyMs ?? Math.max(4 * floorMs, Math.min(durationMs / BEGINNINGS, callTimeoutMs * TIMEOUTS));
  const leastMs = Math.max(1, floorMs, everyMs * least);
  return {
    name,
    everyMs,
    forMs: wanted.forMs ?? [leastMs, Math.max(leastMs, everyMs * most)],
    overlap: wanted.overlap ?? overlap,
    quietMs: wanted.quietMs ?? everyMs * quiet,
    beyond: wanted.beyond ?? BEYOND,
  };
}

/** What must be left of a system while a fault lasts, so that it has to answer. */
export type Need = 'majority' | 'primary' | 'node';

/**
 * What these claims need, the most that any does. A claim that promises nobody an answer is
 * served as one of a majority is: a run in which nothing is answered shows nothing of it.
 */
export function needOf(claims: readonly Claim[]): Need {
  const promises = new Set(claims.map(({ available }) => available));
  if (promises.has('primary-side')) return 'primary';
  return promises.size === 1 && promises.has('total') ? 'node' : 'majority';
}
