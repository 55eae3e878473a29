/** Reads, writes and compare-and-sets on many registers. Every written value is unique, which is what lets checkers be fast and exact. */
import type { Call, Register } from 'elle-ts';
import { callTimes } from './call-times.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

/** The keys of a run. */
export function registerKeys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `k${i}`);
}

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Register>[] {
  const keys = registerKeys(options.keys);
  return callTimes(draw, options).map((slot) => {
    const key = keys[Math.min(keys.length - 1, Math.floor(draw('key') * keys.length))]!;
    return { ...slot.place, key, ...request(slot.f, key, slot.place.id) } as PlannedCall<Register>;
  });
}

function request(f: string, key: string, id: number): { f: string; input: unknown } {
  // A planned call's id names the value that it writes: shrinking deletes calls and renames none.
  if (f === 'write') return { f, input: id };
  if (f === 'cas') return { f, input: [{ $seen: key }, id] };
  return { f, input: null };
}

export const registerWorkload: Workload<Register> = {
  name: 'register',
  datatype: 'register',
  mix: { read: 4, write: 4, cas: 2 },
  calls,
  final: (keys) => keys.map((key): Call<Register> => ({ f: 'read', key, input: null })),
  checkers: [],
};
