/**
 * The states of a register in their order, each from the moment on at
 * which it begins: the construction in the proof of the zones' theorem.
 *
 * Blocks stand in the order in which they surely are over or must have begun, whichever is later: by max(f,
 * s), in the terms of zones.ts. If f(a) < s(b) then that puts a before b, since no two blocks conflict.
 * Inside a block the values follow each other as they were swapped. In any order that keeps f(a) < s(b),
 * each state may begin as soon as its write has begun and the states before it are needed no more.
 *
 * Refused swaps may need small changes to that order. From the last state to the first: where a swap
 * of the value is refused, and the next state begins only after that ended, the state must begin
 * after it began. What a state needs depends on the next one alone, and none can begin earlier than
 * it does, so this delays no more than any times for this order have to. Where a state cannot begin
 * so late, a block nearby is put elsewhere, or a write without a completion that nobody needs takes effect.
 */
import { NEVER_COLUMN } from '../history.ts';
import { type Blocks, type Bounds, nextValue } from './bounds.ts';
import type { RegisterRows } from './register-columns.ts';

/**
 * One key's values in an order that explains reads and writes: each
 * is there from just behind the event `since` until the next one is.
 */
export interface States {
  readonly values: readonly number[];
  readonly since: readonly number[];
}

/** One key of which no two blocks conflict: the first values of its blocks, and what its refused swaps need. */
export interface Key {
  readonly heads: readonly number[];
  readonly refused: readonly number[];
  /**
   * Writes without a completion whose values nobody needs, in the order
   * of their starts: each may take effect once, at any time after that.
   */
  readonly spare: readonly number[];
  /** Swaps of these values that were refused: they matter only where such a write takes effect. */
  readonly refusedSpare: readonly number[];
}

/**
 * The states of one key, such that each of its refused swaps finds another value than
 * it expected; `undefined` where that did not succeed, which proves nothing. O(n log n).
 */
export function statesOf(rows: RegisterRows, blocks: Blocks, bounds: Bounds, key: Key): States | undefined {
  const { first, last } = blocks;
  const { heads } = key;
  // A number that sorts by where the block stands first; plain numbers are sorted far sooner than by a comparison.
  const stands = Float64Array.from(heads, (head, i) => {
    const stand = Math.min(Math.max(first[head], last[head]), rows.events);
    return (stand + 1) * heads.length + i;
  }).sort();
  const layout = new Layout(
    rows,
    blocks,
    bounds,
    Array.from(stands, (stand) => heads[stand % heads.length]),
  );
  return layout.fit(key);
}
/** How far a block may be put from where it stood, in blocks, and how often that is tried for one key. */
const REACH = 6;
const TRIALS = 20_000;
/** A state that a write without a completion makes behind the state in a place. */
interface Spare {
  readonly place: number;
  readonly value: number;
  readonly since: number;
  /** Its number among the writes without a completion. */
  readonly number: number;
}

class Layout implements States {
  readonly values: number[] = [];
  readonly since: number[] = [];
  private readonly rows: RegisterRows;
  private readonly blocks: Blocks;
  private readonly bounds: Bounds;
  /** The first values of the blocks, in their order, and the place of each; by place, the number of its block. */
  private readonly order: number[];
  private readonly at: number[] = [];
  private readonly number: number[] = [];
  /** By place: the event behind which the state can begin at the earliest. */
  private readonly ready: number[] = [];
  private readonly refused = new Map<number, number[]>();
  /** The number of the block from which on nothing is moved any more. */
  private fixed: number;
  private trials = TRIALS;
  /** The blocks by their first values, in an order that explains reads and writes. */
  constructor(rows: RegisterRows, blocks: Blocks, bounds: Bounds, order: number[]) {
    this.rows = rows;
    this.blocks = blocks;
    this.bounds = bounds;
    this.order = order;
    this.fixed = order.length;
    this.lay(0, order.length);
  }
  /** The states with every refused swap of the key explained; `undefined` where that did not succeed. */
  fit({ refused, spare, refusedSpare }: Key): States | undefined {
    for (const row of [...refused, ...refusedSpare]) {
      const old = (this.rows.old as Int32Array)[row];
      const those = this.refused.get(old);
      if (those) those.push(row);
      else this.refused.set(old, [row]);
    }
    const used: Spare[] = [];
    let left = spare.length;
    for (let place = this.values.length - 1; place >= 0; place--) {
      if (this.settle(place, this.next(place))) continue;
      const settled = this.rearrange(place);
      if (settled >= 0) {
        place = settled;
        continue;
      }
      const chosen = this.overwritten(place, spare.slice(0, left), used.at(-1)?.place);
      if (chosen === undefined) return undefined;
      used.push(chosen);
      left = chosen.number;
      this.fixed = this.number[chosen.place];
    }
    return used.length === 0 ? this : this.with(used.reverse());
  }
  /** Puts the blocks from one number up to but not including another into their places. */
  private lay(from: number, to: number): void {
    const { values, since, ready, order, at, number } = this;
    const { after, until } = this.bounds;
    let place = from === 0 ? 0 : at[from];
    let now = place === 0 ? -1 : this.over(place - 1);
    for (let block = from; block < to; block++) {
      at[block] = place;
      for (let v = order[block]; v >= 0; v = nextValue(this.rows, this.blocks.taker, v)) {
        now = Math.max(now, after[v]);
        values[place] = v;
        since[place] = now;
        ready[place] = now;
        number[place] = block;
        now = Math.max(now, until[v]);
        place++;
      }
    }
  }
  /** The event behind which the state in a place is needed no more. */
  private over(place: number): number {
    return Math.max(this.ready[place], this.bounds.until[this.values[place]]);
  }
  /** The event behind which the state after this one begins. */
  private next(place: number): number {
    return place + 1 < this.since.length ? this.since[place + 1] : NEVER_COLUMN;
  }
  /**
   * Delays a state as far as its refused swaps need it, if the next state
   * begins behind the event `next`; returns whether they are explained then.
   */
  private settle(place: number, next: number): boolean {
    const { since, values, rows, ready } = this;
    since[place] = ready[place];
    for (const row of this.refused.get(values[place]) ?? []) {
      if (next >= rows.end[row] && since[place] < rows.start[row]) since[place] = rows.start[row];
    }
    return since[place] === ready[place] || since[place] < this.bounds.before[values[place]];
  }
  /**
   * Puts a block near a state elsewhere, such that its refused swaps are
   * explained; returns its place then, or -1. All behind it are settled.
   */
  private rearrange(place: number): number {
    const { order, number } = this;
    const own = number[place];
    const value = this.values[place];
    for (let by = 1; by <= REACH; by++) {
      const [low, high] = [own - by, own + by];
      if (low >= 0) {
        const before = order.slice(low, own);
        const settled = this.tried(low, [...before.slice(1), order[own], before[0]], value);
        if (settled >= 0) return settled;
        const earlier = this.tried(low, [order[own], ...before], value);
        if (earlier >= 0) return earlier;
      }
      if (high >= order.length) continue;
      const behind = order.slice(own + 1, high + 1);
      const later = this.tried(own, [...behind, order[own]], value);
      if (later >= 0) return later;
      const drawn = this.tried(own, [order[own], behind[by - 1], ...behind.slice(0, -1)], value);
      if (drawn >= 0) return drawn;
    }
    return -1;
  }
  /**
   * Tries other blocks in the places from that of a block on;
   * returns the place of the value if all from there on is explained.
   */
  private tried(from: number, blocks: readonly number[], value: number): number {
    const { order, values, since } = this;
    if (from + blocks.length > this.fixed || this.trials-- <= 0 || !this.isAllowed(blocks)) return -1;
    const known = order.slice(from, from + blocks.length);
    const to = from + blocks.length;
    const end = to < order.length ? this.at[to] : values.length;
    const times = since.slice(this.at[from], end);
    for (const [i, block] of blocks.entries()) order[from + i] = block;
    this.lay(from, to);
    for (let place = end - 1; place >= this.at[from] && this.settle(place, this.next(place)); place--) {
      if (values[place] === value) return place;
    }
    for (const [i, block] of known.entries()) order[from + i] = block;
    this.lay(from, to);
    for (const [i, time] of times.entries()) since[this.at[from] + i] = time;
    return -1;
  }
  /** Whether no block of these surely comes before one that stands before it. */
  private isAllowed(blocks: readonly number[]): boolean {
    const { first, last } = this.blocks;
    let latest = -1;
    for (const block of blocks) {
      if (first[block] < latest) return false;
      latest = Math.max(latest, last[block]);
    }
    return true;
  }
  /**
   * A write without a completion that explains the refused swaps of the state
   * in a place: behind it, or behind the next one, which need not be delayed then.
   */
  private overwritten(place: number, spare: readonly number[], last: number | undefined): Spare | undefined {
    const { rows, ready, since, bounds, values } = this;
    const own = this.spareFor(place, spare, (row) => rows.start[row] >= bounds.before[values[place]]);
    if (own && this.settle(place, own.since)) return own;
    const next = place + 1;
    if (next >= since.length || next === last || since[next] === ready[next]) return undefined;
    const behind = this.spareFor(next, spare, (row) => rows.start[row] > ready[next]);
    return behind && this.settle(next, behind.since) && this.settle(place, since[next]) ? behind : undefined;
  }

  /**
   * The write without a completion that can overwrite the value in a place before those of its refused swaps end
   * that need it: the last to begin of those that can, since what began before it can still serve earlier states.
   */
  private spareFor(place: number, spare: readonly number[], needs: (row: number) => boolean): Spare | undefined {
    const { rows, values } = this;
    if (nextValue(rows, this.blocks.taker, values[place]) >= 0) return undefined;
    const next = this.next(place);
    let end = next;
    for (const row of this.refused.get(values[place]) ?? []) if (needs(row)) end = Math.min(end, rows.end[row]);
    for (let number = spare.length - 1; number >= 0; number--) {
      const value = rows.value[spare[number]];
      let since = Math.max(this.over(place), rows.start[spare[number]]);
      for (const row of this.refused.get(value) ?? [])
        if (next >= rows.end[row]) since = Math.max(since, rows.start[row]);
      if (since < end) return { place, value, since, number };
    }
    return undefined;
  }

  /** With the states that writes without a completion make, which are in the order of their places. */
  private with(used: readonly Spare[]): States {
    const values: number[] = [];
    const since: number[] = [];
    let next = 0;
    for (let place = 0; place < this.values.length; place++) {
      values.push(this.values[place]);
      since.push(this.since[place]);
      if (next === used.length || used[next].place !== place) continue;
      values.push(used[next].value);
      since.push(used[next++].since);
    }
    return { values, since };
  }
}
