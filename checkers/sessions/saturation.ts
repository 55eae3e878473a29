/**
 * What every sequential order must keep: edges derived from the reads until nothing changes.
 *
 * In one order for all, nothing of a key lies between a read and the write that it read, on either side:
 * a write before the read is before what was read, and a write after what was read is after the read.
 * A cycle refutes sequential consistency, cheaply and with few operations to show; none does not prove
 * it, but leaves the search little to choose. The idea is that of Zennou, Bouajjani, Enea and Erradi,
 * "Gradual Consistency Checking", CAV 2019; the method is session columns in both directions.
 */

import { CAUSALITY } from './columns.ts';
import { type Contradiction, type Derived, noneDerived } from './derivation.ts';
import { graphOf, type RowGraph, topologicalOrder } from './graph.ts';
import { INITIAL, type SessionRows } from './rows.ts';
import { firstWrite, lastWrite, type Writes, writesOf } from './writes.ts';

/** Rounds after which the derivation stops where it is; what it has found until then still holds. */
const ROUNDS = 50;

/**
 * The graph with all derived edges, or a contradiction. Rows must
 * be free of cycles of sessions and reads. Time O(n k) a round.
 */
export function saturate(rows: SessionRows): Contradiction | RowGraph {
  const derived = noneDerived();
  const writes = writesOf(rows);
  for (let round = 0; ; round++) {
    const graph = graphOf(rows, CAUSALITY, derived);
    const order = topologicalOrder(graph);
    if (order.length < graph.length) return { derived, session: null, causal: true, stale: null };
    const known = derived.before.length;
    const stale = new Round(rows, writes, graph, order, derived).run();
    if (stale) return { derived, session: null, causal: true, stale };
    if (derived.before.length === known || round === ROUNDS) return graph;
  }
}

/** One pass over all columns with the edges known at its beginning. */
class Round {
  private readonly rows: SessionRows;
  private readonly writes: Writes;
  private readonly graph: RowGraph;
  private readonly order: Int32Array;
  private readonly derived: Derived;
  /** Of the session whose column it is, by row: the last of its rows before it, and the first after it. */
  private readonly past: Int32Array;
  private readonly next: Int32Array;

  constructor(rows: SessionRows, writes: Writes, graph: RowGraph, order: Int32Array, derived: Derived) {
    this.rows = rows;
    this.writes = writes;
    this.graph = graph;
    this.order = order;
    this.derived = derived;
    this.past = new Int32Array(rows.length);
    this.next = new Int32Array(rows.length);
  }

  run(): Contradiction['stale'] {
    for (let s = 0; s + 1 < this.rows.sessionAt.length; s++) {
      if (this.writes.keys[s].length === 0) continue;
      this.columns(s);
      for (let row = 0; row < this.rows.length; row++) {
        for (let e = this.rows.readAt[row]; e < this.rows.readAt[row + 1]; e++) {
          const stale = this.overwritten(s, row, e);
          if (stale) return stale;
          this.overwriting(s, row, e);
        }
      }
    }
    return null;
  }

  private columns(s: number): void {
    const { past, next, order, rows } = this;
    const { at, to } = this.graph;
    const low = rows.sessionAt[s];
    const high = rows.sessionAt[s + 1];
    past.fill(-1);
    next.fill(rows.length);
    for (const row of order) {
      const reach = row >= low && row < high ? row : past[row];
      for (let e = at[row]; e < at[row + 1]; e++) if (past[to[e]] < reach) past[to[e]] = reach;
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const row = order[i];
      for (let e = at[row]; e < at[row + 1]; e++) {
        const after = to[e];
        const reach = after >= low && after < high ? after : next[after];
        if (reach < next[row]) next[row] = reach;
      }
    }
  }

  private overwritten(s: number, row: number, e: number): Contradiction['stale'] {
    const { rows, past } = this;
    const from = rows.readFrom[e];
    const write = lastWrite(this.writes, s, rows.readKey[e], past[row]);
    if (write < 0 || write === from) return null;
    if (from === INITIAL) return { read: e, write };
    const known = rows.sessionOf[from] === s ? write < from : past[from] >= write;
    if (!known) this.derive(write, from, e, 'overwritten');
    return null;
  }

  private overwriting(s: number, row: number, e: number): void {
    const { rows, next } = this;
    const from = rows.readFrom[e];
    const since = from === INITIAL ? rows.sessionAt[s] : next[from];
    const write = firstWrite(this.writes, s, rows.readKey[e], since);
    if (write < 0 || write === row || next[row] <= write) return;
    this.derive(row, write, e, 'overwriting');
  }

  private derive(before: number, after: number, e: number, rule: Derived['rule'][number]): void {
    this.derived.before.push(before);
    this.derived.after.push(after);
    this.derived.read.push(e);
    this.derived.rule.push(rule);
  }
}
