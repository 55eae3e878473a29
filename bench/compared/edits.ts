/** Edits for each datatype that libraries are compared by: each leaves a trace, so that what is left can be counted. */
import type { DatatypeName } from 'elle-ts';

/** An edit as a call: its function and input, and the key where each edit has one of its own. */
interface Edit {
  readonly f: string;
  readonly input: unknown;
  readonly key: string;
}

export interface Edits {
  readonly datatype: DatatypeName;
  /** The n-th of edits that none replaces. */
  apart(n: number): Edit;
  /** The n-th of edits of one thing, by whomever. */
  together(n: number): Edit;
  /** Which of the first edits made apart are in what was read, by key; of a counter the first, as many as it counts. */
  left(count: number, read: ReadonlyMap<string, unknown>): readonly number[];
}

const KEY = 'k0';
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** What an answer shows, without the version that designs of ours put beside it. */
export function shownIn(output: unknown): unknown {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const { value, values } = output as { readonly value?: unknown; readonly values?: unknown };
  return value === undefined ? values : value;
}

/** All in one list or set. */
const inOne = (datatype: DatatypeName, edit: (n: number) => Omit<Edit, 'key'>): Edits => {
  const at = (n: number): Edit => ({ ...edit(n), key: KEY });
  return {
    datatype,
    apart: at,
    together: at,
    left: (count, read) => upTo(count).filter((n) => (shownIn(read.get(KEY)) as readonly unknown[]).includes(n)),
  };
};

/** Each in an entry of its own, or all in one. */
const inEach = (datatype: DatatypeName): Edits => {
  const at = (n: number, key: string): Edit => ({ f: 'write', input: n, key });
  return {
    datatype,
    apart: (n) => at(n, `k${n}`),
    together: (n) => at(n, KEY),
    left: (count, read) => upTo(count).filter((n) => [shownIn(read.get(`k${n}`))].flat().includes(n)),
  };
};

const add: Edit = { f: 'add', input: 1, key: KEY };

/** By datatype, in the order in which they are compared. */
export const EDITS: readonly Edits[] = [
  inOne('list', (n) => ({ f: 'insert', input: { value: n, after: null } })),
  inEach('lww-map'),
  inOne('or-set', (n) => ({ f: 'add', input: n })),
  inEach('mv-register'),
  {
    datatype: 'pn-counter',
    apart: () => add,
    together: () => add,
    left: (count, read) => upTo(Math.min(count, shownIn(read.get(KEY)) as number)),
  },
];
