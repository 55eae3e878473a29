import { OK } from '../history.ts';
import type { HistoryBuilder } from '../history-builder.ts';
import { sameJson } from './json.ts';
import { Names } from './names.ts';

/**
 * Functions of objects that tools keep many of, under keys. Those that return what was there return it with its key.
 */
const RETURNING = ['read', 'get', 'contains', 'dequeue', 'pop'];
/** These return nothing, or an acknowledgement without a key. Locks are taken and given back without a value. */
const UPDATING = [
  ...['write', 'cas', 'put', 'set', 'invalidate', 'append', 'add', 'remove', 'inc', 'increment', 'dec', 'decrement'],
  ...['enqueue', 'push', 'acquire', 'renew', 'release'],
];
const KEYED = new Set([...RETURNING, ...UPDATING]);
const UPDATES = new Set(UPDATING);

/** Functions of registers: what they write is no list. */
const WRITES = new Set(['write', 'cas']);

/** Functions of texts: a pair is never one. */
const TEXTS = new Set(['get', 'put', 'append']);

/**
 * Jepsen writes an operation on one of many objects with a value `[key, value]`, where we have a key
 * of its own. Where every operation of the history is written so, keys and values are taken apart.
 *
 * A `cas` of an object without a key is a pair too, and so may be the elements of a set: the history
 * is keyed only if what is read is asked for with its key (`[key, nil]`) or returned with the same
 * one, if something is written, which is never a pair without a key, or if values are texts.
 * What updates return may have no key: a `true`, say, or a `false` where they did not happen.
 */
export function splitKeys(history: HistoryBuilder): void {
  if (!isKeyed(history)) return;
  const { input, output, type, length } = history;
  const names = new Names();
  for (let row = 0; row < length; row++) {
    const [key, value] = input[row] as [unknown, unknown];
    history.setKey(row, names.ofKey(key));
    input[row] = value;
    const answer = output[row];
    if (type[row] === OK && isPair(answer)) output[row] = answer[1];
  }
}

function isKeyed({ length, fNames, keyNames, f, type, input, output }: HistoryBuilder): boolean {
  if (length === 0 || keyNames.length > 0 || !fNames.every((name) => KEYED.has(name))) return false;
  let asked = fNames.every((name) => TEXTS.has(name));
  for (let row = 0; row < length; row++) {
    const name = fNames[f[row] as number] as string;
    const given = input[row];
    if (!isPair(given)) return false;
    if (name === 'cas' && !isPair(given[1])) return false;
    const answer = type[row] === OK ? output[row] : null;
    asked ||= given[1] === null || WRITES.has(name) || (isPair(answer) && !sameJson(answer, given));
    const alone = answer === null || (UPDATES.has(name) && typeof answer !== 'object');
    if (!alone && !(isPair(answer) && answer[0] === given[0])) return false;
  }
  return asked;
}

function isPair(value: unknown): value is [string | number, unknown] {
  return Array.isArray(value) && value.length === 2 && (typeof value[0] === 'string' || typeof value[0] === 'number');
}
