import type { History } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';
import type { Journalled, Result } from './result.ts';

/** What a run leaves. `trace` is a hash of all messages and their times, in the simulation: equal traces are equal runs. */
export interface Run {
  readonly result: Result;
  readonly history: History;
  readonly messages: readonly Journalled[];
  readonly logs: ReadonlyMap<NodeId, readonly string[]>;
  readonly trace: number;
}
