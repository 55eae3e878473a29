import type { Api } from 'elle-ts';
import type { PlannedCall } from '../workloads/workload.ts';
import type { Fault } from './faults/fault.ts';

/**
 * Everything that will be done in a run. Both clusters execute plans and nothing else; a counterexample is a small plan.
 * Times are absolute and ids stable: removing one entry moves nothing else. A busy client queues its next call.
 */
export interface Plan<A extends Api = Api> {
  readonly calls: readonly PlannedCall<A>[];
  readonly faults: readonly Fault[];
  readonly links: Links;
}

/**
 * A message's delay is a hash of seed and identity. On `calm` links every delay is the least there is; `odd` fixes the fate of single
 * messages instead: for an identity, the delays in ms of its copies, none where it is lost.
 */
export interface Links {
  readonly seed: number;
  readonly calm: boolean;
  readonly odd: Readonly<Record<string, readonly number[]>>;
}
