/**
 * A datatype that is made of a model: what should happen one operation at a time is enough to
 * judge linearizability and sequential consistency. Whoever knows more of it, such as shapes
 * of inputs and outputs or faster checkers, writes the record of a datatype instead.
 */
import type { Api } from '../history.ts';
import type { Invocation, Model } from '../model.ts';
import type { Datatype, FunctionRecord } from './datatype.ts';
import { general, interleaved } from './models.ts';
import type { Reason } from './refusals.ts';
import { ANYTHING } from './shape.ts';

/** A model of any functions and states. */
export interface AnyModel {
  readonly name: string;
  readonly init: unknown;
  readonly step: Readonly<Record<string, (state: never, input: never) => readonly [unknown, unknown]>>;
  readonly refuses?: Readonly<Record<string, unknown>>;
  readonly observes?: readonly string[];
  readonly readOnly?: (f: string, input: unknown) => boolean;
  readonly commutes?: (a: Invocation, b: Invocation) => boolean;
  readonly same?: (f: string, expected: unknown, observed: unknown) => boolean;
}

/** Whether this is a model, and no record of a datatype. */
export function isModel(given: Datatype | AnyModel): given is AnyModel {
  return 'step' in given;
}

/**
 * The datatype of that name with the model's functions, judged for `linearizable` and `sequential`. What goes into
 * a function and comes out may be anything; its initial value is a state of the model. O(number of functions).
 */
export function datatypeFrom(given: AnyModel): Datatype {
  const model = given as unknown as Model<Api, unknown>;
  const names = Object.keys(model.step);
  return {
    name: model.name,
    says: `${model.name}, as a model has it: ${names.join(', ')}`,
    functions: Object.fromEntries(names.map((f) => [f, functionOf(given, f)])),
    initial: { says: `a state of the model ${model.name}`, fits: () => true },
    model: 'linearizable',
    realTime: ['linearizable'],
    models: { linearizable: general(model), sequential: interleaved(model) },
  };
}

function functionOf({ observes, refuses }: AnyModel, f: string): FunctionRecord {
  const [reason] = Object.keys((refuses?.[f] ?? {}) as object);
  return {
    takes: ANYTHING,
    ...(observes === undefined || observes.includes(f) ? { returns: ANYTHING } : {}),
    ...(reason === undefined ? {} : { refusal: reason as Reason }),
  };
}
