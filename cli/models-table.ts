/** The smallest histories that tell models apart, as `models.json` has them: `npm run models` makes it. */
import { readFileSync } from 'node:fs';
import {
  type Datatype,
  datatypes,
  type History,
  historyOf,
  NEVER,
  type Operation,
  provenPairs,
  weakerOf,
} from 'elle-ts';

/** What was looked through, and the histories that tell models of a datatype apart. */
export interface Told {
  readonly tried: readonly { readonly says: string; readonly histories: number }[];
  /** With, for each model that allows it, those that forbid it and no smaller history tells from that. */
  readonly histories: readonly {
    readonly operations: readonly WrittenOperation[];
    readonly apart: Readonly<Record<string, readonly string[]>>;
  }[];
}

type WrittenOperation = Omit<Operation, 'outcome' | 'end' | 'startNs' | 'endNs'> & {
  readonly type: 'ok' | 'info' | 'fail';
  readonly output?: unknown;
  readonly end: number | null;
};

/** By datatype. */
export type ModelTable = Readonly<Record<string, Told>>;

const MS = 1e6;

/** The history of these operations; an event is a millisecond. */
export function historyFrom(operations: readonly WrittenOperation[]): History {
  const last = Math.max(...operations.map(({ start, end }) => Math.max(start, end ?? 0))) + 1;
  return historyOf(
    operations.map(({ type, output, end, ...rest }): Operation => {
      const outcome = type === 'ok' ? { type, output } : { type, error: type === 'info' ? 'timeout' : 'refused' };
      const times = { end: end ?? NEVER, startNs: rest.start * MS, endNs: (end ?? last) * MS };
      return { ...rest, outcome, ...times } as unknown as Operation;
    }),
  );
}

/** Reads the table that is built in. */
export function readTable(): ModelTable {
  return JSON.parse(readFileSync(new URL('../../models.json', import.meta.url), 'utf8')) as ModelTable;
}

/** What is known of two models of a datatype: a history, an arrow, or a proof that there is no history. */
export type Relation =
  | { readonly by: 'history'; readonly history: History }
  | { readonly by: 'arrows'; readonly path: readonly string[] }
  | { readonly by: 'proof'; readonly because: string };

/** What tells that the first model allows a history that the second forbids, or why there is none. */
export function relationOf(
  table: ModelTable,
  datatype: Datatype,
  allows: string,
  forbids: string,
): Relation | undefined {
  const told = table[datatype.name]?.histories.find(({ apart }) => apart[allows]?.includes(forbids));
  if (told) return { by: 'history', history: historyFrom(told.operations) };
  if (weakerOf(datatype, allows).includes(forbids)) return { by: 'arrows', path: pathOf(datatype, allows, forbids) };
  const proof = provenPairs.find(
    (pair) =>
      pair.datatypes.includes(datatype.name) &&
      (pair.allows?.includes(allows) ?? true) &&
      pair.forbids.includes(forbids),
  );
  return proof && { by: 'proof', because: proof.because };
}

/** The models of the datatype that the model implies at once, or that imply it at once. */
export function neighboursOf(
  datatype: Datatype,
  model: string,
): { readonly weaker: string[]; readonly stronger: string[] } {
  const names = Object.keys(datatype.models);
  const below = (name: string): string[] =>
    weakerOf(datatype, name).filter((one) => one !== name && names.includes(one));
  const direct = (name: string): string[] => {
    const all = below(name);
    return all.filter((one) => !all.some((other) => other !== one && below(other).includes(one)));
  };
  return { weaker: direct(model), stronger: names.filter((name) => direct(name).includes(model)) };
}

/** The arrows from a model down to another. */
function pathOf(datatype: Datatype, from: string, to: string): string[] {
  if (from === to) return [from];
  const next = neighboursOf(datatype, from).weaker.find((one) => weakerOf(datatype, one).includes(to));
  return next === undefined ? [from, to] : [from, ...pathOf(datatype, next, to)];
}

/** The datatypes that are judged against several models. */
export const severalModels: readonly Datatype[] = datatypes.filter(({ models }) => Object.keys(models).length > 1);
