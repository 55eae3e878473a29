import { type Operations, OUTCOMES } from './operations.ts';

/** The words that a search understands before a colon; all else is looked for in every text of an operation. */
const FIELDS = ['process', 'key', 'f', 'outcome', 'node', 'error', 'op'] as const;
type Field = (typeof FIELDS)[number];

/** What a search found: `mask[row]` is 1 where the operation matches. No mask where nothing is asked for. */
export interface Found {
  readonly mask: Uint8Array | undefined;
  readonly count: number;
}

/**
 * The operations that match every word of the search: `key:x f:write outcome:info node:n2 process:3` or any text.
 * One pass over the columns a word; texts are searched as bytes.
 */
export function find(ops: Operations, search: string): Found {
  const words = search.match(/[^\s":]+:"[^"]*"|"[^"]*"|\S+/g) ?? [];
  if (words.length === 0) return { mask: undefined, count: ops.length };
  const mask = new Uint8Array(ops.length).fill(1);
  for (const word of words) {
    const matches = matching(ops, word);
    for (let row = 0; row < mask.length; row++) mask[row]! &= matches[row]!;
  }
  let count = 0;
  for (const bit of mask) count += bit;
  return { mask, count };
}

function matching(ops: Operations, word: string): Uint8Array {
  const colon = word.indexOf(':');
  const field = word.slice(0, Math.max(colon, 0)) as Field;
  const text = unquoted(word.slice(colon + 1));
  if (FIELDS.includes(field) && text !== '') return matchingField(ops, field, text);
  if (/^#(op-)?\d+$/.test(word)) return matchingField(ops, 'op', word.replace(/\D/g, ''));
  return matchingAny(ops, unquoted(word));
}

function matchingField(ops: Operations, field: Field, text: string): Uint8Array {
  const { columns } = ops;
  const matches = new Uint8Array(ops.length);
  const equal = (column: ArrayLike<number>, wanted: (value: number) => boolean) => {
    for (let row = 0; row < matches.length; row++) if (wanted(column[row]!)) matches[row] = 1;
  };
  if (field === 'process') equal(columns.process, (value) => value === Number(text));
  if (field === 'op') equal(columns.start, (value) => value === Number(text));
  if (field === 'outcome') equal(columns.type, (value) => OUTCOMES[value] === text);
  if (field === 'f')
    equal(
      columns.f,
      within(columns.fNames, (name) => name === text),
    );
  if (field === 'key')
    equal(
      columns.key,
      within(columns.keyNames, (name) => name === text),
    );
  if (field === 'node')
    equal(
      columns.node,
      within(columns.nodeNames, (name) => name === text),
    );
  if (field === 'error')
    equal(
      columns.error,
      within(['', ...columns.errors], (name) => includes(name, text)),
    );
  return matches;
}

function matchingAny(ops: Operations, text: string): Uint8Array {
  const { columns } = ops;
  const matches = new Uint8Array(ops.length);
  const f = within(columns.fNames, (name) => includes(name, text));
  const key = within(columns.keyNames, (name) => includes(name, text));
  const node = within(columns.nodeNames, (name) => includes(name, text));
  const error = within(['', ...columns.errors], (name) => includes(name, text));
  for (let row = 0; row < matches.length; row++) {
    if (f(columns.f[row]!) || key(columns.key[row]!) || node(columns.node[row]!) || error(columns.error[row]!))
      matches[row] = 1;
  }
  ops.findText(text, matches);
  return matches;
}

function within(names: readonly string[], wanted: (name: string) => boolean): (place: number) => boolean {
  const places = new Set(names.flatMap((name, place) => (wanted(name) ? [place] : [])));
  return (place) => places.has(place);
}

function includes(name: string, text: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase());
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
}
