/** What operations do to states, as numbers: for any model, and for registers without asking the model at all. */
import type { Api } from '../history.ts';
import type { Model } from '../model.ts';
import { refusalOf } from '../refusals.ts';
import { Interner, sameJson } from './intern.ts';
import { CAS, READ, REFUSED } from './register-columns.ts';
import type { Spec } from './search-problem.ts';
import { Pairs } from './tuples.ts';

/**
 * A class of operations: those of one name, input and output,
 * if the output was observed, or of one error that is a refusal.
 */
export interface OperationClass {
  readonly f: string;
  readonly input: unknown;
  readonly observed: boolean;
  readonly output: unknown;
  readonly error?: string;
}

/** A step not taken yet. */
const UNKNOWN = -2;

/** The step of any model on numbered states. Each step is taken once and remembered. */
export function modelSpec<A extends Api, S>(
  model: Model<A, S>,
  classes: readonly OperationClass[],
  initial: readonly unknown[],
): Spec {
  const states = new Interner();
  const same = model.same ?? ((_: string, expected: unknown, observed: unknown) => sameJson(expected, observed));
  const known = new Pairs();
  const refusals = classes.map(({ f, error }) => (error === undefined ? undefined : refusalOf(model, f, error)));
  const take = (state: number, operation: OperationClass): number => {
    const step = model.step[operation.f] as unknown as (state: unknown, input: unknown) => readonly [unknown, unknown];
    const [after, output] = step(states.values[state], operation.input);
    if (after === undefined) return -1;
    if (operation.observed && !same(operation.f, output, operation.output)) return -1;
    return after === states.values[state] ? state : states.id(after);
  };
  return {
    initial: initial.map((state) => states.id(state)),
    step(state, operationClass) {
      const before = known.get(state, operationClass, UNKNOWN);
      if (before !== UNKNOWN) return before;
      const refusal = refusals[operationClass];
      const after =
        refusal === undefined
          ? take(state, classes[operationClass])
          : refusal(states.values[state], classes[operationClass].input)
            ? state
            : -1;
      known.set(state, operationClass, after);
      return after;
    },
    size: () => states.values.length,
    state: (state) => states.values[state],
    bytes: () => states.bytes() + known.bytes(),
  };
}

/**
 * Registers: the states are the values, and class `c` is the operation
 * `kind[c]` on the numbered values `old[c]` and `value[c]`.
 */
export function registerSpec(
  kind: Uint8Array,
  old: Int32Array,
  value: Int32Array,
  values: readonly unknown[],
  initial: readonly number[],
): Spec {
  return {
    initial,
    step(state, c) {
      if (kind[c] === READ) return state === value[c] ? state : -1;
      if (kind[c] === REFUSED) return state === old[c] ? -1 : state;
      if (kind[c] === CAS) return state === old[c] ? value[c] : -1;
      return value[c];
    },
    size: () => values.length,
    state: (state) => values[state],
    bytes: () => 0,
  };
}
