/** What a user's own module must export to be run as a workload: every field is looked at before anything is drawn. */
import { datatypes } from 'elle-ts';
import { HEEDED_OPTIONS, type Workload } from '../../workloads/workload.ts';
import { BadInput } from '../failure.ts';
import { unknownName } from './suggestions.ts';
import { datatypeIn, offeredIn } from './validate-datatype.ts';
import { callsIn, shown, verdictIn } from './validate-results.ts';

/** The workload that this value is. Throws `BadInput`, with `where` first, at what is missing or cannot be. */
export function workloadIn(value: unknown, where: string): Workload {
  const workload = (value ?? {}) as Fields;
  const needs = (holds: boolean, what: string) => {
    if (!holds) throw new BadInput(`${where} is no workload: it needs ${what}`);
  };
  needs(isText(workload.name), 'a name');
  needs(workload.datatype !== undefined, 'a datatype, such as register');
  needs(isShares(workload.mix), 'a mix, which gives each of its functions a share, as in { read: 1, write: 1 }');
  needs(Array.isArray(workload.heeds), 'heeds, a list of options that may be empty');
  needs(typeof workload.calls === 'function', 'a function calls(draw, options)');
  needs(typeof workload.final === 'function', 'a function final(keys, calls), which may return an empty list');
  needs(isCheckers(workload.checkers), 'checkers, each with a name and a function check(history), and one at least');
  for (const option of workload.heeds as readonly unknown[])
    if (!Object.hasOwn(HEEDED_OPTIONS, String(option)))
      throw new BadInput(`${where}: heeds: ${unknownName('option', String(option), Object.keys(HEEDED_OPTIONS))}`);
  refuseOptional(workload, where);
  return held(value as Workload, where);
}

/** The same workload, of which each call that it draws and each verdict that its checkers return is looked at, too. */
function held(workload: Workload, where: string): Workload {
  const { placedAs } = workload;
  return {
    ...workload,
    datatype: offeredIn(workload.datatype, `${where}: datatype`),
    ...(placedAs === undefined ? {} : { placedAs: placedIn(placedAs, `${where}: placedAs`) }),
    calls: (draw, options) => callsIn(workload.calls(draw, options), options, where),
    final(keys, calls) {
      const final: unknown = workload.final(keys, calls);
      if (Array.isArray(final)) return final as ReturnType<Workload['final']>;
      throw new BadInput(`${where}: final() is to return a list of calls, and returned ${shown(final)}`);
    },
    checkers: workload.checkers.map((checker) => ({
      ...checker,
      name: checker.name,
      check: (history) => verdictIn(checker.check(history), `${checker.name} of ${where}`),
    })),
  };
}

function refuseOptional({ mix, rare, finalOnce, finalSucceeds }: Fields, where: string): void {
  const functions = Object.keys(mix as object);
  if (rare !== undefined && !Array.isArray(rare)) throw new BadInput(`${where}: rare: a list of functions is needed`);
  for (const f of (rare ?? []) as readonly unknown[])
    if (!functions.includes(f as string))
      throw new BadInput(`${where}: rare: ${unknownName('function of its mix', String(f), functions)}`);
  for (const [name, flag] of Object.entries({ finalOnce, finalSucceeds }))
    if (flag !== undefined && flag !== true) throw new BadInput(`${where}: ${name}: it is true or left out`);
}

/** A history cannot be placed as an interface, which is several datatypes. */
function placedIn(value: unknown, where: string): NonNullable<Workload['placedAs']> {
  if (typeof value !== 'string') return datatypeIn(value, where);
  const names = datatypes.map(({ name }) => name);
  const name = names.find((one) => one === value);
  if (name === undefined) throw new BadInput(`${where}: ${unknownName('datatype', value, names)}`);
  return name;
}

type Fields = { readonly [F in keyof Workload]?: unknown };

const isText = (value: unknown) => typeof value === 'string' && value !== '';

function isShares(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const shares = Object.values(value) as unknown[];
  return shares.length > 0 && shares.every((share) => typeof share === 'number' && share >= 0);
}

function isCheckers(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(
    (one: { name?: unknown; check?: unknown } | null) => isText(one?.name) && typeof one?.check === 'function',
  );
}
