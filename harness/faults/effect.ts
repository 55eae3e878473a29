import type { NodeId } from '../../systems/node.ts';

/** What a fault was seen to do, measured from outside the node. */
export type FaultEffect =
  | {
      readonly targets: readonly NodeId[];
      /** Messages lost to it. */
      readonly cut?: number;
      /** Messages that it delayed, doubled or dropped. */
      readonly touched?: number;
      /** Nodes that died or were paused, in the simulation. */
      readonly hit?: readonly NodeId[];
      /** The operating system's processes that died, were paused, started again or resumed. */
      readonly pids?: readonly number[];
      /** The clock's offset from the harness's, for each target that could be asked. */
      readonly offsetMs?: readonly number[];
      /** Disk operations that it hit. */
      readonly writes?: number;
      /** How often an operator's chore was done. */
      readonly done?: number;
      /** Other nodes that no longer take any target for a member. */
      readonly without?: number;
    }
  | 'indeterminate';

/** An effect that could be measured. */
export type Measured = Exclude<FaultEffect, 'indeterminate'>;
