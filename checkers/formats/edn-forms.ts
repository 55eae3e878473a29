/** The forms of EDN that enclose others, and what a text means by its place in them. */
import { HistoryError } from './history-error.ts';

/** The forms that enclose others. */
export type FormKind = 'list' | 'vector' | 'map' | 'set' | 'tag' | 'discard' | 'metadata';

/** A form whose end has not come yet. */
export interface OpenForm {
  readonly kind: FormKind;
  readonly items: unknown[];
  readonly line: number;
  /** The namespace of a map's keys. */
  readonly tag?: string;
  /** The items of this top-level vector or list were handed out one by one. */
  streams?: true;
}

/** The form that each bracket opens. */
export const OPENING: Readonly<Record<string, FormKind>> = { '(': 'list', '[': 'vector', '{': 'map' };
const CLOSING: Readonly<Partial<Record<FormKind, string>>> = { list: ')', vector: ']', map: '}', set: '}' };
/** How messages name a form. */
export const OPENED: Readonly<Record<FormKind, string>> = {
  list: 'the list',
  vector: 'the vector',
  map: 'the map',
  set: 'the set',
  tag: 'the tag',
  discard: 'the "#_"',
  metadata: 'the metadata',
};

/** Whether this bracket ends the form. */
export function closes({ kind }: OpenForm, bracket: string): boolean {
  return CLOSING[kind] === bracket;
}

/** What is wrong with a bracket that does not end the innermost form, if there is one. */
export function notClosed(form: OpenForm | undefined, bracket: string): string {
  return form ? `"${bracket}" does not close ${OPENED[form.kind]} of line ${form.line}` : `"${bracket}" closes nothing`;
}

/**
 * Whether a text has its meaning by its place, and is no value: a map's key, a member of an
 * operation that every tool reads as a name, or the function of a micro-operation.
 */
export function isNameByPlace(stack: readonly OpenForm[], text: string): boolean {
  const frame = stack.at(-1);
  const items = frame?.items ?? [];
  if (frame?.kind === 'map') return items.length % 2 === 0 || NAMES.has(items.at(-1));
  if (frame?.kind !== 'vector' && frame?.kind !== 'list') return false;
  return (items.length === 0 && MICRO_OPERATIONS.has(text)) || (items.length < 3 && isOutermost(stack));
}

/** Whether what is open is an operation as a vector, by itself or in a vector of such. */
function isOutermost(stack: readonly OpenForm[]): boolean {
  const [first, second] = stack;
  return stack.length === 1 || (second !== undefined && stack.length === 2 && first?.kind !== 'map');
}

/**
 * The object of a map's keys and values. Throws a `HistoryError`
 * with `line` where a key has no value, or is there twice.
 */
export function mapOf({ items, tag, line: begun }: OpenForm, line: number): Record<string, unknown> {
  if (items.length % 2 === 1) throw new HistoryError(`the map of line ${begun} has a key without a value`, line);
  const map: Record<string, unknown> = {};
  for (let at = 0; at < items.length; at += 2) {
    const name = nameOf(items[at]);
    const key = tag === undefined ? name : name.includes('/') ? name.replace(/^_\//, '') : `${tag}/${name}`;
    if (Object.hasOwn(map, key)) throw new HistoryError(`the map of line ${begun} has "${key}" twice`, line);
    Object.defineProperty(map, key, { value: items[at + 1], enumerable: true, configurable: true, writable: true });
  }
  return map;
}

/** The members of an operation whose values are names, or are read as such. */
const NAMES: ReadonlySet<unknown> = new Set(['process', 'type', 'f', 'node', 'error']);

/** What a micro-operation may do. */
const MICRO_OPERATIONS: ReadonlySet<string> = new Set(
  'r w append read write rp wp insert delete send poll add cas get put inc'.split(' '),
);

/** A map that is an operation by itself. */
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'type');
}

/** A map's key as the name of a member. */
function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/**
 * The elements of a set in a fixed order, whatever order they
 * were printed in: numbers by size, everything else by its text.
 */
export function sortedSet(items: unknown[]): unknown[] {
  return items.sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}
