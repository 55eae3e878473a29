/**
 * Failures that are observations: a swap that found another value, a removal that found nothing,
 * a lock that was held. The model says which they are; every engine that judges by a model asks
 * here. They change nothing and have one place in the order; all other failures did not happen.
 */
import { type Api, type Columns, FAIL } from './history.ts';
import type { Model } from './model.ts';

/** The part of a model that says which failures are observations. */
export interface Refusing {
  readonly refuses?: object;
}

/** Whether an operation of this input may have failed so in this state. */
type Refusal = (state: unknown, input: unknown) => boolean;

/** What a failure with this error says of the state, or `undefined` where it says only that nothing happened. */
export function refusalOf({ refuses }: Refusing, f: string, error: string): Refusal | undefined {
  const byFunction = refuses as Readonly<Record<string, Readonly<Record<string, Refusal>>>> | undefined;
  const byError = byFunction !== undefined && Object.hasOwn(byFunction, f) ? byFunction[f] : undefined;
  return byError !== undefined && Object.hasOwn(byError, error) ? byError[error] : undefined;
}

/** Tells the rows of a history that failed with an observation of this model. */
export function refusedRows(columns: Columns, model: Refusing): (row: number) => boolean {
  if (model.refuses === undefined) return () => false;
  const { type, f, error } = columns;
  const errors = errorsOf(columns, model);
  return (row) => type[row] === FAIL && errors[f[row]].has(error.get(row) ?? '');
}

/** The rows of a history that failed with an observation of this model, in no order. */
export function* refusalsIn(columns: Columns, model: Refusing): Generator<number> {
  const errors = errorsOf(columns, model);
  for (const [row, error] of columns.error)
    if (columns.type[row] === FAIL && errors[columns.f[row]].has(error)) yield row;
}

/** By the place of a function's name, the errors that are observations. */
function errorsOf({ fNames }: Columns, { refuses = {} }: Refusing): readonly ReadonlySet<string>[] {
  const byFunction = refuses as Readonly<Record<string, object>>;
  return fNames.map((name) => new Set(Object.hasOwn(byFunction, name) ? Object.keys(byFunction[name]) : []));
}

/** Whether what an operation of this function returned is an observation of the model. */
export function observes<A extends Api, S>(model: Model<A, S>, f: string): boolean {
  return model.observes?.includes(f) ?? true;
}
