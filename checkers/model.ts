import type { Api, Input, Output } from './history.ts';

/** A function and what it is called with. */
export interface Invocation {
  readonly f: string;
  readonly input: unknown;
}

/**
 * What should happen: a sequential specification of one key, a pure function per operation, from state and input to the
 * next state and the output. States are plain JSON and never changed in place.
 *
 * An `ok` operation is legal in a state where its step returns the output that was observed. `undefined` as
 * the next state says that no `ok` operation of this input is possible in this state at all (a swap that would
 * have been refused, a lock that is held): such an operation is a `fail` in the history, or never returns.
 * Of an `info` operation the output is unknown, so every step but an impossible one is legal. A `fail` whose
 * error is one of `refuses` is an observation of the state; every other `fail` did not happen, and says nothing.
 */
export interface Model<A extends Api, S> {
  readonly name: string;
  readonly init: S;
  readonly step: { readonly [F in keyof A]: (state: S, input: Input<A, F>) => readonly [S, Output<A, F>] };
  /**
   * Failures that are observations: by function and by the error of the `fail`, the states in which
   * an operation of this input may have failed so. Such an operation changes nothing, and has one place
   * in the order, within its interval, at which it was right to fail: a swap that found another value.
   */
  readonly refuses?: {
    readonly [F in keyof A]?: { readonly [error: string]: (state: S, input: Input<A, F>) => boolean };
  };
  /**
   * The functions whose outputs are observations. What any other function
   * returned is ignored, whatever it is. Absent: all outputs are observations.
   */
  readonly observes?: readonly string[];
  /**
   * Whether this operation leaves every state as it is. Searches are exponentially faster where they know
   * it. Without it every operation is taken to change the state. Each step that a search takes is held to it: where
   * one that it is true of changes a state, the verdict is `unknown` and says which.
   */
  readonly readOnly?: (f: string, input: unknown) => boolean;
  /**
   * Whether the order of two operations makes no difference in any state: in whichever order they come, either both can
   * happen or not both, both return the same, and they leave the same state. `linearizable` then leaves out of its
   * search what can as well come later, which takes exponentially less where much is open at once. It is asked in one
   * order or the other, and held to the steps taken as `readOnly` is. Absent: nothing commutes.
   */
  readonly commutes?: (a: Invocation, b: Invocation) => boolean;
  /**
   * Whether an observed output is the model's; without it, when both
   * are the same JSON. For outputs whose order means nothing, say.
   */
  readonly same?: (f: string, expected: unknown, observed: unknown) => boolean;
}
