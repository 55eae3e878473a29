/** From a history's columns to the columns of the register engine: values become numbers, each of one key. */
import { type Columns, NEVER_COLUMN, OK } from '../history.ts';
import { register } from '../models/register.ts';
import { refusalsIn } from '../refusals.ts';
import { countBelow } from './bounds.ts';
import { Interner } from './intern.ts';
import { CAS, READ, REFUSED, type RegisterRows, WRITE } from './register-columns.ts';
import { Pairs } from './tuples.ts';

/** The kind of a row that is no operation of registers. */
const OTHER = 255;

/** The register engine's columns; `keys` counts the key of operations without one, which is the last. */
export function registerRows(columns: Columns, initial: unknown): RegisterRows {
  const kinds = columns.fNames.map((f) => (f === 'read' ? READ : f === 'write' ? WRITE : f === 'cas' ? CAS : OTHER));
  const kind = new Uint8Array(columns.length);
  for (let row = 0; row < columns.length; row++) kind[row] = kinds[columns.f[row]];
  for (const row of refusalsIn(columns, register)) kind[row] = REFUSED;
  const { start, end, events } = denseTimes(columns);
  const keys = columns.keyNames.length + 1;
  const numbers = smallNumbers(columns, kind, keys, initial) ?? anyNumbers(columns, kind, keys, initial);
  return { length: columns.length, kind, type: columns.type, start, end, events, keys, ...numbers };
}

type Numbers = Pick<RegisterRows, 'value' | 'old' | 'values' | 'keyOfValue' | 'initial'>;

/** Values as they are in the history, where all are small whole numbers: the initial value is -1. */
interface Plain {
  readonly value: Int32Array;
  readonly old: Int32Array | undefined;
}

/** The quick way, without any table, where values are small whole numbers: `undefined` where they are not. */
function smallNumbers(columns: Columns, kind: Uint8Array, keys: number, initial: unknown): Numbers | undefined {
  const plain = plainValues(columns, kind, initial);
  if (plain === undefined) return undefined;
  const room = 4 * columns.length + 1024 + 2 * keys;
  return rangesByKey(columns, plain, keys, room) ?? sharedNumbers(columns, plain, keys, room);
}

function plainValues(columns: Columns, kind: Uint8Array, initial: unknown): Plain | undefined {
  const { length, type, input, output } = columns;
  const value = new Int32Array(length).fill(-1);
  const old = kind.includes(CAS) || kind.includes(REFUSED) ? new Int32Array(length).fill(-1) : undefined;
  for (let row = 0; row < length; row++) {
    if (kind[row] === READ && type[row] !== OK) continue;
    let observed = kind[row] === READ ? output[row] : input[row];
    if (old && (kind[row] === CAS || kind[row] === REFUSED)) {
      const [expected, next] = observed as readonly [unknown, unknown];
      old[row] = small(expected, initial);
      if (old[row] < -1) return undefined;
      observed = next;
    }
    value[row] = small(observed, initial);
    if (value[row] < -1) return undefined;
  }
  return { value, old };
}

/** A small whole number as itself, the initial value as -1, anything else as -2. */
function small(observed: unknown, initial: unknown): number {
  if (observed === initial || (observed ?? null) === initial) return -1;
  return typeof observed === 'number' && (observed | 0) === observed && observed >= 0 ? observed : -2;
}

/** A key's values are a range of the numbers, if that does not take too much room. Changes `plain` in place. */
function rangesByKey(columns: Columns, plain: Plain, keys: number, room: number): Numbers | undefined {
  const { length, key } = columns;
  const { value, old } = plain;
  const largest = new Int32Array(keys).fill(-1);
  for (let row = 0; row < length; row++) {
    const k = key[row] < 0 ? keys - 1 : key[row];
    if (value[row] > largest[k]) largest[k] = value[row];
    if (old !== undefined && old[row] > largest[k]) largest[k] = old[row];
  }
  const base = new Int32Array(keys);
  let values = 0;
  for (let k = 0; k < keys; k++) {
    base[k] = values;
    values += largest[k] + 2;
    if (values > room) return undefined;
  }
  for (let row = 0; row < length; row++) {
    const offset = base[key[row] < 0 ? keys - 1 : key[row]] + 1;
    value[row] += offset;
    if (old) old[row] += offset;
  }
  const keyOfValue = new Int32Array(values);
  for (let k = 0; k < keys; k++) keyOfValue.fill(k, base[k], base[k] + largest[k] + 2);
  return { value, values, keyOfValue, initial: base, ...(old ? { old } : {}) };
}

/** All keys share the numbers, where no value occurs on two of them. Changes `plain` in place, in that case only. */
function sharedNumbers(columns: Columns, plain: Plain, keys: number, room: number): Numbers | undefined {
  const { value, old } = plain;
  const largest = Math.max(most(value), old ? most(old) : -1);
  const values = largest + 1 + keys;
  if (values > room) return undefined;
  const keyOfValue = new Int32Array(values).fill(-1);
  const owner = new Int32Array(columns.length);
  for (let row = 0; row < columns.length; row++) owner[row] = columns.key[row] < 0 ? keys - 1 : columns.key[row];
  if (!claim(keyOfValue, value, owner) || (old && !claim(keyOfValue, old, owner))) return undefined;
  const initial = Int32Array.from({ length: keys }, (_, k) => largest + 1 + k);
  for (let k = 0; k < keys; k++) keyOfValue[initial[k]] = k;
  for (let row = 0; row < columns.length; row++) if (value[row] < 0) value[row] = initial[owner[row]];
  for (let row = 0; old !== undefined && row < columns.length; row++) if (old[row] < 0) old[row] = initial[owner[row]];
  for (let v = 0; v <= largest; v++) if (keyOfValue[v] < 0) keyOfValue[v] = 0;
  return { value, values, keyOfValue, initial, ...(old ? { old } : {}) };
}

/** Gives each value to the key of its rows; false where two keys want one. */
function claim(keyOfValue: Int32Array, value: Int32Array, owner: Int32Array): boolean {
  for (let row = 0; row < value.length; row++) {
    const v = value[row];
    if (v < 0 || keyOfValue[v] === owner[row]) continue;
    if (keyOfValue[v] >= 0) return false;
    keyOfValue[v] = owner[row];
  }
  return true;
}

function most(numbers: Int32Array): number {
  let largest = -1;
  for (let i = 0; i < numbers.length; i++) if (numbers[i] > largest) largest = numbers[i];
  return largest;
}

/** The general way: any JSON, by a table of pairs of key and value. */
function anyNumbers(columns: Columns, kind: Uint8Array, keys: number, initial: unknown): Numbers {
  const { length, key, type, input, output } = columns;
  const interner = new Interner();
  const known = new Pairs();
  const keyOf: number[] = [];
  const number = (k: number, observed: unknown): number => {
    const id = interner.id(observed);
    const before = known.get(k, id, -1);
    if (before >= 0) return before;
    known.set(k, id, keyOf.length);
    return keyOf.push(k) - 1;
  };
  const first = Int32Array.from({ length: keys }, (_, k) => number(k, initial));
  const value = new Int32Array(length);
  const old = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const k = key[row] < 0 ? keys - 1 : key[row];
    if (kind[row] === READ) value[row] = type[row] === OK ? number(k, output[row]) : first[k];
    else if (kind[row] === WRITE) value[row] = number(k, input[row]);
    else if (kind[row] === CAS || kind[row] === REFUSED) {
      const [expected, next] = input[row] as readonly [unknown, unknown];
      old[row] = number(k, expected);
      value[row] = number(k, next);
    }
  }
  const numbers = { value, values: keyOf.length, keyOfValue: Int32Array.from(keyOf), initial: first };
  return kind.includes(CAS) || kind.includes(REFUSED) ? { ...numbers, old } : numbers;
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
  const rank = (time: number): number => (time === NEVER_COLUMN ? NEVER_COLUMN : countBelow(times, time));
  return { start: start.slice(0, length).map(rank), end: end.slice(0, length).map(rank), events: 2 * length };
}
