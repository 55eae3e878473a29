/**
 * What a datatype is: its functions, what goes into them and comes out, which of their failures tell
 * something, what it may hold at first, and its models with their checkers. This record is the only place
 * that knows any of it: readers, checkers, the harness's contract, the command line and the fuzz ask it.
 */
import type { Checker, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import type { Reason } from './refusals.ts';
import type { Shape } from './shape.ts';

/** What a checker may need to know that no history says. */
export interface Assumptions {
  /** The value before the first write; `null` where absent. */
  readonly initial?: unknown;
  /**
   * A read of null says that nothing is known of what was read, as Knossos has it. Absent: it says
   * that null was read, which is a violation where null was neither written nor there at first.
   */
  readonly nullReads?: 'unknown';
  /** Steps that a search may take before it returns `unknown`. */
  readonly budget?: number;
  /** Whether valid verdicts should carry a certificate. */
  readonly certificate?: boolean;
  /**
   * Each key's versions follow real time, the order of each session, or writes follow reads of the same transaction.
   */
  readonly linearizableKeys?: boolean;
  readonly sequentialKeys?: boolean;
  readonly wfrKeys?: boolean;
  /** Transactions wrote in the order of these numbers, by the `start` of the operation. */
  readonly transactionOrder?: ReadonlyMap<number, number>;
}

/** The assumptions that mean something for some datatypes only, with the options of the command line that make them. */
export const SPECIAL = {
  nullReads: '--assume-null-unknown',
  linearizableKeys: '--assume-linearizable-keys',
  sequentialKeys: '--assume-sequential-keys',
  wfrKeys: '--assume-wfr-keys',
  transactionOrder: 'transactionOrder',
} as const;

/** Makes the checker of one model of one datatype. */
export type CheckerOf = (assumptions: Assumptions) => Checker;

/**
 * One function of a datatype. One without `returns` only updates:
 * whatever it returns is ignored, but `false` says that it did not happen.
 */
export interface FunctionRecord {
  /**
   * What a call is given, where it is given anything: the input of all others is null, whatever a file repeats there.
   */
  readonly takes?: Shape;
  /**
   * An input that says nothing more than the function's name does, such as the list of all accounts: it counts as null.
   */
  readonly ignores?: Shape;
  /** What an `ok` call returns, where that is an observation. */
  readonly returns?: Shape;
  /** The same in runs of our own, whose workloads write plain values, where it is less. */
  readonly inRuns?: Shape;
  /**
   * Whether the function changes something though it returns
   * an observation: then, too, `false` says that it did not happen.
   */
  readonly updates?: true;
  /**
   * Whether an update may return `{ value, version }`: the version
   * of the replica that made it, by which visibility is judged.
   */
  readonly stamped?: true;
  /** What a failed call observed, where its error says so; `false` says the same. */
  readonly refusal?: Reason;
  /**
   * Whether an `ok` may carry nothing but its input again: any other
   * value is refused, for it says that something else was written.
   */
  readonly repeats?: true;
  /**
   * Whether inputs and outputs are lists of micro-operations (`[kind, key, value]`), of which
   * an `ok` has those that were asked for: always, or where the operation has no key of its own.
   */
  readonly micro?: 'always' | 'without a key';
  /** What a read (`["r", key, result]`) in a transaction may show beside null. Absent: anything. */
  readonly reads?: Reads;
}

/** What reads in transactions may show. */
export interface Reads extends Shape {
  /** Whether they may show anything where some transaction writes a list or a map: then values are nested. */
  readonly unlessNested?: true;
}

/** One datatype: its functions, and its models from the strongest on. */
export interface Datatype {
  readonly name: string;
  readonly says: string;
  /** Other tools' names for it. */
  readonly aliases?: readonly string[];
  /** The functions its operations may have, by name; any other is an error. */
  readonly functions: Readonly<Record<string, FunctionRecord>>;
  /**
   * What a single call's shape cannot say: the first operation that no operation of this type can be, and why in words.
   */
  wrong?(history: History): { readonly row: number; readonly what: string } | undefined;
  /** What it may hold before the first operation. Absent: an initial value is refused. */
  readonly initial?: Shape;
  /** The special assumptions that its checkers heed; any other is refused. Absent: none. */
  readonly heeds?: readonly (keyof typeof SPECIAL)[];
  /** Whether a history with these functions is of this type, where its name is not given. Absent: only by name. */
  detect?(history: History): boolean;
  /** The model that `valid` is about where none is named. */
  readonly model: string;
  /**
   * The models that mean nothing without real time, and whose checkers do not know it: where a history has
   * none they are not asked, and never affirmed. Checkers that know it say themselves what they can tell.
   */
  readonly realTime: readonly string[];
  /** What its own models imply, beyond the lattice of all. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /** A checker for each model, by the model's name. */
  readonly models: Readonly<Record<string, CheckerOf>>;
  /**
   * What all its models' verdicts follow from: made once for a judgement that
   * asks for several. Absent: each model's checker looks at the history itself.
   */
  analysis?(history: History, assumptions: Assumptions): (model: string) => Verdict;
}

/** A datatype whose name and functions the compiler knows. */
export type NamedDatatype<N extends string, F extends string = string> = Omit<Datatype, 'name' | 'functions'> & {
  readonly name: N;
  readonly functions: Readonly<Record<F, FunctionRecord>>;
};

/** Says to the compiler what the record of a datatype is, and remembers its name and its functions. */
export function datatype<const N extends string, const F extends string>(
  record: NamedDatatype<N, F>,
): NamedDatatype<N, F> {
  return record;
}
