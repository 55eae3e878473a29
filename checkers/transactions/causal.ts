/**
 * The constraints of causality: a read of x must not miss a write
 * of x that happened before it through sessions and reads.
 *
 * Happens-before is computed one session at a time: for each transaction, how much of that session precedes
 * it. Only the last write of a key in that part constrains, since the session implies the earlier ones.
 * O(n) time for each session and O(n) memory in all, where vector clocks would need their product.
 */
import { type Constraints, constrain } from './constraints.ts';
import { type EdgeList, SO, WR } from './edges.ts';
import { type Graph, graphOf, topologicalOrder } from './graph.ts';
import { COMMITTED, INITIAL, type Transactions, WRITE } from './transactions-of.ts';
import { SESSIONS } from './views.ts';

/** Chains of transactions of which each happened before the next, that cover all of them. */
interface Chains {
  readonly of: Int32Array;
  readonly place: Int32Array;
  readonly rows: readonly number[][];
}

/** Adds every constraint of causality; false when it would take more than `budget` steps. */
export function causalConstraints(
  txns: Transactions,
  known: EdgeList,
  time: number,
  constraints: Constraints,
  budget: number,
): boolean {
  const before = predecessors(txns, known, time);
  const order = topologicalOrder(before);
  // A cycle of reads and sessions is a violation already, and is found with the dependencies themselves.
  if (!order) return true;
  order.reverse();
  const chains = chainsOf(txns, before, order, time);
  const column = new Column(txns, before, order, chains, constraints);
  if (chains.rows.length * (column.work + order.length) > budget) return false;
  for (let chain = 0; chain < chains.rows.length; chain++) column.run(chain);
  return true;
}

/** The graph of reads and sessions with its edges turned around: to each transaction's predecessors. */
function predecessors(txns: Transactions, known: EdgeList, time: number): Graph {
  const from = new Int32Array(known.length);
  for (let i = 0; i < known.length; i++) {
    const counts = known.kind[i] === WR || (time === SESSIONS && known.kind[i] === SO);
    from[i] = counts ? known.to[i] : -1;
  }
  return graphOf(txns.rows, known.length, from, known.from);
}

function chainsOf(txns: Transactions, before: Graph, order: Int32Array, time: number): Chains {
  const { session } = txns;
  const of = new Int32Array(txns.rows).fill(-1);
  const place = new Int32Array(txns.rows);
  const rows: number[][] = [];
  const sessions = new Map<number, number>();
  const chainFor = (row: number): number => {
    const known = time === SESSIONS ? sessions.get(session[row]) : extendable(row, before, of, rows);
    return known ?? rows.push([]) - 1;
  };
  for (const row of order) {
    if (txns.status[row] !== COMMITTED) continue;
    const chain = chainFor(row);
    if (session[row] >= 0) sessions.set(session[row], chain);
    of[row] = chain;
    place[row] = rows[chain].push(row) - 1;
  }
  return { of, place, rows };
}

/** A chain whose last transaction precedes `row`. */
function extendable(row: number, before: Graph, of: Int32Array, rows: readonly number[][]): number | undefined {
  for (let i = before.offset[row]; i < before.offset[row + 1]; i++) {
    const chain = of[before.target[i]];
    if (chain >= 0 && rows[chain][rows[chain].length - 1] === before.target[i]) return chain;
  }
  return undefined;
}

/** The pass over all transactions for one chain. */
class Column {
  /** Steps of one pass. */
  readonly work: number;
  private readonly txns: Transactions;
  private readonly before: Graph;
  private readonly order: Int32Array;
  private readonly chains: Chains;
  private readonly constraints: Constraints;
  /** For each transaction the place of the last one of the chain that happened before it, or -1. */
  private readonly last: Int32Array;
  /** For each key, where its writes in the chain begin and end in `places`. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private places = new Int32Array(64);

  constructor(txns: Transactions, before: Graph, order: Int32Array, chains: Chains, constraints: Constraints) {
    this.txns = txns;
    this.before = before;
    this.order = order;
    this.chains = chains;
    this.constraints = constraints;
    this.last = new Int32Array(txns.rows);
    this.from = new Int32Array(txns.keys.length);
    this.to = new Int32Array(txns.keys.length);
    this.work = before.target.length + txns.first[txns.rows];
  }

  run(chain: number): void {
    const { chains, before, order, last } = this;
    this.indexWrites(chain);
    for (const row of order) {
      let seen = -1;
      for (let i = before.offset[row]; i < before.offset[row + 1]; i++) {
        const p = before.target[i];
        const upTo = chains.of[p] === chain ? chains.place[p] : last[p];
        if (upTo > seen) seen = upTo;
      }
      last[row] = seen;
      if (seen >= 0 && chains.of[row] >= 0) this.checkReads(chain, row, seen);
    }
    for (const row of chains.rows[chain]) this.forget(row);
  }

  /** The writes of the chain, by key and in its order. */
  private indexWrites(chain: number): void {
    const { first, effect, key } = this.txns;
    const rows = this.chains.rows[chain];
    const touched: number[] = [];
    let total = 0;
    for (const row of rows)
      for (let place = first[row]; place < first[row + 1]; place++) {
        if (effect[place] !== WRITE) continue;
        if (this.to[key[place]]++ === 0) touched.push(key[place]);
        total++;
      }
    if (this.places.length < total) this.places = new Int32Array(total * 2);
    let at = 0;
    for (const k of touched) {
      const count = this.to[k];
      this.from[k] = this.to[k] = at;
      at += count;
    }
    for (let i = 0; i < rows.length; i++)
      for (let place = first[rows[i]]; place < first[rows[i] + 1]; place++)
        if (effect[place] === WRITE) this.places[this.to[key[place]]++] = i;
  }

  private forget(row: number): void {
    const { first, effect, key } = this.txns;
    for (let place = first[row]; place < first[row + 1]; place++)
      if (effect[place] === WRITE) this.from[key[place]] = this.to[key[place]] = 0;
  }

  private checkReads(chain: number, row: number, seen: number): void {
    const { txns, chains, last } = this;
    const { first, effect, key, version, writer } = txns;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] === WRITE || version[place] < 0) continue;
      const source = writer[version[place]];
      const at = this.lastWrite(key[place], seen);
      if (at < 0 || source === row) continue;
      const other = chains.rows[chain][at];
      if (other === source || other === row) continue;
      // Where the other write happened before the one read, the constraint is implied.
      if (
        source !== INITIAL &&
        source >= 0 &&
        (chains.of[source] === chain ? chains.place[source] > at : last[source] >= at)
      )
        continue;
      constrain(txns, this.constraints, other, row, version[place]);
    }
  }

  /** The place in the chain of its last write of a key up to the place `seen`, or -1. */
  private lastWrite(key: number, seen: number): number {
    let low = this.from[key];
    let high = this.to[key];
    const begin = low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.places[middle] <= seen) low = middle + 1;
      else high = middle;
    }
    return low > begin ? this.places[low - 1] : -1;
  }
}
