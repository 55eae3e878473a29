/** What a user's own module must export to be a datatype: the record of one, or a model. Every field is looked at. */
import {
  type AnyModel,
  type Datatype,
  datatypeFrom,
  datatypes,
  functionsOf,
  interfaces,
  isModel,
  type Offered,
} from 'elle-ts';
import { BadInput } from '../failure.ts';
import { unknownName } from './suggestions.ts';
import { shown, verdictIn } from './validate-results.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The datatype that this value is; of a model, the one that is made of it.
 * Throws `BadInput`, with `where` first, at what is missing or cannot be.
 */
export function datatypeIn(value: unknown, where: string): Datatype {
  if (!isRecord(value)) throw new BadInput(`${where} is neither a datatype nor a model: it is ${shown(value)}`);
  if (isModel(value as unknown as Datatype | AnyModel)) return datatypeFrom(modelIn(value, where));
  const needs = needing(`${where} is no datatype`);
  const { name, says, functions, model, models, realTime } = value;
  needs(isText(name), 'a name');
  needs(isText(says), 'says, a sentence about it');
  needs(isRecord(functions) && Object.keys(functions).length > 0, 'functions, by name; a model has step instead');
  for (const [f, record] of Object.entries(functions as Fields)) refuseFunction(record, `${where}: functions.${f}`);
  needs(isRecord(models) && Object.values(models).every(isFunction), 'models, each a function that makes its checker');
  const names = Object.keys(models as Fields);
  needs(names.includes(model as string), `model, the name of one of its models: ${names.join(', ')}`);
  needs(isListOf(realTime, names), 'realTime, a list of those of its models that mean nothing without real time');
  if (value.initial !== undefined) refuseShape(value.initial, `${where}: initial`);
  return held(value as unknown as Datatype, where);
}

/**
 * What a system offers or a workload calls: the name of a datatype
 * or an interface, a datatype or a model. Throws `BadInput`.
 */
export function offeredIn(value: unknown, where: string): Offered {
  if (typeof value !== 'string') return datatypeIn(value, where);
  if (functionsOf(value)) return value as Offered;
  const names = [...datatypes, ...interfaces].map(({ name }) => name);
  throw new BadInput(`${where}: ${unknownName('datatype', value, names)}`);
}

/** The same datatype, of which each verdict of its checkers is looked at, too. */
function held(datatype: Datatype, where: string): Datatype {
  const models = Object.entries(datatype.models).map(([name, make]) => {
    const checked: typeof make = (assumptions) => {
      const checker = make(assumptions);
      if (!isFunction(checker?.check))
        throw new Error(`${where}: models.${name} is to return a checker, and returned ${shown(checker)}`);
      return { ...checker, check: (history) => verdictIn(checker.check(history), `${name} of ${where}`) };
    };
    return [name, checked] as const;
  });
  return { ...datatype, models: Object.fromEntries(models) };
}

function modelIn(value: Fields, where: string): AnyModel {
  const needs = needing(`${where} is no model`);
  const { name, init, step, observes, refuses, readOnly, commutes, same } = value;
  needs(isText(name), 'a name');
  needs(init !== undefined, 'init, the state before the first operation');
  needs(isRecord(step) && Object.keys(step).length > 0, 'step, a function for each operation');
  for (const [f, one] of Object.entries(step as Fields)) needs(isFunction(one), `a function step.${f}(state, input)`);
  needs(
    observes === undefined || isListOf(observes, Object.keys(step as Fields)),
    'observes, a list of its operations',
  );
  needs(refuses === undefined || isRecord(refuses), 'refuses, by operation and error');
  needs(readOnly === undefined || isFunction(readOnly), 'readOnly, a function');
  needs(commutes === undefined || isFunction(commutes), 'commutes, a function');
  needs(same === undefined || isFunction(same), 'same, a function');
  return value as unknown as AnyModel;
}

function refuseFunction(record: unknown, where: string): void {
  if (!isRecord(record)) throw new BadInput(`${where}: a record such as {} or { takes, returns } is needed`);
  for (const key of ['takes', 'ignores', 'returns', 'inRuns', 'reads'])
    if (record[key] !== undefined) refuseShape(record[key], `${where}.${key}`);
}

function refuseShape(value: unknown, where: string): void {
  if (!isRecord(value) || !isText(value.says) || !isFunction(value.fits))
    throw new BadInput(`${where}: a shape { says, fits(value) } is needed, not ${shown(value)}`);
}

function needing(what: string): (holds: boolean, needed: string) => void {
  return (holds, needed) => {
    if (!holds) throw new BadInput(`${what}: it needs ${needed}`);
  };
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isFunction = (value: unknown) => typeof value === 'function';
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (value: unknown, names: readonly string[]) =>
  Array.isArray(value) && value.every((name) => names.includes(name as string));
