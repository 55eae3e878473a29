/** The names that a user may give of what `check` judges. */
import { binaryFormats, datatypes, formats, modelNames } from 'elle-ts';
import { BadInput } from '../failure.ts';
import { unknownName } from '../setting/suggestions.ts';
import type { HistoryOptions, Surroundings } from './check-source.ts';

/** Adds one `THEIRS=OURS` to the others. A keyword is written with or without its colon. */
export function mapping(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const [, theirs, ours] = /^:?([^=]+)=:?(.+)$/.exec(text) ?? [];
  if (theirs === undefined || ours === undefined)
    throw new BadInput(`--map takes THEIRS=OURS, as in --map debit=transfer, not "${text}"`);
  const other = before.find(([name]) => name === theirs)?.[1] ?? ours;
  if (other !== ours) throw new BadInput(`--map gives ${theirs} two names: ${other} and ${ours}`);
  return [...before, [theirs, ours]];
}

/** Rejects with `BadInput` where an option names what is not there. */
export async function refuseUnknownNames(
  options: HistoryOptions,
  datatypeFor: Surroundings['datatypeFor'],
): Promise<void> {
  const refuse = (kind: string, name: string | undefined, names: readonly string[]): void => {
    if (name !== undefined && !names.some((one) => one.toLowerCase() === name.toLowerCase()))
      throw new BadInput(unknownName(kind, name, names));
  };
  const called = ({ name, aliases = [] }: (typeof datatypes)[number]): string[] => [name, ...aliases];
  const type = options.type === undefined ? undefined : await datatypeFor(options.type);
  if (typeof type === 'string') refuse('datatype', type, datatypes.flatMap(called));
  for (const model of options.models ?? []) {
    if (model.startsWith('elle-'))
      throw new BadInput(`${model} is a checker of Jepsen: here it is --type ${model.slice(5)}`);
    refuse('model', model, modelNames(type));
  }
  refuse(
    'format',
    options.format,
    [...formats, ...binaryFormats].map(({ name }) => name),
  );
  const those =
    typeof type === 'object' ? [type] : datatypes.filter((one) => type === undefined || called(one).includes(type));
  const functions = [...new Set(those.flatMap((one) => Object.keys(one.functions)))];
  for (const [, ours] of options.map) refuse('function', ours, functions);
}
