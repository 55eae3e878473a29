/** What operations do to states, as numbers: for any model, and for registers without asking the model at all. */
import type { Api } from '../history.ts';
import type { Model } from '../model.ts';
import { short } from '../monitors/findings.ts';
import { refusalOf } from '../refusals.ts';
import { WrongHint } from '../wrong-hint.ts';
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

/** Steps of what was left out that are taken to see whether it changes nothing. */
const MOST_CHECKED = 100_000;
/** Pairs of steps that are taken in either order to see whether they commute. */
const MOST_COMPARED = 5000;

/** A step not taken yet. */
const UNKNOWN = -2;

/** Which classes commute by the model's hint, each pair asked once; what was refused observes a state. */
export function commuting<A extends Api, S>(
  model: Model<A, S>,
  classes: readonly OperationClass[],
): (a: number, b: number) => boolean {
  const known = new Map<number, boolean>();
  return (a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const pair = low * classes.length + high;
    let commutes = known.get(pair);
    if (commutes === undefined) {
      const [one, other] = [classes[low], classes[high]];
      const isRefused = one.error !== undefined || other.error !== undefined;
      const changeNothing = [one, other].every(({ f, input }) => model.readOnly?.(f, input));
      commutes = !isRefused && (changeNothing || model.commutes?.(one, other) === true);
      known.set(pair, commutes);
    }
    return commutes;
  };
}

/**
 * The step of any model on numbered states. Each step is taken once and remembered. `silent` is what never returned and
 * was left out, since the model says that it changes nothing; `commutes` which classes it says may change places.
 */
export function modelSpec<A extends Api, S>(
  model: Model<A, S>,
  classes: readonly OperationClass[],
  initial: readonly unknown[],
  silent: readonly OperationClass[] = [],
  commutes?: (a: number, b: number) => boolean,
): Spec {
  const states = new Interner();
  let checked = 0;
  /** What was left out since it changes nothing must change no state that is met, either. */
  const meet = (state: number): void => {
    while (checked <= state && checked * silent.length < MOST_CHECKED) {
      const met = checked++;
      for (const operation of silent) take(met, operation);
    }
  };
  const same = model.same ?? ((_: string, expected: unknown, observed: unknown) => sameJson(expected, observed));
  const known = new Pairs();
  const refusals = classes.map(({ f, error }) => (error === undefined ? undefined : refusalOf(model, f, error)));
  const take = (state: number, operation: OperationClass): number => {
    const step = model.step[operation.f] as unknown as (state: unknown, input: unknown) => readonly [unknown, unknown];
    const [after, output] = step(states.values[state], operation.input);
    if (after === undefined) return -1;
    if (operation.observed && !same(operation.f, output, operation.output)) return -1;
    const next = after === states.values[state] ? state : states.id(after);
    if (next !== state && model.readOnly?.(operation.f, operation.input))
      throw new WrongHint(wrongHint(model.name, operation, states.values[state], after));
    if (silent.length > 0 && next >= checked) meet(next);
    return next;
  };
  let compared = 0;
  /** What is said to commute must do so in every state that is met. */
  const compare = (state: number, c: number): void => {
    const after = (first: number, second: number): number => {
      const between = take(state, classes[first]);
      return between < 0 ? -1 : take(between, classes[second]);
    };
    for (let other = 0; other < classes.length && compared < MOST_COMPARED; other++) {
      if (!commutes?.(c, other)) continue;
      compared++;
      if (after(c, other) !== after(other, c))
        throw new WrongHint(notCommuting(model.name, classes[c], classes[other], states.values[state]));
    }
  };
  const begin = initial.map((state) => states.id(state));
  meet(begin.length - 1);
  return {
    initial: begin,
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
      if (commutes && refusal === undefined) compare(state, operationClass);
      return after;
    },
    size: () => states.values.length,
    state: (state) => states.values[state],
    bytes: () => states.bytes() + known.bytes(),
  };
}

function notCommuting(model: string, one: OperationClass, other: OperationClass, state: unknown): string {
  const [a, b] = [one, other].map(({ f, input }) => `${f} ${short(input)}`);
  return `the model ${model} says that ${a} and ${b} commute, and in ${short(state)} their order makes a difference: commutes must be true only of what returns and leaves the same in either order`;
}

/** What a hint says, and what the step makes of a state. */
function wrongHint(model: string, { f, input }: OperationClass, before: unknown, after: unknown): string {
  return `the model ${model} says that ${f} ${short(input)} is read-only, and its step makes ${short(after)} of ${short(before)}: readOnly must be true only of what leaves every state as it is`;
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
