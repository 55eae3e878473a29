/** How anomalies describe operations. */
import { type Columns, FAIL, NEVER_COLUMN, OK } from '../history.ts';

/** A value as JSON, cut where it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** Who did what, in the past tense: `process 3 read 5 at n2`. */
function phrase(columns: Columns, row: number): string {
  return inWords(columns, row, '');
}

/** The same with the key: `process 3 read 5 of key "x" at n2`. */
export function phraseWithKey(columns: Columns, row: number): string {
  return inWords(columns, row, ofKey(columns, columns.key[row]));
}

function inWords(columns: Columns, row: number, key: string): string {
  const where = key + (columns.node[row] < 0 ? '' : ` at ${columns.nodeNames[columns.node[row]]}`);
  const who = `process ${columns.process[row]}`;
  const input = columns.input[row];
  if (columns.type[row] === FAIL)
    return `${who}'s ${call(columns, row)}${where} ${refused(columns, row) ?? `failed with ${columns.error.get(row)}`}`;
  if (columns.type[row] !== OK)
    return `${who} called ${call(columns, row)}${where} and never learned what became of it`;
  const output = columns.output[row] ?? null;
  const f = columns.fNames[columns.f[row]];
  if (f === 'read' && (input ?? null) === null) return `${who} read ${show(output)}${where}`;
  if (f === 'write') return `${who} wrote ${show(input)}${where}`;
  if (f === 'cas')
    return `${who} swapped ${show((input as unknown[])[0])} for ${show((input as unknown[])[1])}${where}`;
  const found = output !== null || OBSERVING.has(f) ? `returned ${show(output)}` : 'returned';
  return `${who}'s ${call(columns, row)}${where} ${found}`;
}

/** Functions whose null says that nothing was there. */
const OBSERVING: ReadonlySet<string> = new Set(['get', 'dequeue', 'pop', 'poll']);

/** Who did what, and its place in the history: `process 3 read 5 (from 4 to 7)`. */
export function placed(columns: Columns, row: number): string {
  return `${phrase(columns, row)} ${span(columns, row)}`;
}

/** The same with the key, for operations of several. */
export function placedWithKey(columns: Columns, row: number): string {
  return `${phraseWithKey(columns, row)} ${span(columns, row)}`;
}

function span({ start, end }: Columns, row: number): string {
  return `(from ${start[row]} to ${end[row] === NEVER_COLUMN ? 'the end' : end[row]})`;
}

/** ` of key x`, or nothing where operations have no key. */
export function ofKey(columns: Columns, key: number): string {
  return key >= 0 && key < columns.keyNames.length ? ` of key ${show(columns.keyNames[key])}` : '';
}

/**
 * What a refusal found, as a verb: `found another value than 1 (failed with mismatch)`;
 * `undefined` where the error is none of ours.
 */
export function refused(columns: Columns, row: number): string | undefined {
  const error = columns.error.get(row) ?? '';
  const input = columns.input[row];
  const found = FOUND.get(error)?.(show(Array.isArray(input) ? input[0] : input));
  return found === undefined ? undefined : `${found} (failed with ${error})`;
}

/** What each refusal says of the state. */
const FOUND: ReadonlyMap<string, (text: string) => string> = new Map([
  ['mismatch', (old: string) => `found another value than ${old}`],
  ['empty', () => 'found nothing inside'],
  ['held', () => 'found it held'],
  ['present', (element: string) => `found ${element} inside already`],
  ['absent', (element: string) => `did not find ${element} inside`],
]);

function call(columns: Columns, row: number): string {
  const input = columns.input[row];
  return `${columns.fNames[columns.f[row]]}(${(input ?? null) === null ? '' : show(input)})`;
}
