/**
 * What must hold of an order once all choices are made. It mostly does for choices that nobody looked at: only pairs of
 * writes that the order puts wrong become choices, so that their number is that of the conflicts and not of the pairs.
 */
import { RW } from '../edges.ts';
import { type Accesses, accessesOf } from './accesses.ts';
import type { Choices } from './choices.ts';
import type { Conflict } from './clauses.ts';
import type { Order } from './order.ts';
import type { OrderProblem } from './problem.ts';
import type { Condition } from './search.ts';

/** Pairs that one read adds at a time: those nearest to it. */
const NEAREST = 16;

/** Every read returns the last write before it; with two moments, transactions that write one key do not overlap. */
export class ReadsFit implements Condition {
  steps = 0;
  private readonly problem: OrderProblem;
  private readonly choices: Choices;
  private readonly accesses: Accesses;
  private dirty: Set<number>;

  constructor(problem: OrderProblem, choices: Choices) {
    this.problem = problem;
    this.choices = choices;
    this.accesses = accessesOf(problem);
    this.dirty = new Set(Array.from({ length: problem.graph.writes.keys }, (_, key) => key));
  }

  check(order: Order): number {
    touched(this.problem, order, this.dirty);
    let added = 0;
    for (const key of this.dirty) added += this.replay(key, order.place);
    this.dirty = new Set();
    // Looked at again: what was added may be decided the way it was, and then nothing moves.
    return added;
  }

  private replay(key: number, place: Int32Array): number {
    const { graph, moments, question } = this.problem;
    const { writes } = graph;
    const { offset, of } = this.accesses;
    const placeOf = (access: number): number =>
      access >= 0 ? place[moments.written + writes.writer[access]] : place[writes.reader[-1 - access]];
    const list = Array.from(of.subarray(offset[key], offset[key + 1])).sort((a, b) => placeOf(a) - placeOf(b) || a - b);
    this.steps += list.length;
    const made: number[] = [];
    let added = 0;
    for (const access of list) {
      if (access < 0) added += this.missed(this.seenBy(key, -1 - access), made);
      else {
        const before = made[made.length - 1];
        made.push(access);
        const overlaps = question.shape === 'snapshot' && before !== undefined;
        if (overlaps && place[writes.writer[access]] < place[moments.written + writes.writer[before]])
          added += this.choices.add(before, access) ? 1 : 0;
      }
    }
    return added;
  }

  /** Which write the reader at a place read. */
  private seenBy(key: number, at: number): number {
    const { first, offset } = this.problem.graph.writes;
    let low = first[key];
    let high = first[key + 1] - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (offset[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The writes since the one that was read. */
  private missed(seen: number, made: readonly number[]): number {
    let added = 0;
    for (let i = made.length - 1; i >= 0 && made[i] !== seen && made.length - i <= NEAREST; i--)
      added += this.choices.add(seen, made[i]) ? 1 : 0;
    return added;
  }
}

/** Adds the keys of the transactions that moved. */
function touched({ graph, key, wrote, read }: OrderProblem, order: Order, keys: Set<number>): void {
  for (const node of order.moved) {
    const row = node < graph.edges.nodes ? node : node - graph.edges.nodes;
    if (row >= graph.rows) continue;
    for (let i = wrote.offset[row]; i < wrote.offset[row + 1]; i++) keys.add(key[wrote.of[i]]);
    for (let i = read.offset[row]; i < read.offset[row + 1]; i++) keys.add(key[read.of[i]]);
  }
  order.moved.length = 0;
}

/** No transaction depends on the write after one that it read: there is no cycle with one anti-dependency. */
export class NothingSeenIsMissed implements Condition {
  steps = 0;
  private readonly problem: OrderProblem;
  private readonly choices: Choices;

  constructor(problem: OrderProblem, choices: Choices) {
    this.problem = problem;
    this.choices = choices;
  }

  check(order: Order): Conflict | number {
    const { writes } = this.problem.graph;
    const chains: number[][] = [];
    let added = 0;
    for (let key = 0; key < writes.keys; key++) {
      const placeOf = (write: number): number => order.place[writes.writer[write]];
      const chain = Array.from({ length: writes.first[key + 1] - writes.first[key] }, (_, i) => writes.first[key] + i);
      chain.sort((a, b) => placeOf(a) - placeOf(b));
      for (let i = 1; i < chain.length; i++) added += this.choices.add(chain[i - 1], chain[i]) ? 1 : 0;
      this.steps += chain.length;
      chains.push(chain);
    }
    order.moved.length = 0;
    if (added > 0) return added;
    for (const chain of chains)
      for (let i = 1; i < chain.length; i++) {
        const conflict = this.missed(order, chain[i - 1], chain[i]);
        if (conflict) return conflict;
      }
    return this.known(order) ?? 0;
  }

  /** The same of anti-dependencies that are known, such as those of who read what was there at first. */
  private known(order: Order): Conflict | null {
    const { edges } = this.problem.graph;
    for (let i = 0; i < edges.length; i++) {
      if (edges.kind[i] !== RW) continue;
      const path = order.path(edges.to[i], edges.from[i]);
      if (path) return order.conflictOf(path, [], [edges.from[i], edges.to[i]]);
    }
    return null;
  }

  /** A reader of the first write that depends on the second. */
  private missed(order: Order, before: number, after: number): Conflict | null {
    const { writer, offset, reader } = this.problem.graph.writes;
    const target = writer[after];
    for (let i = offset[before]; i < offset[before + 1]; i++) {
      if (reader[i] === target) continue;
      const path = order.path(target, reader[i]);
      if (path)
        return order.conflictOf(path, [this.choices.literal(before, after)], [target, reader[i], writer[before]]);
    }
    return null;
  }
}
