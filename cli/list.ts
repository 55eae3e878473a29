/** `splitbrain list`: what there is, as the tables that docs/reference shows. */
import { Command } from 'commander';
import { anomalyKinds, binaryFormats, datatypes, formats, nameOf } from 'elle-ts';
import { databases } from '../databases/registry.ts';
import { MIXES, NAMED } from '../harness/faults/draw.ts';
import { RHYTHMS } from '../harness/faults/rhythm.ts';
import { shareText } from '../harness/judging/answered.ts';
import { METRICS } from '../harness/judging/metrics/definitions.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { systems } from '../systems/registry.ts';
import type { Claim, System } from '../systems/system.ts';
import { workloads } from '../workloads/registry.ts';
import { UsageError } from './exit.ts';

/** A table, and the same as JSON. */
interface Listing {
  readonly headings: readonly string[];
  rows(): readonly (readonly string[])[];
  json(): unknown;
}

/** Systems by themselves, with what is wrong with them. */
function listingOf(all: readonly System[]): Listing {
  return {
    headings: ['system', 'datatype', 'claims', 'flaw'],
    rows: () =>
      all.map((s) => [
        s.name,
        nameOf(s.datatype),
        s.claims.map(claimText).join('; '),
        s.flaw ? `${s.flaw.says} (${s.flaw.anomaly})` : '',
      ]),
    json: () => all.map(({ name, datatype, claims, flaw }) => ({ name, datatype, claims, ...(flaw ? { flaw } : {}) })),
  };
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  designs: {
    headings: ['design', 'datatypes', 'sound, and what it claims', 'slides', 'twins'],
    rows: () =>
      designs().map(({ name, variants }) => [
        name,
        [...new Set(variants.map(({ datatype }) => nameOf(datatype)))].join(', '),
        variants
          .filter(({ flaw }) => !flaw)
          .map((one) => `${variantOf(one)}: ${[...new Set(one.claims.map(({ model }) => model))].join(', ')}`)
          .join('; '),
        variants.filter(isSlide).map(variantOf).join(', '),
        variants
          .filter((one) => one.flaw && !isSlide(one))
          .map(variantOf)
          .join(', '),
      ]),
    json: () => designs().map(({ name, variants }) => ({ name, systems: variants.map((one) => one.name) })),
  },
  systems: listingOf(systems),
  databases: {
    headings: ['database', 'datatype', 'claims', 'programs', 'chores'],
    rows: () =>
      databases.map((d) => [
        d.name,
        nameOf(d.datatype),
        d.claims.map(claimText).join('; '),
        Object.keys(d.programs).join(', '),
        Object.keys(d.chores ?? {}).join(', '),
      ]),
    json: () =>
      databases.map(({ name, datatype, claims, programs, chores = {} }) => ({
        ...{ name, datatype, claims, programs, chores: Object.keys(chores) },
      })),
  },
  workloads: {
    headings: ['workload', 'datatype', 'calls', 'judged by'],
    rows: () =>
      workloads.map((w) => [
        w.name,
        nameOf(w.datatype),
        Object.keys(w.mix).join(', '),
        w.checkers.map(({ name }) => name).join(', '),
      ]),
    json: () =>
      workloads.map((w) => ({
        name: w.name,
        datatype: w.datatype,
        mix: w.mix,
        checkers: w.checkers.map(({ name }) => name),
      })),
  },
  datatypes: {
    headings: ['datatype', 'what it is', 'functions', 'judged for', 'models'],
    rows: () =>
      datatypes.map((d) => [
        d.name,
        d.says,
        Object.keys(d.functions).join(', '),
        d.model,
        Object.keys(d.models).join(', '),
      ]),
    json: () =>
      datatypes.map(({ name, says, functions, model, models }) => ({
        name,
        says,
        functions,
        model,
        models: Object.keys(models),
      })),
  },
  models: {
    headings: ['model', 'datatypes'],
    rows: () => modelRows().map(([model, of]) => [model, of.join(', ')]),
    json: () => modelRows().map(([name, of]) => ({ name, datatypes: of })),
  },
  checkers: {
    headings: ['checker', 'workloads'],
    rows: () => checkerRows().map(([checker, of]) => [checker, of.join(', ')]),
    json: () => checkerRows().map(([name, of]) => ({ name, workloads: of })),
  },
  anomalies: {
    headings: ['anomaly', 'what it is', 'defined by'],
    rows: () => anomalyKinds.map(({ name, says, source }) => [name, says, source ?? 'splitbrain']),
    json: () => anomalyKinds,
  },
  metrics: {
    headings: ['metric', 'unit', 'how it is computed', 'in verdict.json'],
    rows: () => METRICS.map(({ name, unit, says, path }) => [name, unit, says, path]),
    json: () => METRICS,
  },
  formats: {
    headings: ['format', 'what it is'],
    rows: () => [...formats, ...binaryFormats].map(({ name, says }) => [name, says]),
    json: () => [...formats, ...binaryFormats].map(({ name, says }) => ({ name, says })),
  },
  rhythms: {
    headings: ['rhythm', 'how faults follow each other'],
    rows: () => Object.entries(RHYTHMS),
    json: () => Object.entries(RHYTHMS).map(([name, says]) => ({ name, says })),
  },
  faults: {
    headings: ['fault', 'what happens'],
    rows: () => [
      ...Object.entries(NAMED).map(([name, { says }]) => [name, says]),
      ...Object.entries(MIXES).map(([name, names]) => [name, names.length > 0 ? names.join(', ') : 'no fault']),
    ],
    json: () => [
      ...Object.entries(NAMED).map(([name, { says }]) => ({ name, says })),
      ...Object.entries(MIXES).map(([name, faults]) => ({ name, faults })),
    ],
  },
};

/** The names of the tables. */
export const LISTS: readonly string[] = Object.keys(LISTINGS);

/** One of the tables in Markdown, which reads well in a terminal too. */
export function tableOf(what: string): string {
  return tableFor(LISTINGS[what]!);
}

function tableFor({ headings, rows }: Listing): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), `|${headings.map(() => '---').join('|')}|`, ...rows().map(line)].join('\n');
}

/** Designs that are built on libraries, which are loaded for it and may not be installed. */
const LIBRARIES = 'libraries';
const WHAT: readonly string[] = [...LISTS, LIBRARIES];

export function listCommand(): Command {
  return new Command('list')
    .description(`list ${WHAT.join(', ')}`)
    .argument('<what>', 'which table')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ splitbrain list systems')
    .action(async (what: string, { json }: { json?: true }) => {
      if (!WHAT.includes(what)) throw new UsageError(unknownName('list', what, WHAT));
      const listing = what === LIBRARIES ? listingOf(await libraryDesigns()) : LISTINGS[what]!;
      process.stdout.write(`${json ? JSON.stringify(listing.json()) : tableFor(listing)}\n`);
    });
}

interface Design {
  readonly name: string;
  readonly variants: readonly System[];
}

/** Systems by what stands before the slash. */
function designs(): readonly Design[] {
  const names = [...new Set(systems.map(({ name }) => name.split('/')[0] ?? name))];
  return names.map((name) => ({
    name,
    variants: systems.filter((s) => s.name === name || s.name.startsWith(`${name}/`)),
  }));
}

const variantOf = ({ name }: System) => name.slice(name.indexOf('/') + 1);
const isSlide = (system: System) => system.name.includes('/slide');

function claimText({ model, under, available, durable, converges, recoversMs, answered }: Claim): string {
  const all = MIXES.all ?? [];
  const every = all.every((kind) => (under as readonly string[]).includes(kind));
  const faults = every ? ['all', ...under.filter((kind) => !all.includes(kind))] : under;
  const rest = [
    `available: ${available}`,
    `durable: ${durable}`,
    ...(converges ? ['converges'] : []),
    ...(answered === undefined ? [] : [`answers ${shareText(answered)} of calls`]),
    `recovers in ${recoversMs / 1000} s`,
  ];
  return `${model} under ${faults.join(', ') || 'no fault'} (${rest.join(', ')})`;
}

function modelRows(): readonly (readonly [string, readonly string[]])[] {
  const names = [...new Set(datatypes.flatMap(({ models }) => Object.keys(models)))];
  return names.map((name) => [name, datatypes.filter(({ models }) => Object.hasOwn(models, name)).map((d) => d.name)]);
}

function checkerRows(): readonly (readonly [string, readonly string[]])[] {
  const names = [...new Set(workloads.flatMap(({ checkers }) => checkers.map(({ name }) => name)))].sort();
  return names.map((name) => [
    name,
    workloads.filter((w) => w.checkers.some((c) => c.name === name)).map((w) => w.name),
  ]);
}
