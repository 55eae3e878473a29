/** Faults that are made of other faults: kinds from outside, and those of ours without a mechanism of their own. */
import type { NodeId } from '../../systems/node.ts';
import type { FaultEffect, Measured } from './effect.ts';
import type { AnyFault } from './interval.ts';

/** What such a fault may do to a cluster, the same in all. */
export interface FaultTools {
  readonly nodes: readonly NodeId[];
  /**
   * Makes a fault as a part of this one: of a built-in kind, without id and times. What it is seen to do
   * counts for the whole. Rejects with `HarnessFailure` where there is no such fault or the cluster cannot make it.
   */
  begin<P extends Pick<AnyFault, 'kind'>>(part: P): Promise<FaultPart>;
  /** Waits, on the cluster's clock: simulated time in the simulation. */
  sleep(ms: number): Promise<void>;
  /** The operating system's process of a node that runs; nothing where it is down, and in the simulation. */
  pid(node: NodeId): number | undefined;
}

/** A part that lasts. One that is not ended by hand ends with the whole. */
export interface FaultPart {
  /** Ends it. Resolves to what it was seen to do; of an ended one to what was seen then. */
  end(): Promise<FaultEffect>;
}

/** How a cluster makes a fault out of parts. What it throws fails the run. */
export interface PartsInjector<F extends AnyFault> {
  /** Whether it can make this one; else why not, and what would help. Absent: all of the kind. */
  can?(fault: F): true | string;
  /**
   * Begins it at the nodes that it is aimed at. Resolves, without waiting for the fault's end, to what ends it:
   * that is called once, stops whatever was begun, and may add to what the parts were seen to do.
   */
  begin(fault: F, targets: readonly NodeId[], tools: FaultTools): Promise<() => Promise<Partial<Measured> | undefined>>;
}
