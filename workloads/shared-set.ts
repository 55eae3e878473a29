/** Adds unique elements to sets that are shared by all, and reads them whole: an acknowledged element must be there in the end. */
import { type Call, type Elements, gSet } from 'elle-ts';
import { callTimes } from './call-times.ts';
import { drawKeys } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Elements>[] {
  const drawKey = drawKeys(draw, options);
  return callTimes(draw, options).map((slot) => {
    const key = drawKey();
    return { ...slot, key, input: slot.f === 'add' ? slot.id : null } as PlannedCall<Elements>;
  });
}

export const sharedSetWorkload: Workload<Elements> = {
  name: 'shared-set',
  datatype: 'set',
  mix: { add: 3, read: 2 },
  calls,
  final: (keys) => keys.map((key): Call<Elements> => ({ f: 'read', key, input: null })),
  checkers: [gSet()],
};
