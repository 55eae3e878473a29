/** Who is told of what replicas did that no replica may, and what stands in for the platform of libraries. */
import type { NodeId } from '../../../systems/node.ts';
import type { Ambient } from '../../node/ambient.ts';
import { currentCause } from '../../node/cause.ts';

export interface Keeper {
  /** A replica reached for `what`; returns the error to throw at it. */
  forbiddenCall(node: NodeId, what: string, instead: string): Error;
  /** What the platform is for the node's code, where its design is built on a library. */
  ambient(node: NodeId): Ambient | undefined;
  /** A replica wrote to the console. */
  print(node: NodeId, line: string): void;
  /** A promise was rejected, or an error thrown, and nobody handled it: a real node would have died of it. */
  stray(error: unknown, how: Unhandled): void;
}

/** As the end of a sentence that begins with the system's name; a child says the same. */
export const UNHANDLED = {
  unhandledRejection: 'left a rejected promise unhandled',
  uncaughtException: 'threw an error that was not caught',
} as const;
type Unhandled = (typeof UNHANDLED)[keyof typeof UNHANDLED];

let keeper: Keeper | undefined;

/** The keeper of the simulated run that this thread is in. */
export function currentKeeper(): Keeper | undefined {
  return keeper;
}

/** The keeper and the node, where the code that asks runs on behalf of a node of a simulated run. */
export function actingNode(): { readonly keeper: Keeper; readonly node: NodeId } | undefined {
  if (!keeper) return undefined;
  const { node } = currentCause();
  return node === '' ? undefined : { keeper, node };
}

/** Runs the task with this keeper. */
export function keptBy<T>(of: Keeper, task: () => T): T {
  const outer = keeper;
  keeper = of;
  try {
    return task();
  } finally {
    keeper = outer;
  }
}
