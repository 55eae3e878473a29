/**
 * A campaign file: one definition from which it is read and from which its JSON Schema is made. Whatever
 * is wrong with a file is refused with line, path and the nearest valid name, before anything starts.
 */
import * as z from 'zod';
import { CLUSTER_NAMES } from '../clusters/names.ts';
import { RHYTHM_NAMES } from '../faults/rhythm.ts';
import { namedByFile } from '../setting/module-path.ts';
import { helpOf, RHYTHM_KEYS, RUN_KEYS, type RunKey, TIMEOUT_SAYS, writtenValue } from '../setting/run-keys.ts';
import { claims } from './claims.ts';
import { type Document, valueDocument } from './document.ts';
import { expectations, expectationsHere } from './expectations.ts';
import type { Matrix } from './matrix.ts';
import {
  duration,
  faultGroup,
  listOf,
  nameOf,
  object,
  rate,
  readAs,
  share,
  span,
  systemName,
  wholeFrom,
  workloadName,
} from './values.ts';

type RunNumber = z.ZodPrefault<z.ZodType<number, string | number>>;

/** The numbers of a run, by what a file calls them. */
const NUMBERS = Object.fromEntries(
  Object.values(RUN_KEYS).map((key: RunKey) => [key.name, typeOf(key).prefault(writtenValue(key)).describe(key.says)]),
) as { [Field in keyof typeof RUN_KEYS as (typeof RUN_KEYS)[Field]['name']]: RunNumber };

function typeOf({ type }: RunKey): z.ZodType<number, string | number> {
  const types = { count: wholeFrom(1), duration, rate } as const;
  return types[type] as z.ZodType<number, string | number>;
}

/** How faults follow each other, by what a file calls it. */
const RHYTHM = {
  rhythm: nameOf('rhythm', RHYTHM_NAMES).exactOptional().describe(helpOf(RHYTHM_KEYS.name)),
  'fault-every': duration.exactOptional().describe(helpOf(RHYTHM_KEYS.everyMs)),
  'fault-for': span.exactOptional().describe(helpOf(RHYTHM_KEYS.forMs)),
  overlap: share.exactOptional().describe(helpOf(RHYTHM_KEYS.overlap)),
  quiet: duration.exactOptional().describe(helpOf(RHYTHM_KEYS.quietMs)),
  beyond: share.exactOptional().describe(helpOf(RHYTHM_KEYS.beyond)),
};

const campaignFile = object({
  $schema: z.string({ error: 'the address of a schema is needed' }).exactOptional(),
  systems: listOf('systems', systemName, 'list what to run').describe('what is run'),
  workloads: listOf('workloads', workloadName)
    .exactOptional()
    .describe('what clients do; left out, every workload of a system’s datatype'),
  faults: listOf('faults', faultGroup)
    .prefault(['partition', 'crash', 'pause', 'clock', 'link'])
    .describe('groups of faults, each a cell: a name, or a list of names for several at once'),
  seeds: wholeFrom(1).default(1).describe('seeds for each cell'),
  seed: wholeFrom(0).default(1).describe('the first seed'),
  cluster: nameOf('cluster', CLUSTER_NAMES).default('processes').describe('where systems run'),
  ...NUMBERS,
  ...RHYTHM,
  timeout: duration.exactOptional().describe(TIMEOUT_SAYS),
  budget: object({
    time: duration.exactOptional().describe('start no run after this'),
    runs: wholeFrom(1).exactOptional().describe('make no more runs'),
  })
    .exactOptional()
    .describe('when to stop though there are runs left; what was not run is said, and a cell without a run is unknown'),
  claims: claims.exactOptional().describe('what systems are held to here, in place of their own claims'),
  expectations: expectations
    .default([])
    .describe('known anomalies; an expectations.json beside the file replaces them'),
}).meta({
  title: 'A campaign of splitbrain',
  description: 'Every system with every workload under every group of faults, with several seeds each.',
});

/** What a campaign file holds. Only `systems` is needed. */
export type CampaignFile = Given<z.input<typeof campaignFile>>;

/** What is read and not written. */
type Given<T> = T extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Given<T[Key]> }
    : T;

/**
 * The matrix that a campaign file stands for, its modules named as from
 * the working folder. Throws `BadInput` with what is wrong, and where.
 */
export function matrixIn(document: Document): Matrix {
  const file = readAs(campaignFile, document);
  const { systems, workloads: wanted, faults, seeds, seed, cluster, timeout, budget, claims: held } = file;
  const fields = Object.entries(RUN_KEYS) as [keyof typeof RUN_KEYS, (typeof RUN_KEYS)[keyof typeof RUN_KEYS]][];
  const numbers = Object.fromEntries(fields.map(([field, { name }]) => [field, file[name]]));
  const { time: ms, ...runs } = budget ?? {};
  const fieldsOfRhythm = Object.entries(RHYTHM_KEYS).flatMap(([field, { name }]) =>
    file[name] === undefined ? [] : [[field, file[name]] as const],
  );
  const here = (says: string) => namedByFile(document.file, says);
  const groupHere = (group: string) =>
    group
      .split(',')
      .map((name) => here(name.trim()))
      .join(',');
  return {
    ...{ systems: systems.map(here), faults: faults.map(groupHere), seeds, seed, cluster },
    ...(numbers as Record<keyof typeof RUN_KEYS, number>),
    expectations: expectationsHere(file.expectations, document),
    ...(wanted ? { workloads: wanted.map(here) } : {}),
    ...(fieldsOfRhythm.length > 0 ? { rhythm: Object.fromEntries(fieldsOfRhythm) } : {}),
    ...(timeout === undefined ? {} : { callTimeoutMs: timeout }),
    ...(budget ? { budget: { ...runs, ...(ms === undefined ? {} : { ms }) } } : {}),
    ...(held ? { claims: held.map((claim) => (claim.system ? { ...claim, system: here(claim.system) } : claim)) } : {}),
  };
}

/** The same, of a value that was read elsewhere; `file` is what errors name. */
export function parseMatrix(value: unknown, file: string): Matrix {
  return matrixIn(valueDocument(value, file));
}

/** The JSON Schema of campaign files, draft 2020-12: editors complete names by it. */
export function campaignSchema(): object {
  return z.toJSONSchema(campaignFile, { io: 'input' });
}
