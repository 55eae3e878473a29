/** Asks all nodes for identifiers, of which no two may be the same. */
import { type UniqueIds, uniqueIds } from 'elle-ts';
import { callTimes } from './call-times.ts';
import type { PlannedCall, Workload } from './workload.ts';

export const uniqueIdsWorkload: Workload<UniqueIds> = {
  name: 'unique-ids',
  datatype: 'unique-ids',
  mix: { generate: 1 },
  heeds: [],
  calls: (draw, options) =>
    callTimes(draw, options).map((slot) => ({ ...slot, input: null }) as PlannedCall<UniqueIds>),
  final: () => [{ f: 'generate', input: null }],
  finalOnce: true,
  checkers: [uniqueIds()],
};
