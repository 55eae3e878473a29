import type { NodeId } from '../../systems/node.ts';

/** Names, or a role that is resolved when the fault begins; the result keeps what it resolved to. */
export type Targets = readonly NodeId[] | 'primary' | 'one' | 'minority' | 'majority' | 'all';

/** When a fault is there. */
export interface Interval {
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

/** A fault of any kind, also of one that a user's module brings. */
export interface AnyFault extends Interval {
  readonly kind: string;
}
