/**
 * What a datatype's operations must look like. A history that does not is an error with the operation's index, before anything is judged: no checker
 * can say what a swap of `5` means, and none should have to ask.
 */
import { type History, OK } from '../history.ts';
import { isMap, isNumber } from './shapes.ts';

/** In words what a value must be, where it is something else. */
type Want = (value: unknown) => string | undefined;

/** By function: what its input must be, and its output where it was answered. */
export type Wants = Readonly<Record<string, { readonly input?: Want; readonly output?: Want }>>;

/** The first operation that is not as it must be: its row, and what is wrong in words. */
export function unwanted({ columns }: History, wants: Wants): { row: number; what: string } | undefined {
  const { f, fNames, type, input, output } = columns;
  const byPlace = fNames.map((name) => wants[name]);
  for (let row = 0; row < columns.length; row++) {
    const want = byPlace[f[row] as number];
    if (!want) continue;
    const asked = want.input?.(input[row]);
    if (asked !== undefined) return { row, what: `takes ${asked}, and not ${shown(input[row])}` };
    const told = type[row] === OK ? want.output?.(output[row]) : undefined;
    if (told !== undefined) return { row, what: `answers ${told}, and not ${shown(output[row])}` };
  }
  return undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const want =
  (what: string, is: (value: unknown) => boolean): Want =>
  (value) =>
    is(value) ? undefined : what;

const number = want('a number', Number.isFinite);
const text = want('a text', (value) => typeof value === 'string');
const truth = want('true or false', (value) => typeof value === 'boolean');
const list = want('a list', Array.isArray);
const swap = want('[old, new]', (value) => Array.isArray(value) && value.length === 2);
/** Replicas may show `{ value, version }`; null says that nothing is known of what a read showed. */
const shownList = want(
  'a list',
  (value) => value === null || Array.isArray(value) || isVersioned(value, Array.isArray),
);
const shownNumber = want('a number', (value) => isNumber(value) || isVersioned(value, isNumber));

function isVersioned(value: unknown, is: (value: unknown) => boolean): boolean {
  return isMap(value) && is((value as { value?: unknown }).value);
}

/** A list of lists that begin with one of these words. */
function micro(what: string, words: readonly string[]): Want {
  return want(what, (value) => Array.isArray(value) && value.every((mop) => isMop(mop, words)));
}

function isMop(mop: unknown, words: readonly string[]): boolean {
  return Array.isArray(mop) && words.includes(mop[0] as string) && (mop[0] === 'poll' || isName(mop[1]));
}

function isName(key: unknown): boolean {
  return typeof key === 'string' || typeof key === 'number';
}

const registerMops = micro('a list of ["r", key, value] and ["w", key, value]', ['r', 'w']);

export const wantsOfRegisters: Wants = { cas: { input: swap } };
export const wantsOfTexts: Wants = { put: { input: text }, append: { input: text } };
export const wantsOfCounters: Wants = { add: { input: number }, read: { output: shownNumber } };
export const wantsOfNumbers: Wants = { enqueue: { input: number } };
export const wantsOfSets: Wants = { read: { output: shownList }, contains: { output: truth } };
export const wantsOfComments: Wants = { read: { output: list } };
export const wantsOfDrains: Wants = { drain: { output: list } };
export const wantsOfMops: Wants = { txn: { input: registerMops, output: registerMops } };
export const wantsOfGroups: Wants = {
  read: { output: registerMops },
  write: {
    input: registerMops,
    output: want('a list of ["w", key, value]', (value) => value === null || registerMops(value) === undefined),
  },
  txn: { input: registerMops, output: registerMops },
};
export const wantsOfLists: Wants = {
  insert: { input: want('{ value, after }', (value) => isMap(value) && 'value' in (value as object)) },
  read: { output: shownList },
};

const rows = want('a map of rows', isMap);
const predicateMops = want(
  'a list of ["r" | "w" | "insert", key, value], ["delete", key] and ["rp", "true" | ["=", value] | ["mod", n, m], rows]',
  (value) =>
    Array.isArray(value) && value.every((mop) => isMop(mop, ['r', 'w', 'insert', 'delete']) || isPredicateRead(mop)),
);

function isPredicateRead(mop: unknown): boolean {
  if (!Array.isArray(mop) || mop[0] !== 'rp') return false;
  const [, predicate, found] = mop as readonly unknown[];
  if (found !== null && found !== undefined && !isMap(found)) return false;
  if (predicate === 'true') return true;
  if (!Array.isArray(predicate)) return false;
  return predicate[0] === '=' ? predicate.length === 2 : predicate[0] === 'mod' && predicate.slice(1).every(isNumber);
}

export const wantsOfPredicates: Wants = { init: { input: rows }, txn: { input: predicateMops, output: predicateMops } };

const logMops = micro('a list of ["send", key, message] and ["poll"]', ['send', 'poll']);
const polledMops = want(
  'a list of ["send", key, [offset, message]] and ["poll", { key: [[offset, message], ...] }]',
  (value) =>
    Array.isArray(value) &&
    value.every((mop) => isMop(mop, ['send', 'poll']) && (mop[0] !== 'poll' || isPolled(mop[1]))),
);

function isPolled(messages: unknown): boolean {
  if (messages === undefined || messages === null) return true;
  return isMap(messages) && Object.values(messages as object).every(isMessages);
}

function isMessages(messages: unknown): boolean {
  return Array.isArray(messages) && messages.every((pair) => Array.isArray(pair) && isNumber(pair[0]));
}

const wantsOfLogs: Wants = { txn: { input: logMops, output: polledMops } };

/** Logs: with a key, one message; without, micro-operations. What did not succeed may have told something all the same. */
export function unwantedOfLogs(history: History): { row: number; what: string } | undefined {
  const { columns } = history;
  const wrong = unwanted(history, wantsOfLogs);
  if (wrong) return wrong;
  for (let row = 0; row < columns.length; row++) {
    const f = columns.fNames[columns.f[row] as number] as string;
    const told = columns.output[row];
    if (!['send', 'poll', 'txn'].includes(f) || told === undefined || told === null) continue;
    const single = columns.key[row] >= 0 && f !== 'txn';
    const right = single ? f === 'send' || isMessages(told) : polledMops(told) === undefined;
    if (!right) return { row, what: `answers messages with their offsets, and not ${shown(told)}` };
  }
  return undefined;
}
