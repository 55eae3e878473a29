/**
 * Caches: reads, sets of unique values of which half expire,
 * and invalidations. A read may find nothing, but nothing old.
 */
import { type Cache, type Call, cache } from 'elle-ts';
import { keyedCalls } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

/** Entries that expire live between so much and so much of the run. */
const SHORTEST = 0.02;
const LONGEST = 0.3;

export const cacheWorkload: Workload<Cache> = {
  name: 'cache',
  datatype: 'cache',
  mix: { get: 6, set: 3, invalidate: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls: (draw, options) =>
    keyedCalls(draw, options, ({ f, id }) => {
      // A planned call's id names the value: shrinking deletes calls and renames none.
      if (f !== 'set') return null;
      if (draw('expires') < 0.5) return id;
      const share = SHORTEST * (LONGEST / SHORTEST) ** draw('ttl');
      return { value: id, ttlMs: Math.round(share * options.durationMs) };
    }),
  final: (keys) => keys.map((key): Call<Cache> => ({ f: 'get', key, input: null })),
  checkers: [cache()],
};
