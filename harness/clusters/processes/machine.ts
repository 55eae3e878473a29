import type { NodeId } from '../../../systems/node.ts';
import type { Life } from './life.ts';

/** A node, whatever life it is in. */
export interface Machine {
  readonly id: NodeId;
  life: Life | undefined;
  lives: number;
  /** When each clock fault began that it is under, in true ms. */
  readonly clockFaults: Map<number, number>;
  /** How many writes each disk fault hit. */
  readonly hits: Map<number, number>;
}

/** Does something to all machines at once, and returns what came of it, without those where nothing did. */
export async function all<T>(
  machines: Iterable<Machine>,
  task: (machine: Machine) => Promise<T | undefined>,
): Promise<readonly T[]> {
  const results = await Promise.all(Array.from(machines, task));
  return results.filter((result) => result !== undefined) as T[];
}
