/**
 * The states of a register in their order, each with the earliest moment at which it can begin: the construction in the proof of the zones' theorem.
 *
 * A forward block begins as soon as its first write and all blocks that surely come before it allow. A backward one stands at its latest invocation, or just behind
 * the forward block that is open there. Inside a block the values follow each other as they were swapped.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { RegisterRows } from './register-columns.ts';
import type { Zones } from './zones.ts';

/** What the zones know of values and blocks. */
export type Blocks = Pick<Zones, 'writer' | 'taker' | 'block' | 'first' | 'last' | 'readStart' | 'readReturn'>;

/** One key's values in an order that explains reads and writes: each is there from just behind the event `since` until the next one is. */
export interface States {
  readonly values: Int32Array;
  readonly since: Int32Array;
}

/** Bounds by value: its write takes effect after event `after` and before event `before`, and the value is not gone until after event `until`. */
export interface Bounds {
  readonly after: Int32Array;
  readonly before: Int32Array;
  readonly until: Int32Array;
}

/** The bounds that follow from a value's own block. Of values that stand in no order they mean nothing. O(values). */
export function boundsOf(rows: RegisterRows, { writer, taker, block, readStart, readReturn }: Blocks): Bounds {
  const after = new Int32Array(rows.values).fill(-1);
  const before = new Int32Array(rows.values).fill(NEVER_COLUMN);
  const until = new Int32Array(rows.values).fill(-1);
  for (let head = 0; head < rows.values; head++) {
    if (block[head] !== head) continue;
    let latest = writer[head] < 0 ? -1 : rows.start[writer[head]];
    let last = head;
    for (let v = head; v >= 0; v = nextValue(rows, taker, v)) {
      after[v] = latest;
      latest = Math.max(latest, readStart[v]);
      const next = nextValue(rows, taker, v);
      if (next >= 0) latest = Math.max(latest, rows.start[taker[v]]);
      until[v] = latest;
      last = v;
    }
    let earliest = NEVER_COLUMN;
    for (let v = last; ; v = (rows.old as Int32Array)[writer[v]]) {
      earliest = Math.min(earliest, readReturn[v], writer[v] < 0 ? -1 : rows.end[writer[v]]);
      before[v] = earliest;
      if (v === head) break;
    }
  }
  return { after, before, until };
}

/** The value that this one was swapped for, or -1. */
export function nextValue(rows: RegisterRows, taker: Int32Array, value: number): number {
  return taker.length === 0 || taker[value] < 0 ? -1 : rows.value[taker[value]];
}

/** The states of one key, whose blocks are given by their first values and of which no two conflict. O(n log n). */
export function statesOf(rows: RegisterRows, blocks: Blocks, bounds: Bounds, heads: Int32Array): States {
  const stands = standsOf(blocks, bounds, heads);
  const order = Uint32Array.from(heads.keys()).sort((a, b) => stands[a] - stands[b]);
  const values: number[] = [];
  const since: number[] = [];
  let now = -1;
  for (const place of order) {
    now = Math.max(now, Math.floor(stands[place]));
    for (let v = heads[place]; v >= 0; v = nextValue(rows, blocks.taker, v)) {
      now = Math.max(now, bounds.after[v]);
      values.push(v);
      since.push(now);
    }
  }
  return { values: Int32Array.from(values), since: Int32Array.from(since) };
}

/** Where each block stands in time; of those that stand behind the same event, the forward one comes last. */
function standsOf({ first, last }: Blocks, { after }: Bounds, heads: Int32Array): Float64Array {
  const byFirst = Uint32Array.from(heads.keys()).sort((a, b) => first[heads[a]] - first[heads[b]]);
  const stands = new Float64Array(heads.length);
  const behind = latestBefore(blocksBy(first, last, heads, byFirst));
  const open: { from: number; to: number }[] = [];
  for (const place of byFirst) {
    const block = heads[place];
    if (first[block] >= last[block]) continue;
    const from = Math.max(after[block], behind(last[block], place));
    stands[place] = from < 0 ? -1 : from + 0.75;
    open.push({ from, to: last[block] });
  }
  for (const place of byFirst) {
    const at = last[heads[place]];
    if (first[heads[place]] < at) continue;
    const zone = at < 0 ? undefined : lastFrom(open, at);
    stands[place] = at < 0 ? -1 : zone !== undefined && zone.to > at ? zone.to + 0.5 : at + 0.5;
  }
  return stands;
}

function blocksBy(first: Int32Array, last: Int32Array, heads: Int32Array, places: Uint32Array) {
  return {
    places,
    first: Int32Array.from(places, (p) => first[heads[p]]),
    last: Int32Array.from(places, (p) => last[heads[p]]),
  };
}

/** The latest `last` of all blocks whose `first` is before a time, but for one of them; -1 where there is none. */
function latestBefore({ places, first, last }: ReturnType<typeof blocksBy>): (time: number, but: number) => number {
  const best = new Int32Array(places.length);
  const second = new Int32Array(places.length);
  let [most, next, whose] = [-1, -1, -1];
  for (let i = 0; i < places.length; i++) {
    if (last[i] > most) [most, next, whose] = [last[i], most, i];
    else next = Math.max(next, last[i]);
    best[i] = whose;
    second[i] = next;
  }
  return (time, but) => {
    const i = countBelow(first, time) - 1;
    if (i < 0 || best[i] < 0) return -1;
    return places[best[i]] === but ? second[i] : last[best[i]];
  };
}

/** How many of these ascending numbers are below a bound. */
export function countBelow(ascending: ArrayLike<number>, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of these zones, which are in the order of time, that begins before a time. */
function lastFrom(zones: readonly { from: number; to: number }[], time: number) {
  let low = 0;
  let high = zones.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (zones[middle].from < time) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : zones[low - 1];
}
