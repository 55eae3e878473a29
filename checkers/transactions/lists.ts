/** What a history of list transactions comes down to, on the way from its file to the graph of dependencies. */
import type { History } from '../history.ts';
import { mopsOf, plain, type Transactions } from './transactions-of.ts';

/** What is known of one key: the longest list, and where each of its elements stands (1 is the first). */
export interface ListKey {
  readonly name: unknown;
  longest: readonly unknown[];
  longestRow: number;
  /** Some read was no prefix of the longest list, or the longest of no other. */
  conflict: boolean;
  /** The version of the empty list; the version after n elements is `base + n`. */
  base: number;
  places: Places;
}

/** Lists as `Transactions`, and what only lists have. */
export interface Lists extends Transactions {
  readonly lists: readonly ListKey[];
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

/** The row whose micro-operations include a place of the columns. */
export function rowAt(lists: Lists, place: number): number {
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
 * Where each element of a key stands. Elements are mostly small numbers, and those lie in a plain array: a map of a million
 * of them costs more than everything else.
 */
export class Places {
  private readonly dense: Int32Array;
  private readonly others = new Map<unknown, number>();

  /** `expected` is about how many elements there will be. */
  constructor(expected: number) {
    this.dense = new Int32Array(expected * 2 + 16);
  }

  /** The place of an element, or -1. */
  get(element: unknown): number {
    if (this.isDense(element)) return this.dense[element] - 1;
    return this.others.get(plain(element)) ?? -1;
  }

  set(element: unknown, place: number): void {
    if (this.isDense(element)) this.dense[element] = place + 1;
    else this.others.set(plain(element), place);
  }

  private isDense(element: unknown): element is number {
    return typeof element === 'number' && element >= 0 && element < this.dense.length && Number.isInteger(element);
  }
}
