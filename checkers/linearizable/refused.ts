/**
 * Refused swaps of keys whose reads and writes are right: each is a read of "not
 * a", and needs one moment of its interval at which another value is there.
 *
 * Let f(c) be the earliest return and s(c) the latest invocation of a block c: c has begun before f(c) and is not over
 * before s(c). A refused swap of a, open from event i to event r, is right in every order that explains the rest
 * - if a was never there: nobody wrote it, or only an operation that never returned and that nobody needs;
 * - if a block c other than a's has f(c) < r, and s(c) > i or s(c) > f(a):
 *   c has begun before r, and is over only after i or comes after a;
 * - if a block c other than a's has s(c) > i, and f(c) < r or f(c) < s(a): the same backwards;
 * - if a's own swaps say that a came only after i, or was gone before r.
 * It is wrong in every order if a was there before i and is needed after r, or if a was there before i
 * and nobody could write another value before r. What lies between depends on where the blocks stand.
 * If all refusals are right in one of the orders tried (states.ts), the key is. Otherwise it is searched.
 */
import { INFO, NEVER_COLUMN } from '../history.ts';
import { type Blocks, type Bounds, boundsOf, countBelow, nextValue } from './bounds.ts';
import { READ, REFUSED, type RegisterRows, WRITE } from './register-columns.ts';
import { type Key, type States, statesOf } from './states.ts';
import type { Violation, Zones } from './zone-verdict.ts';

/** What is wrong with refused swaps, one a key, and 1 for the keys that must be searched. */
interface Refusals {
  readonly violations: readonly Violation[];
  readonly open: Uint8Array;
}

/**
 * Judges the refused swaps of all keys that the zones found right. Time linear,
 * but for keys on which something depends on where blocks stand: n log n of these.
 */
export function judgeRefusals(rows: RegisterRows, zones: Omit<Zones, 'open'>): Refusals {
  const left = doubtful(rows, zones);
  const open = new Uint8Array(rows.keys);
  if (left.length === 0) return { violations: [], open };
  const bounds = boundsOf(rows, zones);
  const violations: Violation[] = [];
  for (const [number, key] of keysOf(rows, zones, left)) {
    if (statesOf(rows, zones, bounds, key)) continue;
    const row = key.refused.find(surelyWrong(rows, zones, bounds, key));
    if (row === undefined) open[number] = 1;
    else violations.push({ kind: 'refused', key: number, value: oldOf(rows, row), row });
  }
  return { violations, open };
}

/** What a refused swap expected. */
function oldOf(rows: RegisterRows, row: number): number {
  return (rows.old as Int32Array)[row];
}

/** The refused swaps that no block surely explains, in the order of their starts. */
function doubtful(rows: RegisterRows, zones: Omit<Zones, 'open'>): readonly number[] {
  const { block, repeated } = zones;
  const settled = repeated.slice();
  for (const { key } of zones.violations) settled[key] = 1;
  const endsAt = new Int32Array(rows.events).fill(-1);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind[row] !== REFUSED || block[oldOf(rows, row)] < 0) continue;
    if (settled[rows.keyOfValue[oldOf(rows, row)]] === 1) continue;
    endsAt[rows.end[row]] = row;
    count++;
  }
  const passed = count === 0 ? [] : forwards(rows, zones, endsAt);
  return passed.length === 0 ? [] : backwards(rows, zones, passed);
}

/** The two best blocks of each key, so that one can be found that is not a certain one. */
class BestTwo {
  private readonly best: Int32Array;
  private readonly second: Int32Array;
  private readonly better: (one: number, two: number) => boolean;

  constructor(keys: number, better: (one: number, two: number) => boolean) {
    this.best = new Int32Array(keys).fill(-1);
    this.second = new Int32Array(keys).fill(-1);
    this.better = better;
  }

  meet(key: number, block: number): void {
    const { best, second, better } = this;
    if (best[key] < 0 || better(block, best[key])) {
      second[key] = best[key];
      best[key] = block;
    } else if (second[key] < 0 || better(block, second[key])) second[key] = block;
  }

  /** The best but for one, or -1. */
  but(key: number, block: number): number {
    return this.best[key] === block ? this.second[key] : this.best[key];
  }
}

/** The rows that no block explains that has begun before they end. */
function forwards(rows: RegisterRows, { block, first, last }: Blocks, endsAt: Int32Array): readonly number[] {
  const begins = new Int32Array(rows.events).fill(-1);
  const best = new BestTwo(rows.keys, (one, two) => last[one] > last[two]);
  for (let v = 0; v < rows.values; v++) {
    if (block[v] !== v || first[v] === NEVER_COLUMN) continue;
    if (first[v] < 0) best.meet(rows.keyOfValue[v], v);
    else begins[first[v]] = v;
  }
  const left: number[] = [];
  for (let event = 0; event < rows.events; event++) {
    if (begins[event] >= 0) best.meet(rows.keyOfValue[begins[event]], begins[event]);
    const row = endsAt[event];
    if (row < 0) continue;
    const own = block[oldOf(rows, row)];
    const other = best.but(rows.keyOfValue[own], own);
    if (other < 0 || last[other] <= Math.min(rows.start[row], first[own])) left.push(row);
  }
  return left;
}

/** The rows that no block explains that is over only after they begin, in the order of their starts. */
function backwards(rows: RegisterRows, { block, first, last }: Blocks, refused: readonly number[]): readonly number[] {
  const ends = new Int32Array(rows.events).fill(-1);
  for (let v = 0; v < rows.values; v++) if (block[v] === v && last[v] >= 0) ends[last[v]] = v;
  const best = new BestTwo(rows.keys, (one, two) => first[one] < first[two]);
  const left: number[] = [];
  let event = rows.events - 1;
  for (const row of [...refused].sort((a, b) => b - a)) {
    for (; event > rows.start[row]; event--) if (ends[event] >= 0) best.meet(rows.keyOfValue[ends[event]], ends[event]);
    const own = block[oldOf(rows, row)];
    const other = best.but(rows.keyOfValue[own], own);
    if (other < 0 || first[other] >= Math.max(rows.end[row], last[own])) left.push(row);
  }
  return left.reverse();
}

/** What the states of a key depend on, and which operations without a completion could make one. */
export interface RefusingKey extends Key {
  /**
   * When the first write without a completion began whose value nobody
   * needs, and the first such swap, by the value that it expected.
   */
  readonly write: number;
  readonly swaps: ReadonlyMap<number, number>;
}

/** The keys of these refused swaps, which are in the order of their starts, by their numbers. O(n). */
export function keysOf(
  rows: RegisterRows,
  { block }: Blocks,
  refused: readonly number[],
): ReadonlyMap<number, RefusingKey> {
  const keys = new Map<number, Mutable>();
  for (const row of refused) {
    const key = rows.keyOfValue[oldOf(rows, row)];
    const known = keys.get(key);
    if (known) known.refused.push(row);
    else
      keys.set(key, { heads: [], refused: [row], spare: [], refusedSpare: [], write: NEVER_COLUMN, swaps: new Map() });
  }
  for (let v = 0; v < rows.values; v++) if (block[v] === v) keys.get(rows.keyOfValue[v])?.heads.push(v);
  for (let row = 0; row < rows.length; row++) {
    const key = keys.get(rows.keyOfValue[rows.value[row]]);
    if (key === undefined) continue;
    if (rows.kind[row] === REFUSED && block[oldOf(rows, row)] < 0) key.refusedSpare.push(row);
    if (rows.type[row] === INFO && rows.kind[row] !== READ && block[rows.value[row]] < 0)
      noteUnanswered(rows, key, row);
  }
  return keys;
}

type Mutable = {
  -readonly [K in keyof RefusingKey]: RefusingKey[K] extends readonly number[] ? number[] : RefusingKey[K];
} & {
  swaps: Map<number, number>;
};

/** Notes an operation without a completion whose value nobody needs. */
function noteUnanswered(rows: RegisterRows, key: Mutable, row: number): void {
  if (rows.kind[row] === WRITE) {
    key.write = Math.min(key.write, rows.start[row]);
    key.spare.push(row);
  } else if (!key.swaps.has(oldOf(rows, row))) key.swaps.set(oldOf(rows, row), rows.start[row]);
}

/** Tells whether a value was certainly there all the while that a swap of it was open. */
function surelyWrong(
  rows: RegisterRows,
  { writer, taker, block, first, last }: Blocks,
  { before, until }: Bounds,
  { heads, write, swaps }: RefusingKey,
): (row: number) => boolean {
  const starts = Float64Array.from(heads, (v) => (writer[v] < 0 ? -1 : rows.start[writer[v]])).sort();
  const firsts = Float64Array.from(heads, (v) => first[v]).sort();
  return (row) => {
    const value = oldOf(rows, row);
    const end = rows.end[row];
    if (before[value] > rows.start[row]) return false;
    if (until[value] > end) return true;
    if (nextValue(rows, taker, value) >= 0 || Math.min(write, swaps.get(value) ?? NEVER_COLUMN) < end) return false;
    // Nobody could write another value: all blocks that began before the end surely come before this one.
    const own = block[value];
    const others = countBelow(starts, end) - 1;
    return others === countBelow(firsts, last[own]) - (first[own] < last[own] ? 1 : 0);
  };
}

/**
 * The place of a state that a refused swap may have found, and behind
 * which event; `undefined` where its value is there all the while.
 */
export function foundBy(
  rows: RegisterRows,
  { values, since }: States,
  row: number,
): { readonly place: number; readonly gap: number } | undefined {
  const start = rows.start[row];
  const place = countBelow(since, start) - 1;
  if (values[place] !== oldOf(rows, row)) return { place, gap: start };
  const next = place + 1;
  return next < values.length && since[next] < rows.end[row] ? { place: next, gap: since[next] } : undefined;
}
