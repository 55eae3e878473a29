/**
 * Which datatypes can be judged, against which models, and by which checker: data, so that the command line can print it and a judgement
 * can walk it.
 */
import type { Checker } from '../checker.ts';
import type { History } from '../history.ts';

/** What a checker may need to know that no history says. */
export interface Assumptions {
  /** The value before the first write; `null` where absent. */
  readonly initial?: unknown;
  /**
   * For register, multi-register and kv: a read of null says that nothing is known of what was read, as Knossos has it. Absent: it says
   * that null was read, which is a violation where null was neither written nor there at first.
   */
  readonly nullReads?: 'unknown';
  /** Steps that a search may take before it answers `unknown`. */
  readonly budget?: number;
  /** Whether valid verdicts should carry a certificate. */
  readonly certificate?: boolean;
  /** For rw-register: each key's versions follow real time, the order of each session, or writes follow reads of the same transaction. */
  readonly linearizableKeys?: boolean;
  readonly sequentialKeys?: boolean;
  readonly wfrKeys?: boolean;
  /** For rw-register: transactions wrote in the order of these numbers, by the `start` of the operation. */
  readonly transactionOrder?: ReadonlyMap<number, number>;
}

/** Makes the checker of one model of one datatype. */
export type CheckerOf = (assumptions: Assumptions) => Checker;

/** One datatype: its functions, and its models from the strongest on. */
export interface Datatype {
  readonly name: string;
  readonly says: string;
  /** Other tools' names for it. */
  readonly aliases?: readonly string[];
  /** The functions its operations may have; any other is an error. */
  readonly functions: readonly string[];
  /** The first operation that no operation of this type can be, and why in words; such a history is an error. Absent: none is. */
  wrong?(history: History): { readonly row: number; readonly what: string } | undefined;
  /** What `initial` must be, in words, where it is something else. Absent: anything. */
  initially?(initial: unknown): string | undefined;
  /** Whether a history with these functions is of this type, where its name is not given. Absent: only by name. */
  detect?(history: History): boolean;
  /** The model that `valid` is about where none is named. */
  readonly model: string;
  /** What its own models imply, beyond the lattice of all. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /** A checker for each model, by the model's name. */
  readonly models: Readonly<Record<string, CheckerOf>>;
  /** The same checkers, made for one judgement: they share what they find out of its history. Absent: they have nothing to share. */
  sharing?(): Readonly<Record<string, CheckerOf>>;
}
