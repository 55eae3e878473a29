import {
  type Checker,
  causal,
  causalConsistency,
  causalMemory,
  monotonicReads,
  monotonicWrites,
  pram,
  type Register,
  readYourWrites,
  sequential,
  writesFollowReads,
} from 'elle-ts';
import type { SlowModel } from './sessions.ts';

/** The checker of each model of sessions. */
export const SESSION_CHECKERS: Readonly<
  Record<SlowModel, (options?: { initial: string | number | null }) => Checker<Register>>
> = {
  'read-your-writes': readYourWrites,
  'monotonic-reads': monotonicReads,
  'monotonic-writes': monotonicWrites,
  'writes-follow-reads': writesFollowReads,
  sequential,
  PRAM: pram,
  CM: causalMemory,
  CC: causalConsistency,
  causal,
};
