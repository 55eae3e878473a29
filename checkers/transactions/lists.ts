/** The columns of a history of list transactions, from which its graph of dependencies is built. */
import type { History } from '../history.ts';
import { Pairs } from '../linearizable/tuples.ts';
import { mopsOf, plain, type Transactions, WRITE } from './transactions-of.ts';

/** What is known of one key. */
export interface ListKey {
  readonly name: unknown;
  longest: readonly unknown[];
  longestRow: number;
  /** Some read was no prefix of the longest list, or the longest of no other. */
  conflict: boolean;
  /** The version of the empty list; the version after n elements is `base + n`. */
  base: number;
}

/** Lists as `Transactions`, and what only lists have. */
export interface ListTransactions extends Transactions {
  readonly lists: readonly ListKey[];
  /** Where the elements of each key stand in its longest list; 1 is the first. */
  readonly places: Places;
  /** Length of the whole list that a read returned, -1 for writes and unknown reads. */
  readonly full: Int32Array;
  /** 1 for a version whose writer appended to the same key again. */
  readonly intermediate: Uint8Array;
  /** Reads that are no prefix of the longest list, as places in the columns. */
  readonly strays: readonly number[];
}

/** The list that the micro-operation `at` of a row read. */
export function listAt(history: History, row: number, at: number): readonly unknown[] {
  const value = mopsOf(history, row)?.[at]?.[2] ?? [];
  return Array.isArray(value) ? value : [];
}

/** Where a row read a list that ends with `version` and is a beginning of the longest; -1 for nowhere. */
export function placeOfRead(lists: ListTransactions, row: number, version: number): number {
  for (let place = lists.first[row]; place < lists.first[row + 1]; place++)
    if (lists.version[place] === version && lists.effect[place] !== WRITE && !lists.strays.includes(place))
      return place;
  return -1;
}

/** The row whose micro-operations include a place of the columns. */
export function rowAt(lists: ListTransactions, place: number): number {
  let low = 0;
  let high = lists.rows;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lists.first[middle] <= place) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Where each element of each key stands. Elements are mostly small numbers, and those lie in a plain array;
 * other whole numbers in a table of typed arrays: a map of a million of them costs more than everything else.
 */
export class Places {
  /** The room of key `k` is from `room[k]` to `room[k + 1]`. */
  private readonly room: Int32Array;
  private readonly dense: Int32Array;
  private readonly numbers = new Pairs();
  private readonly others = new Map<number, Map<unknown, number>>();

  /** `expected` is, by key, about how many elements there will be. */
  constructor(expected: readonly number[]) {
    this.room = new Int32Array(expected.length + 1);
    expected.forEach((count, key) => {
      this.room[key + 1] = this.room[key] + count * 2 + 16;
    });
    this.dense = new Int32Array(this.room[expected.length]);
  }

  /** The place of an element of a key, or -1. */
  get(key: number, element: unknown): number {
    if (!isNumber(element)) return this.others.get(key)?.get(plain(element)) ?? -1;
    const at = this.room[key] + element;
    return at < this.room[key + 1] ? this.dense[at] - 1 : this.numbers.get(key, element, -1);
  }

  set(key: number, element: unknown, place: number): void {
    if (isNumber(element)) {
      const at = this.room[key] + element;
      if (at < this.room[key + 1]) this.dense[at] = place + 1;
      else this.numbers.set(key, element, place);
      return;
    }
    const ofKey = this.others.get(key) ?? new Map<unknown, number>();
    this.others.set(key, ofKey);
    ofKey.set(plain(element), place);
  }
}

/** Whether an element is a whole number, not negative, of 31 bits. */
function isNumber(element: unknown): element is number {
  return typeof element === 'number' && element >= 0 && element === (element | 0);
}
