/** `splitbrain models`: what tells two consistency models apart. */
import { Command } from 'commander';
import { type Datatype, datatypes, modelNames, modelOf, sameModels } from 'elle-ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { UsageError } from './exit.ts';
import { neighboursOf, readTable, severalModels } from './models-table.ts';
import { latticeText, modelText, pairJson, pairText } from './models-text.ts';

interface ModelsOptions {
  readonly type?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain models
  $ splitbrain models snapshot-isolation
  $ splitbrain models snapshot-isolation serializable
  $ splitbrain models --type register sequential linearizable`;

export function modelsCommand(): Command {
  return new Command('models')
    .description('what a consistency model is, and the smallest history that one allows and another forbids')
    .argument('[model]', 'the model, or the one that allows the history')
    .argument('[other]', 'the one that forbids it')
    .option('--type <datatype>', 'of which datatype (default: the first that is judged against both)')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLE)
    .action((model: string | undefined, other: string | undefined, options: ModelsOptions) => {
      process.stdout.write(`${said(model, other, options)}\n`);
    });
}

function said(model: string | undefined, other: string | undefined, { type, json }: ModelsOptions): string {
  const of = type === undefined ? severalModels : [datatypeNamed(type)];
  if (model === undefined) return json ? JSON.stringify(latticesJson(of)) : latticeText(of);
  const notes = [model, other].flatMap((name) => sameModels.filter((same) => same.name === name));
  const [name, datatype] = named(model, of);
  if (other === undefined) {
    const those = of.filter((one) => Object.hasOwn(one.models, name));
    return json
      ? JSON.stringify(those.map((one) => ({ datatype: one.name, model: name, ...neighboursOf(one, name) })))
      : modelText(name, those, notes);
  }
  const both = of.find((one) => isOf(one, model) && isOf(one, other));
  const [otherName, otherOf] = named(other, of);
  if (!both)
    throw new UsageError(
      `no datatype is judged against both: ${name} is of ${datatype.name}, and ${otherName} of ${otherOf.name}`,
    );
  const pair = { datatype: both, allows: nameIn(both, model), forbids: nameIn(both, other), table: readTable() };
  return json ? JSON.stringify(pairJson(pair)) : pairText(pair, notes);
}

function latticesJson(of: readonly Datatype[]): unknown {
  return of.map((one) => ({
    datatype: one.name,
    models: Object.fromEntries(Object.keys(one.models).map((name) => [name, neighboursOf(one, name).weaker])),
  }));
}

function datatypeNamed(name: string): Datatype {
  const found = datatypes.find((one) => one.name === name || one.aliases?.includes(name));
  if (!found)
    throw new UsageError(
      unknownName(
        'datatype',
        name,
        datatypes.map((one) => one.name),
      ),
    );
  return found;
}

/** A name that is one of these models by another name. */
const own = (name: string): string => sameModels.find((same) => same.name === name)?.model ?? name;

function isOf(datatype: Datatype, name: string): boolean {
  return modelNames(datatype).some((one) => one.toLowerCase() === own(name).toLowerCase());
}

function nameIn(datatype: Datatype, name: string): string {
  return modelOf(datatype, own(name));
}

/** The model's own name, and the first datatype that is judged against it. */
function named(name: string, of: readonly Datatype[]): readonly [string, Datatype] {
  const datatype =
    of.find((one) => isOf(one, name)) ?? (of.length > 1 ? datatypes.find((one) => isOf(one, name)) : undefined);
  if (datatype) return [nameIn(datatype, name), datatype];
  const names = of.flatMap((one) => modelNames(one));
  throw new UsageError(unknownName('model', name, [...new Set([...names, ...sameModels.map((same) => same.name)])]));
}
