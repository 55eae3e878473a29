/**
 * Sets to which elements are added and from which they are removed, by several at once:
 * a removal is of something that was added lately, so that it often meets an addition under way.
 */
import { type Elements, lostElements, orSet, twoPhaseSet, visibilities } from 'elle-ts';
import { keyedCalls, oneOf, readAll } from './keyed-calls.ts';
import type { Draw, Workload, WorkloadOptions } from './workload.ts';

/** A removal is of one of so many elements added last. */
const RECENT = 4;
/** Elements that come back. */
const POOL = [1, 2, 3, 4];

function calls(draw: Draw, options: WorkloadOptions, elementOf: (id: number) => number) {
  const recent = new Map<string, number[]>();
  return keyedCalls<Elements>(draw, options, ({ f, id, key }) => {
    const added = recent.get(key) ?? [];
    if (f === 'add') {
      const element = elementOf(id);
      recent.set(key, [...added, element].slice(-RECENT));
      return element;
    }
    if (f === 'remove') return added.length > 0 ? oneOf(draw, 'removed', added) : elementOf(id);
    return null;
  });
}

function setWorkload(
  name: '2p-set' | 'or-set',
  checkers: Workload<Elements>['checkers'],
  reuses: boolean,
): Workload<Elements> {
  return {
    name,
    datatype: name,
    mix: { add: 4, remove: 3, read: 2 },
    heeds: ['keys', 'skew', 'mix'],
    calls: (draw, options) => calls(draw, options, (id) => (reuses ? oneOf(draw, 'element', POOL) : id)),
    final: readAll,
    checkers,
  };
}

/** Every element is added once. */
export const twoPhaseSetWorkload = setWorkload('2p-set', [twoPhaseSet(), lostElements({ removals: 'all' })], false);
/** The same few elements are added and removed again and again. */
export const observedSetWorkload: Workload<Elements> = {
  ...setWorkload('or-set', [orSet(), lostElements(), ...visibilities<Elements>()], true),
  placedAs: 'or-set',
};
