/**
 * Reads, writes and compare-and-sets on many registers. Every written
 * value is unique, which is what lets checkers be fast and exact.
 */
import {
  type Call,
  causal,
  linearizable,
  lostWrites,
  monotonicReads,
  monotonicWrites,
  type Register,
  readYourWrites,
  register,
  writesFollowReads,
} from 'elle-ts';
import { byKey } from './by-key.ts';
import { callTimes } from './call-times.ts';
import { eventual } from './eventual.ts';
import { drawKeys } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Register>[] {
  const drawKey = drawKeys(draw, options);
  return callTimes(draw, options).map(({ f, id, client, node, atMs }) => {
    const key = drawKey();
    return { id, client, node, atMs, f, key, input: inputOf(f, key, id) } as PlannedCall<Register>;
  });
}

function inputOf(f: string, key: string, id: number): unknown {
  // A planned call's id names the value that it writes: shrinking deletes calls and renames none.
  if (f === 'write') return id;
  return f === 'cas' ? [{ $seen: key }, id] : null;
}

export const registerWorkload: Workload<Register> = {
  name: 'register',
  datatype: 'register',
  mix: { read: 4, write: 4, cas: 2 },
  heeds: ['keys', 'skew', 'mix'],
  // Whoever swaps names what he saw last, which others have mostly overwritten.
  rare: ['cas'],
  calls,
  final: (keys) => keys.map((key): Call<Register> => ({ f: 'read', key, input: null })),
  checkers: [
    linearizable(register),
    lostWrites(),
    eventual,
    readYourWrites(),
    monotonicReads(),
    monotonicWrites(),
    writesFollowReads(),
    causal(),
    byKey(causal()),
  ],
};
