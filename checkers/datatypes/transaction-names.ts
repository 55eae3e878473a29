/**
 * Jepsen leaves it to a test how it calls its transactions: `:f`
 * may be anything where the value is a list of micro-operations.
 */
import type { History } from '../history.ts';
import { historyLike } from '../history-builder.ts';
import type { Datatype } from './datatype.ts';
import { isMops } from './micro-operations.ts';

/**
 * The history with functions that the datatype does not have, and whose calls are all transactions, called `txn`. O(n).
 */
export function withTransactions(history: History, { functions }: Pick<Datatype, 'functions'>): History {
  if (!functions.txn?.micro) return history;
  return called(history, (name) => !Object.hasOwn(functions, name));
}

/**
 * The same before the datatype is known: where all functions are
 * transactions, but for groups of registers, which are read and written.
 */
export function asTransactions(history: History): History {
  const { fNames } = history.columns;
  if (fNames.every((name) => KNOWN.has(name)) && !appends(history)) return history;
  const renamed = called(history, (name) => name !== 'txn');
  return renamed.columns.fNames.every((name) => name === 'txn') ? renamed : history;
}

const KNOWN = new Set(['read', 'write', 'send', 'poll', 'txn', 'init']);

function appends({ length, columns }: History): boolean {
  for (let row = 0; row < length; row++) {
    const value = columns.input[row];
    if (isMops(value) && value.some(([kind]) => kind === 'append')) return true;
  }
  return false;
}

function called(history: History, mayBe: (name: string) => boolean): History {
  const { fNames, f, input, output } = history.columns;
  const places = new Set(fNames.flatMap((name, place) => (mayBe(name) ? [place] : [])));
  if (places.size === 0) return history;
  for (let row = 0; row < history.length; row++)
    if (places.has(f[row]) && !isMops(input[row] ?? output[row])) places.delete(f[row]);
  if (places.size === 0) return history;
  const names = [...new Set(fNames.map((name, place) => (places.has(place) ? 'txn' : name)))];
  const place = fNames.map((name, at) => names.indexOf(places.has(at) ? 'txn' : name));
  const renamed = f.slice(0, history.length);
  for (let row = 0; row < renamed.length; row++) renamed[row] = place[renamed[row]];
  return historyLike(history, { f: renamed, fNames: names });
}
