/**
 * Whose write each read of registers is, if the database was strict: by a search for an order of the transactions in
 * real time with the values themselves. A guess, with which another search begins.
 *
 * Method: Wing, Gong (JPDC 1993) with what was seen before kept as hashes (Lowe, CPE 2017): of the transactions that
 * overlap the one that ended first, that one is tried first. Two states of one hash are taken for one, which may cost a
 * guess and nothing else.
 */
import { FAIL, type History, OK } from '../history.ts';
import { initialOf } from './initial-of.ts';
import { eachMop, valueName } from './micro-operations.ts';

/** Transactions tried, for each that there is. */
const TRIED = 3000;
/** Transactions tried without coming further. */
const STALLED = 100_000;
/** After so many events what was never answered had its effect, if it had any that can be guessed. */
const SOON = 40;
/** How many that end next are looked at for those that overlap the first of them. */
const WINDOW = 96;

/** What a transaction reads from outside, and what it leaves, as pairs of key and value. */
interface Effect {
  readonly reads: number[];
  readonly writes: number[];
}

/** For each read, as `row place`, the row that wrote it, -1 where nobody did; null without real time. */
export function likelySources(history: History, initial: unknown): ReadonlyMap<string, number> | null {
  if (!history.realTime) return null;
  const keys = new Map<string, number>();
  const values = new Map<string, number>();
  const first: number[] = [];
  const number = (value: unknown): number => {
    const name = valueName(value);
    const known = values.get(name) ?? values.size;
    values.set(name, known);
    return known;
  };
  const effects = new Map<number, Effect>();
  const own = new Map<number, Map<number, number>>();
  eachMop(history, (row, _, [f, rawKey, value]) => {
    const { type } = history.columns;
    if (type[row] === FAIL) return;
    const key = keys.get(valueName(rawKey)) ?? keys.size;
    if (key === keys.size) first.push(number(initialOf(initial, rawKey)));
    keys.set(valueName(rawKey), key);
    const effect = effects.get(row) ?? { reads: [], writes: [] };
    effects.set(row, effect);
    const mine = own.get(row) ?? new Map<number, number>();
    own.set(row, mine);
    if (f === 'w') {
      mine.set(key, number(value));
      effect.writes.push(key, number(value));
    } else if (type[row] === OK && !mine.has(key)) effect.reads.push(key, number(value));
  });
  return replayed(history, new StrictRun(history, effects, Int32Array.from(first)).run());
}

/** A search through the transactions in the order in which they ended, each tried before those that it overlaps. */
class StrictRun {
  private readonly history: History;
  private readonly effects: ReadonlyMap<number, Effect>;
  private readonly current: Int32Array;
  /** The rows by their ends; those never answered are taken to have ended soon, and may be left out. */
  private readonly rows: readonly number[];
  private readonly next: Int32Array;
  private readonly before: Int32Array;
  private readonly taken: { readonly at: number; readonly old: readonly number[]; readonly forced: boolean }[] = [];
  private readonly seen = new Set<number>();
  /** So many of what was taken stay. */
  private settled = 0;
  private done = 0;
  private state = 0;

  constructor(history: History, effects: ReadonlyMap<number, Effect>, first: Int32Array) {
    this.history = history;
    this.effects = effects;
    this.current = first;
    this.rows = [...effects.keys()].sort((a, b) => this.endOf(a) - this.endOf(b));
    // Place 0 is the head of the list.
    this.next = Int32Array.from({ length: this.rows.length + 1 }, (_, at) => (at < this.rows.length ? at + 1 : -1));
    this.before = Int32Array.from({ length: this.rows.length + 1 }, (_, at) => at - 1);
  }

  private endOf(row: number): number {
    const { start, end, type } = this.history.columns;
    return type[row] === OK ? end[row] : start[row] + SOON;
  }

  private rowAt(at: number): number {
    return this.rows[at - 1];
  }

  /** The rows in an order in which nearly all reads fit. */
  run(): readonly number[] {
    let left = TRIED * this.rows.length;
    let stalled = 0;
    let deepest = 0;
    for (let at = this.candidate(this.next[0], 0); this.next[0] >= 0; ) {
      left--;
      stalled = this.taken.length > deepest ? 0 : stalled + 1;
      deepest = Math.max(deepest, this.taken.length);
      if (at >= 0 && this.take(at)) at = this.candidate(this.next[0], 0);
      else if (at >= 0) at = this.candidate(this.next[at], this.distance(at));
      else {
        const back = stalled > STALLED || left < 0 ? null : this.back();
        if (back === null) this.force();
        at = back === null ? this.candidate(this.next[0], 0) : this.candidate(this.next[back], this.distance(back));
      }
    }
    return this.taken.map(({ at }) => this.rowAt(at));
  }

  /** Orders the first of all whatever it read, and all before it for good: some read fits nowhere. */
  private force(): void {
    this.seen.clear();
    this.take(this.next[0], true);
    this.settled = this.taken.length;
  }

  /** How far along the list a place is. */
  private distance(at: number): number {
    let far = 1;
    for (let one = this.next[0]; one >= 0 && one !== at; one = this.next[one]) far++;
    return far;
  }

  /** The next transaction, from a place on, that began before the first of all ended; -1 for none. */
  private candidate(from: number, far: number): number {
    const first = this.next[0];
    if (first < 0) return -1;
    const { start } = this.history.columns;
    const limit = this.endOf(this.rowAt(first));
    let steps = far;
    for (let at = from; at >= 0 && steps < WINDOW; at = this.next[at], steps++)
      if (start[this.rowAt(at)] < limit) return at;
    return -1;
  }

  /** Takes back until something else can be tried after what was taken. */
  private back(): number | null {
    for (;;) {
      const last = this.taken.at(-1);
      if (last === undefined || this.taken.length <= this.settled) return null;
      this.takeBack();
      if (!last.forced) return last.at;
    }
  }

  /** Orders a transaction next, if its reads fit and what that leads to is new. */
  private take(at: number, anyhow = false): boolean {
    const row = this.rowAt(at);
    const { reads, writes } = this.effects.get(row) as Effect;
    const fits = reads.every((key, i) => i % 2 === 1 || this.current[key] === reads[i + 1]);
    const leftOut = anyhow || (!fits && this.history.columns.type[row] !== OK && at === this.next[0]);
    if (!fits && !leftOut) return false;
    const old: number[] = [];
    for (let i = 0; i < writes.length; i += 2) {
      old.push(writes[i], this.current[writes[i]]);
      this.set(writes[i], writes[i + 1]);
    }
    this.done ^= mixed(at, 0x2545f491);
    const before = this.seen.size;
    // Numbers of 52 bits: 26 of what was ordered, 26 of what the registers hold.
    this.seen.add((this.done & 0x3ffffff) * 0x4000000 + (this.state & 0x3ffffff));
    // What only reads, and fits, may as well read now.
    this.taken.push({ at, old, forced: writes.length === 0 });
    this.next[this.before[at]] = this.next[at];
    if (this.next[at] >= 0) this.before[this.next[at]] = this.before[at];
    if (this.seen.size > before) return true;
    this.takeBack();
    return false;
  }

  private takeBack(): void {
    const last = this.taken.pop();
    if (!last) return;
    const { at, old } = last;
    this.next[this.before[at]] = at;
    if (this.next[at] >= 0) this.before[this.next[at]] = at;
    this.done ^= mixed(at, 0x2545f491);
    for (let i = old.length - 2; i >= 0; i -= 2) this.set(old[i], old[i + 1]);
  }

  private set(key: number, value: number): void {
    this.state ^= mixed(key * 0x1003f + this.current[key], 0x27d4eb2f);
    this.current[key] = value;
    this.state ^= mixed(key * 0x1003f + value, 0x27d4eb2f);
  }
}

function mixed(number: number, factor: number): number {
  let hash = Math.imul(number ^ 0x5bd1e995, factor);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function replayed(history: History, order: readonly number[]): ReadonlyMap<string, number> {
  const place = new Map(order.map((row, at) => [row, at]));
  const steps = order.map((): (readonly [string, string, number])[] => []);
  eachMop(history, (row, at, [f, key]) => {
    const when = place.get(row);
    if (when !== undefined) steps[when]?.push([f, valueName(key), at]);
  });
  const writer = new Map<string, number>();
  const sources = new Map<string, number>();
  order.forEach((row, when) => {
    for (const [f, key, at] of steps[when] ?? [])
      if (f === 'r') sources.set(`${row} ${at}`, writer.get(key) ?? -1);
      else writer.set(key, row);
  });
  return sources;
}
