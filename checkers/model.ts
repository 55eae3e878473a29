import type { Api, Input, Output } from './history.ts';

/**
 * What should happen: a sequential specification of one key, a pure function per operation, from state and input to the
 * next state and the output. States are plain JSON and never changed in place.
 */
export interface Model<A extends Api, S> {
  readonly name: string;
  readonly init: S;
  readonly step: { readonly [F in keyof A]: (state: S, input: Input<A, F>) => readonly [S, Output<A, F>] };
}
