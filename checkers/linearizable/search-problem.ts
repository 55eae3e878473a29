/** What the search of one object is given: its operations and states as numbers, and how they are laid out. */

/** The states of an object and what its operations do to them, as numbers. */
export interface Spec {
  /** The states in which the object may be at first. */
  readonly initial: readonly number[];
  /** The state after an operation of this class, or -1 where it cannot have had this outcome. */
  step(state: number, operationClass: number): number;
  /** How many states are known by now: they are numbered from 0. */
  size(): number;
  /** A state as JSON. */
  state(state: number): unknown;
  /** Memory taken by states and what is remembered of them. */
  bytes(): number;
}

/** What a class of operations needs to find and what it leaves, as states; -1 for nothing. */
export interface Flow {
  readonly needs: Int32Array;
  readonly makes: Int32Array;
}

/**
 * Operations in the order of their starts. The outcome is part of an operation's class. `end` is `NEVER_COLUMN` for one
 * that never returned, which may be left out. `pure` ones change no state; one that never returned must not be here.
 */
export interface Problem {
  readonly length: number;
  /** Where each lies in the history. */
  readonly row: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly class: Int32Array;
  readonly pure: Uint8Array;
  /**
   * Operations that may be left out together without making a right order
   * wrong have the same number here. Absent where nothing is known.
   */
  readonly group?: Int32Array;
  /** What operations need and make, where states are that simple. */
  readonly flow?: Flow;
  /** Whether the order of two classes makes no difference in any state. Absent where nothing is known. */
  readonly commutes?: (a: number, b: number) => boolean;
  readonly spec: Spec;
}

/** A list of lists: those of `i` lie in `items` from `from[i]` to `from[i + 1]`. */
export interface ListOfLists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}

/**
 * The values that are at risk at each return, in records: the value, whether something that begins later needs
 * it, then the slots of the open operations that can still make it, then those of the open ones that need it.
 */
export interface ValuesAtRisk {
  readonly from: Int32Array;
  readonly records: Int32Array;
}

/** The problem by returns, in their order. Operations are named by their places in the problem. */
export interface SearchPlan {
  readonly problem: Problem;
  readonly returns: number;
  /** The operation that returns. */
  readonly returning: Int32Array;
  /** The open operations that change states, the first to return first; and the open ones that do not. */
  readonly writers: ListOfLists;
  readonly readers: ListOfLists;
  /** How many operations that never return had begun by then: these are `infos[0]` to `infos[n - 1]`. */
  readonly begun: Int32Array;
  readonly infos: Int32Array;
  /** For each of `infos` the one of the same class before it, or -1: interchangeable, so used in turn. */
  readonly twin: Int32Array;
  /** The bit of each operation: among the returning ones, or among `infos`. */
  readonly slot: Int32Array;
  /** Words of the masks. */
  readonly slotWords: number;
  readonly infoWords: number;
  readonly atRisk: ValuesAtRisk | undefined;
}
