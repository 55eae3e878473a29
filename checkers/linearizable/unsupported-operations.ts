import type { Api, Columns } from '../history.ts';
import type { Model } from '../model.ts';
import { register } from '../models/register.ts';

/** Why a history is not one of this model, if it is not: a function that the model has not, or a swap that is none. */
export function unsupportedOperations<A extends Api, S>(columns: Columns, model: Model<A, S>): string | undefined {
  const name = columns.fNames.find((f) => !Object.hasOwn(model.step, f));
  if (name !== undefined) return `the model ${model.name} has no operation ${JSON.stringify(name)}`;
  const cas = columns.fNames.indexOf('cas');
  if (cas < 0 || model.step.cas !== (register.step.cas as unknown)) return undefined;
  for (let row = 0; row < columns.length; row++) {
    const input = columns.input[row];
    if (columns.f[row] === cas && !(Array.isArray(input) && input.length === 2))
      return `operation ${columns.start[row]} is a cas whose input is not [old, new]`;
  }
  return undefined;
}
