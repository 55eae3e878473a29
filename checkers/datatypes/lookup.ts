/** Datatypes and models by the names that users give. */
import { ArgumentError } from '../argument-error.ts';
import { withArticle } from '../explain/grammar.ts';
import { impliedModels } from '../transactions/boundary.ts';
import { aliases, lattice } from '../transactions/lattice.ts';
import type { Datatype } from './datatype.ts';
import { type AnyModel, datatypeFrom, isModel } from './from-model.ts';
import { datatypes } from './registry.ts';

/** The datatype of that name, or that is given. Throws an `ArgumentError` where there is none of the name. */
export function datatypeOf(name: string | Datatype | AnyModel): Datatype {
  if (typeof name !== 'string') return isModel(name) ? datatypeFrom(name) : name;
  const found = datatypes.find((one) => one.name === name || one.aliases?.includes(name));
  if (!found) throw new ArgumentError(`no datatype is called "${name}"`);
  return found;
}

/** The datatype's own name of a model. Throws an `ArgumentError`. */
export function modelOf(datatype: Datatype, name: string): string {
  const same = (one: string): boolean => one.toLowerCase() === name.toLowerCase();
  const alias = Object.keys(ALIASES).find(same);
  const plain = Object.keys(datatype.models).find(same) ?? (alias === undefined ? undefined : ALIASES[alias]);
  if (plain === undefined || !Object.hasOwn(datatype.models, plain))
    throw new ArgumentError(
      `${withArticle(datatype.name)} is not judged against "${name}", but ${Object.keys(datatype.models).join(', ')}`,
    );
  return plain;
}

/** Other names of models. */
const ALIASES: Readonly<Record<string, string>> = {
  ...aliases,
  SI: 'snapshot-isolation',
  SER: 'serializable',
  RC: 'read-committed',
  RA: 'read-atomic',
  'causal-convergence': 'causal',
  'causal-memory': 'CM',
  'causal-consistency': 'CC',
};

/** The models that hold wherever this one does, itself included. */
export function weakerOf({ implies }: Datatype, name: string): readonly string[] {
  const more = implies?.[name] ?? [];
  return Object.hasOwn(lattice.implies, name) ? [...impliedModels([name], lattice), ...more] : [name, ...more];
}

/** Every name that `--model` takes: those of one datatype, or of all. */
export function modelNames(type?: string | Datatype | AnyModel): string[] {
  const of = type === undefined ? datatypes : [datatypeOf(type)];
  const models = new Set(of.flatMap((one) => Object.keys(one.models)));
  return [...models, ...Object.keys(ALIASES).filter((alias) => models.has(ALIASES[alias] as string))];
}
