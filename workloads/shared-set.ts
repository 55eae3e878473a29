/**
 * Adds unique elements to sets that are shared by all, and reads
 * them whole: an acknowledged element must be there in the end.
 */
import { type Elements, gSet, lostElements } from 'elle-ts';
import { keyedCalls, readAll } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

export const sharedSetWorkload: Workload<Elements> = {
  name: 'shared-set',
  datatype: 'set',
  mix: { add: 3, read: 2 },
  heeds: ['keys', 'skew', 'mix'],
  calls: (draw, options) => keyedCalls(draw, options, ({ f, id }) => (f === 'add' ? id : null)),
  final: readAll,
  checkers: [gSet(), lostElements()],
};
