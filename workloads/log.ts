/** Sends unique messages to partitioned logs and polls them: each client continues from where it stood. */
import { logMonitor, lostMessages } from 'elle-ts';
import type { PartitionedLog } from '../systems/log/sound.ts';
import { keyedCalls } from './keyed-calls.ts';
import type { Draw, Workload, WorkloadOptions } from './workload.ts';

export const logWorkload = {
  name: 'log',
  datatype: 'log',
  mix: { send: 1, poll: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls: (draw: Draw, options: WorkloadOptions) =>
    keyedCalls(draw, options, ({ f, id, key }) => (f === 'send' ? id : { after: { $seen: key } })),
  // From the beginning to the end.
  final: (keys: readonly string[]) => keys.map((key) => ({ f: 'poll', key, input: { after: null } })),
  finalOnce: true,
  checkers: [logMonitor({ drained: true }), lostMessages()],
} as unknown as Workload<PartitionedLog>;
