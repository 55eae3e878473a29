/** Reads, writes and removals of many registers: what was removed must not come back. Every written value is unique. */
import { type Call, lwwMap, type ReplicatedRegister } from 'elle-ts';
import { callTimes } from './call-times.ts';
import { drawKeys } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<ReplicatedRegister>[] {
  const drawKey = drawKeys(draw, options);
  return callTimes(draw, options).map((slot) => {
    const key = drawKey();
    return { ...slot, key, input: slot.f === 'write' ? slot.id : null } as PlannedCall<ReplicatedRegister>;
  });
}

export const removalsWorkload: Workload<ReplicatedRegister> = {
  name: 'removals',
  datatype: 'lww-map',
  mix: { read: 3, write: 4, remove: 3 },
  calls,
  final: (keys) => keys.map((key): Call<ReplicatedRegister> => ({ f: 'read', key, input: null })),
  checkers: [lwwMap()],
};
