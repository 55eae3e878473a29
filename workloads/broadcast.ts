/**
 * Broadcasts unique elements and reads what has arrived: an element
 * that was in must stay, and must be everywhere in the end.
 */
import { type Elements, lostElements, setFull } from 'elle-ts';
import { sharedSetWorkload } from './shared-set.ts';
import type { Workload } from './workload.ts';

export const broadcastWorkload: Workload<Elements> = {
  ...sharedSetWorkload,
  name: 'broadcast',
  datatype: 'set-full',
  checkers: [setFull(), lostElements()],
};
