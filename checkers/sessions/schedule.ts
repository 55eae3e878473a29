/**
 * A search for one order of all rows in which every read returns
 * the last value written, within what is known to be ordered.
 *
 * A state is how far each session is: since a write may only replace a value whose readers are all done (nobody
 * could read it later), the values of the keys follow from the positions. So the search is over positions, at most
 * n^k of them for k sessions, in depth, remembering those from which there was no way. Steps that cannot be wrong
 * are taken at once: a read of the present value, the cas that is the last reader of a value, a write that nobody
 * reads over a value that nobody needs. Only among other writes is there a choice; the first tried is the one
 * that began first. (Frontiers of sessions: Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 1997.)
 */

import type { RowGraph } from './graph.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/** What bounds a search: steps, and numbers remembered. */
export interface SearchLimits {
  readonly steps: number;
  readonly numbers: number;
}

/** An order of the rows; null where there is none; or what ran out. */
export type ScheduleResult = Int32Array | 'out of steps' | 'out of memory' | null;

/**
 * `graph`: an acyclic one that every such order extends. `time`: by row, what to try first. Exact within its limits.
 */
export function scheduleOf(rows: SessionRows, graph: RowGraph, time: Int32Array, limits: SearchLimits): ScheduleResult {
  return new ScheduleSearch(rows, graph, time, limits).run();
}

/** A state where there was a choice: what may be done, what was tried, and how much had been done. */
interface Choice {
  readonly candidates: readonly number[];
  tried: number;
  readonly done: number;
}

class ScheduleSearch {
  private readonly rows: SessionRows;
  private readonly graph: RowGraph;
  private readonly time: Int32Array;
  private readonly limits: SearchLimits;
  private readonly sessions: number;
  /** By session: its next row. By row: how many edges lead to it from rows not done. */
  private readonly position: Int32Array;
  private readonly missing: Int32Array;
  /**
   * By row: its readers, and those not done. By key: the row whose
   * value it has, or `INITIAL`, and for that the readers not done.
   */
  private readonly readers: Int32Array;
  private readonly current: Int32Array;
  private readonly initialReaders: Int32Array;
  /** What was done, in order, and what each write replaced. */
  private readonly done: Int32Array;
  private readonly replaced: Int32Array;
  private length = 0;
  private steps = 0;
  private readonly failed: Positions;

  constructor(rows: SessionRows, graph: RowGraph, time: Int32Array, limits: SearchLimits) {
    this.rows = rows;
    this.graph = graph;
    this.time = time;
    this.limits = limits;
    this.sessions = rows.sessionAt.length - 1;
    this.position = rows.sessionAt.slice(0, this.sessions);
    this.missing = new Int32Array(rows.length);
    for (const node of graph.to) this.missing[node]++;
    this.readers = new Int32Array(rows.length);
    this.current = new Int32Array(rows.keys).fill(INITIAL);
    this.initialReaders = new Int32Array(rows.keys);
    for (let e = 0; e < rows.readFrom.length; e++) {
      if (rows.readFrom[e] === INITIAL) this.initialReaders[rows.readKey[e]]++;
      else this.readers[rows.readFrom[e]]++;
    }
    this.done = new Int32Array(rows.length);
    this.replaced = new Int32Array(rows.length);
    this.failed = new Positions(this.sessions);
  }

  run(): ScheduleResult {
    const choices: Choice[] = [];
    for (;;) {
      const candidates = this.advance();
      if (this.length === this.rows.length) return this.done;
      if (this.steps > this.limits.steps) return 'out of steps';
      if (this.failed.numbers > this.limits.numbers) return 'out of memory';
      if (candidates.length > 0 && this.failed.add(this.position)) {
        choices.push({ candidates, tried: 0, done: this.length });
      }
      let choice = choices.at(-1);
      while (choice && choice.tried === choice.candidates.length) {
        choices.pop();
        choice = choices.at(-1);
      }
      if (!choice) return null;
      while (this.length > choice.done) this.undo();
      this.perform(choice.candidates[choice.tried++]);
    }
  }

  /** Does all that cannot be wrong, and returns the writes among which there is a choice, the earliest first. */
  private advance(): number[] {
    for (let progress = true; progress; ) {
      progress = false;
      for (let s = 0; s < this.sessions; s++) {
        while (this.ready(s) && this.isSafe(this.position[s])) {
          this.perform(this.position[s]);
          progress = true;
        }
      }
    }
    const candidates: number[] = [];
    for (let s = 0; s < this.sessions; s++) {
      if (this.ready(s) && this.isLegal(this.position[s])) candidates.push(this.position[s]);
    }
    return candidates.sort((a, b) => this.time[a] - this.time[b]);
  }

  private ready(s: number): boolean {
    this.steps++;
    const row = this.position[s];
    return row < this.rows.sessionAt[s + 1] && this.missing[row] === 0;
  }

  /** How many readers of the present value of a key are not done. */
  private waiting(key: number): number {
    return this.current[key] === INITIAL ? this.initialReaders[key] : this.readers[this.current[key]];
  }

  /** Whether the row's reads return present values, and its writes replace values that nobody else needs. */
  private isLegal(row: number): boolean {
    const { rows } = this;
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      if (this.current[rows.readKey[e]] !== rows.readFrom[e]) return false;
    }
    for (let e = rows.writeAt[row]; e < rows.writeAt[row + 1]; e++) {
      if (this.waiting(rows.writeKey[e]) > this.ownReads(row, rows.writeKey[e])) return false;
    }
    return true;
  }

  private ownReads(row: number, key: number): number {
    let own = 0;
    for (let e = this.rows.readAt[row]; e < this.rows.readAt[row + 1]; e++) if (this.rows.readKey[e] === key) own++;
    return own;
  }

  /** Whether the row may be done at once: it is legal, and what it writes it has read before, or nobody will read. */
  private isSafe(row: number): boolean {
    if (!this.isLegal(row)) return false;
    for (let e = this.rows.writeAt[row]; e < this.rows.writeAt[row + 1]; e++) {
      if (this.readers[row] > 0 && this.ownReads(row, this.rows.writeKey[e]) === 0) return false;
    }
    return true;
  }

  private perform(row: number): void {
    this.count(row, -1);
    for (let e = this.rows.writeAt[row]; e < this.rows.writeAt[row + 1]; e++) {
      this.replaced[row] = this.current[this.rows.writeKey[e]];
      this.current[this.rows.writeKey[e]] = row;
    }
    this.position[this.rows.sessionOf[row]]++;
    this.done[this.length++] = row;
    for (let e = this.graph.at[row]; e < this.graph.at[row + 1]; e++) this.missing[this.graph.to[e]]--;
  }

  private undo(): void {
    const row = this.done[--this.length];
    for (let e = this.graph.at[row]; e < this.graph.at[row + 1]; e++) this.missing[this.graph.to[e]]++;
    this.position[this.rows.sessionOf[row]]--;
    for (let e = this.rows.writeAt[row]; e < this.rows.writeAt[row + 1]; e++) {
      this.current[this.rows.writeKey[e]] = this.replaced[row];
    }
    this.count(row, 1);
  }

  private count(row: number, by: 1 | -1): void {
    for (let e = this.rows.readAt[row]; e < this.rows.readAt[row + 1]; e++) {
      if (this.rows.readFrom[e] === INITIAL) this.initialReaders[this.rows.readKey[e]] += by;
      else this.readers[this.rows.readFrom[e]] += by;
    }
  }
}

/** A set of positions, compared in full, so colliding hashes do no harm. */
class Positions {
  private readonly width: number;
  private pool = new Int32Array(1024);
  private slots = new Int32Array(256).fill(-1);
  private size = 0;

  constructor(width: number) {
    this.width = Math.max(1, width);
  }

  /** How many numbers are held. */
  get numbers(): number {
    return this.size * this.width;
  }

  /** False where it is there already. */
  add(position: Int32Array): boolean {
    if (this.size * 2 >= this.slots.length) this.grow();
    const slot = this.slotOf(position, 0);
    if (this.slots[slot] >= 0) return false;
    if ((this.size + 1) * this.width > this.pool.length) {
      const wider = new Int32Array(Math.max(this.pool.length * 2, this.width));
      wider.set(this.pool);
      this.pool = wider;
    }
    this.pool.set(position, this.size * this.width);
    this.slots[slot] = this.size++;
    return true;
  }

  private slotOf(numbers: Int32Array, at: number): number {
    let hash = 0;
    for (let i = 0; i < this.width; i++) hash = Math.imul(hash ^ (numbers[at + i] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 16)) & mask; ; slot = (slot + 1) & mask) {
      if (this.slots[slot] < 0 || this.equal(this.slots[slot], numbers, at)) return slot;
    }
  }

  private equal(entry: number, numbers: Int32Array, at: number): boolean {
    for (let i = 0; i < this.width; i++) if (this.pool[entry * this.width + i] !== numbers[at + i]) return false;
    return true;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let entry = 0; entry < this.size; entry++) this.slots[this.slotOf(this.pool, entry * this.width)] = entry;
  }
}
