import type { NodeId } from '../../systems/node.ts';

/** Names, or a role that is resolved when the fault begins; the result keeps what it resolved to. */
export type Targets = readonly NodeId[] | 'primary' | 'one' | 'minority' | 'majority' | 'all';

interface Interval {
  /** Unique in its plan and stable: shrinking deletes faults and renumbers nothing. */
  readonly id: number;
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * Begins instead when the nth message of this kind is sent (simulation
   * only), and lasts as long; aimed at its sender or receiver.
   */
  readonly on?: { readonly message: string; readonly nth: number; readonly at: 'from' | 'to' };
}

/**
 * Messages along these directed pairs are lost, those in flight too; with `flapMs`
 * the cut is made and lifted in turns of that length. With `isolate` the pairs are not
 * known before it begins: whoever has the role then is cut from all others, both ways.
 */
export interface PartitionFault extends Interval {
  readonly kind: 'partition';
  readonly cut: readonly (readonly [from: NodeId, to: NodeId])[];
  readonly isolate?: Targets;
  readonly flapMs?: number;
}

/**
 * Links among these nodes lose and double messages with these
 * chances, and delay each by `delayMs` and up to `jitterMs` more.
 */
export interface LinkFault extends Interval {
  readonly kind: 'link';
  readonly among: readonly NodeId[];
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMs: number;
  readonly jitterMs: number;
}

/**
 * The targets die at once and start again when the fault ends: with the disk they had, an empty
 * one, or one that has only what had been synced to its device, as after a power failure.
 */
export interface CrashFault extends Interval {
  readonly kind: 'crash';
  readonly targets: Targets;
  readonly disk: 'kept' | 'lost' | 'synced';
}

/** The targets are paused and resume when the fault ends; what they were sent waits. */
export interface PauseFault extends Interval {
  readonly kind: 'pause';
  readonly targets: Targets;
}

/**
 * Wall clocks jump by `byMs` (step), jump there and back every
 * `periodMs` (strobe), or both clocks run `rate` times as fast (drift).
 */
export interface ClockFault extends Interval {
  readonly kind: 'clock';
  readonly targets: Targets;
  readonly how: 'step' | 'strobe' | 'drift';
  readonly byMs: number;
  readonly periodMs?: number;
  readonly rate?: number;
}

/**
 * With this chance a write is forgotten at the next crash though it was acknowledged
 * (lose), leaves an unreadable entry if a crash meets it half done (tear), is
 * unreadable (corrupt), is refused for want of space (full), or takes long (slow).
 */
export interface DiskFault extends Interval {
  readonly kind: 'disk';
  readonly targets: Targets;
  readonly how: 'lose' | 'tear' | 'corrupt' | 'full' | 'slow';
  readonly chance: number;
}

/**
 * An operator asks that the targets be no members of the cluster, and
 * that they be members again when the fault ends. They continue to run.
 */
export interface MembershipFault extends Interval {
  readonly kind: 'membership';
  readonly targets: Targets;
}

/**
 * An operator does what the system calls by this name, such as
 * building its indexes anew, again and again until the fault ends.
 */
export interface ChoreFault extends Interval {
  readonly kind: 'chore';
  readonly chore: string;
}

/**
 * Something wrong with the world for a while. It heals by ending.
 * Plain data: stored, drawn, replayed and shrunk as it is.
 */
export type Fault =
  | PartitionFault
  | LinkFault
  | CrashFault
  | PauseFault
  | ClockFault
  | DiskFault
  | MembershipFault
  | ChoreFault;
