import type { NodeId } from '../../../systems/node.ts';
import type { Life } from './life.ts';

/** A node, whatever life it is in. */
export interface Machine {
  readonly id: NodeId;
  life: Life | undefined;
  lives: number;
  /** When each clock fault began that it is under, in true ms. */
  readonly clockFaults: Map<number, number>;
  readonly hits: Map<number, number>;
}
