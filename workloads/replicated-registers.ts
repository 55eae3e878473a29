/** Replicated registers without compare-and-set: writes of unique values, and reads. */
import {
  type Api,
  lossesAmong,
  lwwRegister,
  type MultiValueRegister,
  mvRegister,
  type ReplicatedRegister,
  visibilities,
} from 'elle-ts';
import { keyedCalls, readAll } from './keyed-calls.ts';
import type { Draw, Workload, WorkloadOptions } from './workload.ts';

// A planned call's id names the value that it writes: shrinking deletes calls and renames none.
const calls = <A extends Api>(draw: Draw, options: WorkloadOptions) =>
  keyedCalls<A>(draw, options, ({ f, id }) => (f === 'write' ? id : null));
const common = { mix: { read: 1, write: 1 }, heeds: ['keys', 'skew', 'mix'] as const, calls, final: readAll };

export const lastWriterWorkload: Workload<ReplicatedRegister> = {
  ...common,
  name: 'lww-register',
  datatype: 'lww-register',
  checkers: [lwwRegister(), lossesAmong(lwwRegister(), ['lost', 'lost-update'])],
};

export const multiValueWorkload: Workload<MultiValueRegister> = {
  ...common,
  name: 'mv-register',
  datatype: 'mv-register',
  checkers: [mvRegister(), lossesAmong(mvRegister(), ['lost']), ...visibilities<MultiValueRegister>()],
  placedAs: 'mv-register',
};
