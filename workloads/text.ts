/**
 * A text edited by several people: elements are put after those put there lately, so that several often go to one place at once, and some are
 * removed. Every element is unique.
 */
import { lostInsertions, type ReplicatedList, replicatedList, visibilities } from 'elle-ts';
import { keyedCalls, oneOf, readAll } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

/** Edits are at one of so many elements inserted last. */
const RECENT = 4;

export const textWorkload: Workload<ReplicatedList> = {
  name: 'text',
  datatype: 'list',
  mix: { insert: 5, remove: 2, read: 3 },
  calls(draw, options) {
    const recent = new Map<string, number[]>();
    return keyedCalls(draw, options, ({ f, id }, key) => {
      const places = recent.get(key) ?? [];
      if (f === 'remove') return places.length > 0 ? oneOf(draw, 'removed', places) : id;
      if (f === 'read') return null;
      recent.set(key, [...places, id].slice(-RECENT));
      // A planned call's id names the element: shrinking deletes calls and renames none.
      return { value: id, after: places.length > 0 ? oneOf(draw, 'place', places) : null };
    });
  },
  final: readAll,
  checkers: [replicatedList(), lostInsertions(), ...visibilities<ReplicatedList>()],
  placedAs: 'list',
};
