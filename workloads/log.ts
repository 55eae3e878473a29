/** Sends unique messages to partitioned logs and polls them: each client goes on from where it stood. */
import { logMonitor, lostMessages } from 'elle-ts';
import type { PartitionedLog } from '../systems/log/sound.ts';
import { callTimes } from './call-times.ts';
import { registerKeys } from './register.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<PartitionedLog>[] {
  const keys = registerKeys(options.keys);
  return callTimes(draw, options).map((slot) => {
    const key = keys[Math.min(keys.length - 1, Math.floor(draw('key') * keys.length))]!;
    const input = slot.f === 'send' ? slot.id : { after: { $seen: key } };
    return { ...slot, key, input } as unknown as PlannedCall<PartitionedLog>;
  });
}

export const logWorkload = {
  name: 'log',
  datatype: 'log',
  mix: { send: 1, poll: 1 },
  calls,
  // From the beginning to the end.
  final: (keys: readonly string[]) => keys.map((key) => ({ f: 'poll', key, input: { after: null } })),
  finalOnce: true,
  checkers: [logMonitor({ drained: true }), lostMessages()],
} as unknown as Workload<PartitionedLog>;
