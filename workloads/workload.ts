import type { AnyModel, Api, Call, Checker, Datatype, DatatypeName, FunctionName, Offered } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';

/** What clients do, what is asked of every node at the end, and who judges the answers. */
export interface Workload<A extends Api = Api> {
  readonly name: string;
  /** What a system must offer. */
  readonly datatype: Offered;
  /** The share of each function in the calls, where the options say nothing else. */
  readonly mix: Readonly<Record<string, number>>;
  /**
   * The options that change what it draws, beside those that it always heeds; a run that is given another is refused.
   */
  readonly heeds: readonly HeededOption[];
  /**
   * Draws the calls of a plan: pure. An input may name what its client saw last
   * or was answered, as in `{ $seen: 'x' }`: harness/running/memory.ts has all forms.
   */
  calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<A>[];
  /** Asked of every node after heal, about the keys of the planned calls, or whatever else those name. */
  final(keys: readonly string[], calls: readonly PlannedCall<A>[]): readonly Call<A>[];
  /**
   * The final calls change what they ask for, or move on who asks:
   * no node is asked them again to see whether it says the same.
   */
  readonly finalOnce?: true;
  /**
   * Where not even a refusal that answers a final call is enough, since
   * it must succeed in the end: a lock is free once its lease has run out.
   */
  readonly finalSucceeds?: true;
  /**
   * Functions that come or succeed seldom by nature, or hang on
   * another's success: one effect of theirs is evidence enough.
   */
  readonly rare?: readonly string[];
  /** Named by the model or property they judge; a claim's `model` names one of them. */
  readonly checkers: readonly Checker<A>[];
  /** The datatype as which a history can be placed among all models, where there are more than the checkers name. */
  readonly placedAs?: DatatypeName | Datatype | AnyModel;
}

/**
 * A workload, with what its functions are given and return known to the compiler:
 * `export const hot = defineWorkload({ ... })`. It is returned as it is. What the compiler cannot
 * see is looked at when the module is loaded: a field that is missing or cannot be ends with 254.
 */
export function defineWorkload<A extends Api, const D extends Offered>(
  workload: DefinedWorkload<A, D>,
): DefinedWorkload<A, D> {
  return workload;
}

/** A workload whose datatype and functions the compiler knows: its mix names no others. */
type DefinedWorkload<A extends Api, D extends Offered> = Omit<Workload<A>, 'datatype' | 'mix'> & {
  readonly datatype: D;
  readonly mix: { readonly [F in FunctionName<NoInfer<D>>]?: number };
};

/** An option that some workloads heed and others do not. Clients, nodes, time and rate mean something to all. */
export type HeededOption = keyof typeof HEEDED_OPTIONS;

/** By the names that users write: the field of `WorkloadOptions`. */
export const HEEDED_OPTIONS = {
  ...{ keys: 'keys', skew: 'skew', mix: 'mix' },
  ...{ lease: 'leaseMs', dawdle: 'dawdleMs' },
} as const satisfies Readonly<Record<string, keyof WorkloadOptions>>;

/**
 * Uniform in [0, 1): the next draw of the stream that the purpose
 * names, so that one more draw here moves nothing there.
 */
export type Draw = (purpose: string) => number;

export interface WorkloadOptions {
  readonly clients: number;
  readonly nodes: readonly NodeId[];
  readonly durationMs: number;
  readonly ratePerSecond: number;
  readonly keys: number;
  /** How much more often the first keys are asked for: the nth in proportion to 1 / n^skew. All alike where absent. */
  readonly skew?: number;
  /** The share of transactions that abort themselves at their end; one in eight where absent. */
  readonly aborts?: number;
  /** A transaction has from one to so many operations. */
  readonly maxTxnLength?: number;
  /** A key is used for so many calls on average before another takes its place. */
  readonly maxWritesPerKey?: number;
  /** For how long locks are asked for, in ms; where absent it is the workload's own. */
  readonly leaseMs?: number;
  /** How long a holder of a lock pauses that dawdles, in ms; for its lease and up to 1.4 s more where absent. */
  readonly dawdleMs?: number;
  readonly mix: Readonly<Record<string, number>>;
}

/**
 * A call with its place in the plan. `id` is unique and stable:
 * it names the written value and the messages that follow.
 */
export type PlannedCall<A extends Api = Api> = Call<A> & {
  readonly id: number;
  readonly client: number;
  readonly node: NodeId;
  readonly atMs: number;
  /** The earlier call of this client without whose answer this one means nothing: then it is not made. */
  readonly needs?: number;
};
