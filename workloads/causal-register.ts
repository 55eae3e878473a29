/**
 * Sessions over several keys whose causes can be inferred: some read one key and write
 * the next, others read all keys from the last to the first. What was written because of
 * another write is then read before that other: an effect without its cause is seen at once.
 */
import type { Call, Register } from 'elle-ts';
import { callTimes, type Slot } from './call-times.ts';
import { drawKeys, keyNames } from './keys.ts';
import { registerWorkload } from './register.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

/** A visit makes at most so many calls, each with an id of its own. */
const CALLS = 100;

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Register>[] {
  const keys = keyNames(Math.min(options.keys, CALLS));
  const drawKey = drawKeys(draw, { ...options, keys: keys.length });
  return callTimes(draw, options).flatMap((slot) => {
    const at = keys.indexOf(drawKey());
    return visit(slot, keys, at).map((call, i) => ({ ...placeOf(slot, i), ...call }) as PlannedCall<Register>);
  });
}

function placeOf({ id, client, node, atMs }: Slot, i: number) {
  return { id: id * CALLS + i, client, node, atMs };
}

function visit({ f, id }: Slot, keys: readonly string[], at: number): readonly Call<Register>[] {
  if (f !== 'write') return [...keys].reverse().map((key) => ({ f: 'read', key, input: null }));
  const next = keys[(at + 1) % keys.length]!;
  // A planned call's id names the value that it writes: shrinking deletes calls and renames none.
  return [
    { f: 'read', key: keys[at]!, input: null },
    { f: 'write', key: next, input: id * CALLS + 1 },
  ];
}

export const causalRegisterWorkload: Workload<Register> = {
  name: 'causal-register',
  datatype: 'register',
  mix: { read: 1, write: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls,
  final: registerWorkload.final,
  checkers: registerWorkload.checkers,
};
