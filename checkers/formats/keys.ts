import { type HistoryBuilder, OK } from '../history.ts';
import { Names } from './names.ts';

/** Functions of objects that tools keep many of, under keys. */
const KEYED = new Set(
  'read write cas get put append add remove contains inc increment dec decrement enqueue dequeue'.split(' '),
);

/** Functions of registers: what they write is no list. */
const WRITES = new Set(['write', 'cas']);

/** Functions of texts: a pair is never one. */
const TEXTS = new Set(['get', 'put', 'append']);

/**
 * Jepsen writes an operation on one of many objects with a value `[key, value]`, where we have a key of its own. Where every operation of
 * the history is written so, keys and values are taken apart.
 *
 * A `cas` of an object without a key is a pair too, and so may be the elements of a set: the history is keyed only if what is read is
 * asked for with its key (`[key, nil]`) and returned with the same one, if something is written, which is never a pair without a
 * key, or if values are texts.
 */
export function splitKeys(history: HistoryBuilder): void {
  if (!isKeyed(history)) return;
  const { input, output, type, length } = history;
  const names = new Names();
  for (let row = 0; row < length; row++) {
    const [key, value] = input[row] as [unknown, unknown];
    history.setKey(row, names.ofKey(key));
    input[row] = value;
    if (type[row] === OK && output[row] !== null) output[row] = (output[row] as [unknown, unknown])[1];
  }
}

function isKeyed({ length, fNames, keyNames, f, type, input, output }: HistoryBuilder): boolean {
  if (length === 0 || keyNames.length > 0 || !fNames.every((name) => KEYED.has(name))) return false;
  let asked = fNames.every((name) => TEXTS.has(name));
  for (let row = 0; row < length; row++) {
    const given = input[row];
    if (!isPair(given)) return false;
    if (fNames[f[row] as number] === 'cas' && !isPair(given[1])) return false;
    asked ||= given[1] === null || WRITES.has(fNames[f[row] as number] as string);
    const answer = type[row] === OK ? output[row] : null;
    if (answer !== null && !(isPair(answer) && answer[0] === given[0])) return false;
  }
  return asked;
}

function isPair(value: unknown): value is [string | number, unknown] {
  return Array.isArray(value) && value.length === 2 && (typeof value[0] === 'string' || typeof value[0] === 'number');
}
