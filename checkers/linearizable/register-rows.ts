/** From a history's columns to the columns of the register engine: values become numbers, each of one key. */
import { type Columns, NEVER_COLUMN, OK } from '../history.ts';
import { Interner } from './intern.ts';
import { CAS, READ, type RegisterRows, WRITE } from './zones.ts';

/** The kind of a row that is no operation of registers. */
export const OTHER = 255;

/** The register engine's columns; `keys` counts the key of operations without one, which is the last. */
export function registerRows(columns: Columns, initial: unknown): RegisterRows {
  const kinds = columns.fNames.map((f) => (f === 'read' ? READ : f === 'write' ? WRITE : f === 'cas' ? CAS : OTHER));
  const kind = new Uint8Array(columns.length);
  let swaps = false;
  for (let row = 0; row < columns.length; row++) {
    kind[row] = kinds[columns.f[row]];
    if (kind[row] === CAS) swaps = true;
  }
  const { start, end, events } = denseTimes(columns);
  const keys = columns.keyNames.length + 1;
  const numbers =
    (swaps ? undefined : smallNumbers(columns, kind, keys, initial)) ?? anyNumbers(columns, kind, keys, initial);
  return { length: columns.length, kind, type: columns.type, start, end, events, keys, ...numbers };
}

type Numbers = Pick<RegisterRows, 'value' | 'old' | 'values' | 'keyOfValue' | 'initial'>;

/** The quick way, for small whole numbers: a key's values are a range of the numbers. `undefined` where values are of another kind, or too sparse. */
function smallNumbers(columns: Columns, kind: Uint8Array, keys: number, initial: unknown): Numbers | undefined {
  const { length, key, type, input, output } = columns;
  const largest = new Int32Array(keys).fill(-1);
  const value = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    if (kind[row] === READ && type[row] !== OK) continue;
    const number = small(kind[row] === READ ? output[row] : input[row], initial);
    if (number < -1) return undefined;
    value[row] = number;
    const k = key[row] < 0 ? keys - 1 : key[row];
    if (number > largest[k]) largest[k] = number;
  }
  const base = new Int32Array(keys);
  let values = 0;
  for (let k = 0; k < keys; k++) {
    base[k] = values;
    values += largest[k] + 2;
    if (values > 4 * length + 1024 + 2 * keys) return undefined;
  }
  for (let row = 0; row < length; row++) value[row] += base[key[row] < 0 ? keys - 1 : key[row]] + 1;
  const keyOfValue = new Int32Array(values);
  for (let k = 0; k < keys; k++) keyOfValue.fill(k, base[k], base[k] + largest[k] + 2);
  return { value, values, keyOfValue, initial: base };
}

/** A small whole number as itself, the initial value as -1, anything else as -2. */
function small(observed: unknown, initial: unknown): number {
  if (observed === initial || (observed ?? null) === initial) return -1;
  return typeof observed === 'number' && (observed | 0) === observed && observed >= 0 ? observed : -2;
}

/** The general way: any JSON, by a table of pairs of key and value. */
function anyNumbers(columns: Columns, kind: Uint8Array, keys: number, initial: unknown): Numbers {
  const { length, key, type, input, output } = columns;
  const interner = new Interner();
  const ofKey: Map<number, number>[] = Array.from({ length: keys }, () => new Map());
  const keyOf: number[] = [];
  const number = (k: number, observed: unknown): number => {
    const id = interner.id(observed);
    let v = ofKey[k].get(id);
    if (v === undefined) {
      v = keyOf.length;
      ofKey[k].set(id, v);
      keyOf.push(k);
    }
    return v;
  };
  const first = Int32Array.from({ length: keys }, (_, k) => number(k, initial));
  const value = new Int32Array(length);
  const old = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const k = key[row] < 0 ? keys - 1 : key[row];
    if (kind[row] === READ) value[row] = type[row] === OK ? number(k, output[row]) : first[k];
    else if (kind[row] === WRITE) value[row] = number(k, input[row]);
    else if (kind[row] === CAS) {
      const [expected, next] = input[row] as readonly [unknown, unknown];
      old[row] = number(k, expected);
      value[row] = number(k, next);
    }
  }
  const numbers = { value, values: keyOf.length, keyOfValue: Int32Array.from(keyOf), initial: first };
  return kind.includes(CAS) ? { ...numbers, old } : numbers;
}

/** Event indices that leave few gaps: those of the history, or their ranks where it is a small part of a larger one. */
function denseTimes(columns: Columns): Pick<RegisterRows, 'start' | 'end' | 'events'> {
  const { length, start, end } = columns;
  let latest = -1;
  for (let row = 0; row < length; row++) {
    if (start[row] > latest) latest = start[row];
    if (end[row] > latest && end[row] !== NEVER_COLUMN) latest = end[row];
  }
  if (latest < 8 * length + 1024) return { start, end, events: latest + 1 };
  const times = new Int32Array(2 * length);
  times.set(start.subarray(0, length));
  times.set(end.subarray(0, length), length);
  times.sort();
  const rank = (time: number): number => (time === NEVER_COLUMN ? NEVER_COLUMN : lowerBound(times, time));
  return { start: start.slice(0, length).map(rank), end: end.slice(0, length).map(rank), events: 2 * length };
}

function lowerBound(sorted: Int32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
