import { lostInsertions, type ReplicatedList, replicatedList, visibilities } from 'elle-ts';
import { keyedSlots, readAll } from './keyed-calls.ts';
import type { PlannedCall, Workload } from './workload.ts';

/** Edits are at one of so many elements that the client knows and that were inserted last. */
const RECENT = 4;

/**
 * A text edited by several people: elements are put after those that their author saw last
 * and that were put there lately, so that several often go to one place at once, and some of them
 * are removed. Places are the client's own: its node has what it names. Every element is unique.
 */
export const textWorkload: Workload<ReplicatedList> = {
  name: 'text',
  datatype: 'list',
  mix: { insert: 5, remove: 1, read: 4 },
  heeds: ['keys', 'skew', 'mix'],
  calls(draw, options) {
    const mayInsert = (options.mix.insert ?? 0) > 0;
    const left = new Map<string, number>();
    return keyedSlots(draw, options).map((slot): PlannedCall<ReplicatedList> => {
      const { f, id, client, key } = slot;
      if (f === 'read') return { ...slot, f, input: null };
      const place = { $recent: key, of: RECENT, at: draw('place') } as unknown as null;
      const name = `${client} ${key}`;
      const own = left.get(name) ?? 0;
      // Nobody removes more than he has put there: he would often find nothing.
      const removes = f === 'remove' && (own > 0 || !mayInsert);
      left.set(name, removes ? own - 1 : own + 1);
      // An element is named by its planned call: shrinking deletes calls and renames none.
      return removes ? { ...slot, f, input: place } : { ...slot, f: 'insert', input: { value: id, after: place } };
    });
  },
  final: readAll,
  checkers: [replicatedList(), lostInsertions(), ...visibilities<ReplicatedList>()],
  placedAs: 'list',
};
