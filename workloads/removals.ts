/** Reads, writes and removals of many registers: what was removed must not come back. Every written value is unique. */
import { lossesAmong, lwwMap, type ReplicatedRegister } from 'elle-ts';
import { keyedCalls, readAll } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

export const removalsWorkload: Workload<ReplicatedRegister> = {
  name: 'removals',
  datatype: 'lww-map',
  mix: { read: 3, write: 4, remove: 3 },
  heeds: ['keys', 'skew', 'mix'],
  calls: (draw, options) => keyedCalls(draw, options, ({ f, id }) => (f === 'write' ? id : null)),
  final: readAll,
  checkers: [lwwMap(), lossesAmong(lwwMap(), ['lost', 'lost-update'])],
};
