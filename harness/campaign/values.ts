/**
 * The kinds of value in a campaign file, as zod schemas: what each may be, what it is told where it
 * is something else, and what editors are told of it. Reading and JSON Schema both come from them.
 */
import * as z from 'zod';
import { workloads } from '../../workloads/registry.ts';
import { dialectNames } from '../clusters/programs/dialects.ts';
import { BadInput } from '../failure.ts';
import { faultNames, MIXES, NAMED } from '../faults/draw.ts';
import { DURATION, msOf } from '../setting/durations.ts';
import { OWN_MODULE } from '../setting/own-module.ts';
import { spanOf } from '../setting/run-keys.ts';
import { knownSystems } from '../setting/sources.ts';
import { unknownName } from '../setting/suggestions.ts';
import type { Document, Path } from './document.ts';

/** An error of zod's, as far as its words need it. */
interface Problem {
  readonly input?: unknown;
}

const shown = (value: unknown) => JSON.stringify(value);

/** What is missing is told so, with what it would say. */
const orMissing = (needs: string, otherwise: (input: unknown) => string) => ({
  error: ({ input }: Problem) => (input === undefined ? `it is missing: ${needs}` : otherwise(input)),
});

/** An object with these keys and no others. */
export function object<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownName('key', issue.keys[0] ?? '', Object.keys(shape))
        : 'an object is needed',
  });
}

/** A list with at least one item, or with any number of them; `needs` tells what to list. */
export function listOf<Item extends z.ZodType>(what: string, item: Item, needs = `list ${what}`, least: 0 | 1 = 1) {
  const error = orMissing(needs, () => `a list of ${what} is needed`);
  const list = z.array(item, error);
  return least === 0 ? list : list.min(least, error);
}

/** A name among those that there are; `needs` tells what it would name. */
export function nameOf<const Name extends string>(kind: string, names: readonly Name[], needs = `name a ${kind}`) {
  const other = (input: unknown) =>
    typeof input === 'string'
      ? unknownName(kind, input, names)
      : `the name of a ${kind} is needed, not ${shown(input)}`;
  return z.enum(names, orMissing(needs, other));
}

/** A text that is not empty. */
export function text(what: string, needs = `say ${what}`): z.ZodString {
  const error = orMissing(needs, (input) => (input === '' ? `it is empty: ${needs}` : `${what} is needed`));
  return z.string(error).min(1, error);
}

/** A name that editors complete to one of those known, and that may be another. */
export function anyName<const Name extends string>(what: string, known: readonly Name[], needs: string) {
  const error = orMissing(needs, (input) => (input === '' ? `it is empty: ${needs}` : `${what} is needed`));
  return z.union([z.enum(known), z.string(error).min(1, error)], error);
}

export function wholeFrom(least: number): z.ZodInt {
  const error = { error: ({ input }: Problem) => `a whole number from ${least} on is needed, not ${shown(input)}` };
  return z.int(error).min(least, error);
}

const positive = { error: ({ input }: Problem) => `a number above 0 is needed, not ${shown(input)}` };
export const rate = z.number(positive).positive(positive);

const part = { error: ({ input }: Problem) => `a share from 0 to 1 is needed, not ${shown(input)}` };
export const share = z.number(part).min(0, part).max(1, part);

export const flag = z.boolean({ error: 'true or false is needed' });

/** As long as this no run can be meant to last. */
const LONGEST_MS = 24 * 3_600_000;
const written = {
  error: ({ input }: Problem) => `a duration is written 500ms, 10s, 2m or 1h, not ${shown(input)}`,
};

/** `500ms`, `10s`, `2m` or `1h`, read as ms. */
export const duration = z
  .string(written)
  .regex(DURATION, written)
  .meta({ examples: ['500ms', '10s', '2m'] })
  .transform((length, context) => {
    const ms = msOf(length);
    if (ms !== undefined && ms > 0 && ms <= LONGEST_MS) return ms;
    context.addIssue(`a duration is above nothing and at most a day, not ${shown(length)}`);
    return z.NEVER;
  })
  .meta({ id: 'duration' });

const spans = { error: ({ input }: Problem) => `a span is written 500ms-5s, not ${shown(input)}` };

/** `500ms-5s`, read as the least and the most in ms. */
export const span = z
  .string(spans)
  .meta({ examples: ['500ms-5s', '2s'] })
  .transform((text, context) => {
    const read = spanOf(text);
    if (read) return read;
    context.addIssue(`a span is written 500ms-5s, the least first, not ${shown(text)}`);
    return z.NEVER;
  });

/** What names no system, fault or workload. */
const otherThan = (kind: string, names: readonly string[]) =>
  orMissing(`name a ${kind}`, (input) =>
    typeof input === 'string'
      ? unknownName(kind, input, names)
      : `the name of a ${kind} is needed, not ${shown(input)}`,
  );

/** A built-in one of these names, or a module of the user's own: whether that can be loaded is seen when it is. */
function nameOrModule(kind: string, names: readonly string[]) {
  const error = otherThan(kind, names);
  const module = z.string().regex(OWN_MODULE, error).describe('a module of your own: ./my.js#export');
  return z.union([z.enum(names).describe(`a built-in ${kind}`), module], error).meta({ id: kind });
}

const SYSTEMS = knownSystems.map(({ name }) => name);

export const systemName = nameOrModule('system', SYSTEMS);

const noSystem = otherThan('system', SYSTEMS);
const programLabel = z.string().regex(new RegExp(`^(${dialectNames.join('|')})/`), noSystem);

/** A system as results call it, too: a program by its name, `lin-kv/node.py`. */
export const systemOrLabel = z.union([systemName, programLabel.describe('a program: lin-kv/node.py')], noSystem);

export const workloadName = nameOrModule(
  'workload',
  workloads.map(({ name }) => name),
);

/** What faults are named by, beside a single name. */
const SEVERAL_OR_OWN = new RegExp(`,|${OWN_MODULE.source}`);

const noFault = { error: ({ input }: Problem) => faultProblem(input) ?? 'it names no fault' };

/** A fault or a mix by its name, or several with commas between them. */
const faults = z
  .union(
    [
      z.enum([...Object.keys(MIXES), ...Object.keys(NAMED)]),
      z
        .string()
        .regex(SEVERAL_OR_OWN, noFault)
        .refine((names) => faultProblem(names) === undefined, noFault)
        .describe('several at once, with commas between them, or a module of your own: ./my.js#export'),
    ],
    noFault,
  )
  .meta({ id: 'fault' });

/** What is in one cell at once, joined with commas. */
export const faultGroup = z
  .union([faults, z.array(faults).min(1, noFault).describe('several at once')], noFault)
  .transform((names) => [names].flat().join(','));

/** What is wrong with this as names of faults; nothing where nothing is. */
function faultProblem(names: unknown): string | undefined {
  if (typeof names !== 'string') return `the name of a fault is needed, not ${shown(names)}`;
  if (names === '') return 'no fault is called ""; to have none, say none';
  try {
    faultNames(names.split(',').map((one) => one.trim()));
    return undefined;
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
}

/** Nothing where the checks themselves fail: zod compares lengths, which an object of a stranger may have. */
function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  try {
    return schema.safeParse(value, { reportInput: true });
  } catch {
    return undefined;
  }
}

/**
 * Reads the value at a path of a document. What is wrong is refused where it stands:
 * the first of several by its line, and what is missing after what is there.
 */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  document: Document,
  value: unknown = document.value,
  path: Path = [],
): z.output<Schema> {
  const read = parsed(schema, value) ?? document.refuse(path, 'it holds what cannot be read');
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => located(issue, path));
  const placeOf = (at: Path) => document.lineOf(at) ?? 0;
  problems.sort((a, b) => Number(a.missing) - Number(b.missing) || placeOf(a.at) - placeOf(b.at));
  const [{ at, says }] = problems as [Located];
  return document.refuse(at, says);
}

interface Located {
  readonly at: Path;
  readonly says: string;
  readonly missing: boolean;
}

/** Of a union, what the branch says that came furthest; of a strange key, where that stands. */
function located(issue: z.core.$ZodIssue, base: Path): Located {
  const at = [...base, ...(issue.path as Path)];
  if (issue.code === 'invalid_union') {
    const furthest = issue.errors.find((branch) => branch.some(({ path }) => path.length > 0));
    if (furthest?.[0]) return located(furthest[0], at);
  }
  if (issue.code === 'unrecognized_keys')
    return { at: [...at, ...issue.keys.slice(0, 1)], says: issue.message, missing: false };
  return { at, says: issue.message, missing: issue.input === undefined };
}
