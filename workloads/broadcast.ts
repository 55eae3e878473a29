/**
 * Broadcasts unique elements and reads what has arrived: an element
 * that was in must stay, and must be everywhere in the end. Of a system that promises less,
 * the last reads alone are judged: what was acknowledged is in them.
 */
import { type Elements, finalSet, lostElements, setFull } from 'elle-ts';
import { sharedSetWorkload } from './shared-set.ts';
import type { Workload } from './workload.ts';

export const broadcastWorkload: Workload<Elements> = {
  ...sharedSetWorkload,
  name: 'broadcast',
  datatype: 'set-full',
  checkers: [setFull(), finalSet(), lostElements()],
};
