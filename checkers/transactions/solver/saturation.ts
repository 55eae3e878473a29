/**
 * Derives what must be the order of writes, until nothing more follows: where a write is known to come before another
 * of its key, all who read it come before the other too; and a write that comes before a reader of another write
 * comes before that one.
 *
 * Sources: Biswas, Enea, "On the Complexity of Checking Transactional Consistency" (OOPSLA 2019), for saturation;
 * Huang et al., "PolySI" (PVLDB 2023), for pruning by reachability. Here rounds over a topological order: each node
 * has a row of bits, one for each of the nodes up to `BAND` places before it, that says which of them lead to it.
 * Within that band what is derived is complete, for the order lets no way leave it. O(rounds * edges * band / 32).
 */
import { orderByKey } from '../graph.ts';
import type { Arcs } from './arcs.ts';
import type { OrderProblem } from './problem.ts';

/** That nothing more follows or the steps ran out; or a cycle, with places in which all older edges lead forward. */
export type Saturation = { readonly type: 'done' } | { readonly type: 'cycle'; readonly place: Int32Array };

/** Places that a row of bits reaches back, at most: the square of it is what memory is needed, in bits. */
const BAND = 40_960;

/** Words and pairs looked at that take as long as one edge in the search. */
const LIGHT = 16;

/** Adds derived edges to the problem's. `key` breaks ties of the order; `spend` says whether steps are left. */
export function saturate(problem: OrderProblem, key: Int32Array, spend: (steps: number) => boolean): Saturation {
  let place: Int32Array = new Int32Array(0);
  for (;;) {
    const graph = problem.arcs.graph();
    const order = orderByKey(graph, key);
    if (order === null) return { type: 'cycle', place };
    const sweep = new Sweep(problem, order);
    place = sweep.place;
    const before = problem.arcs.length;
    if (!sweep.run(spend) || problem.arcs.length === before) return { type: 'done' };
  }
}

class Sweep {
  readonly place: Int32Array;
  private readonly problem: OrderProblem;
  private readonly arcs: Arcs;
  private readonly order: Int32Array;
  private readonly offset: Int32Array;
  private readonly source: Int32Array;
  /** The band in words of 32 places, and the rows of bits of as many places as the band has. */
  private readonly words: number;
  private readonly band: number;
  private readonly bits: Int32Array;
  /** The row of bits of the node at hand: its first word in `bits`, and the first place that it tells of. */
  private base = 0;
  private low = 0;
  private at = 0;
  private steps = 0;

  constructor(problem: OrderProblem, order: Int32Array) {
    this.problem = problem;
    this.arcs = problem.arcs;
    this.order = order;
    const { nodes, length, from, to } = problem.arcs;
    this.place = new Int32Array(nodes);
    for (let at = 0; at < order.length; at++) this.place[order[at]] = at;
    this.offset = new Int32Array(nodes + 1);
    for (let i = 0; i < length; i++) this.offset[to[i] + 1]++;
    for (let v = 0; v < nodes; v++) this.offset[v + 1] += this.offset[v];
    const next = this.offset.slice();
    this.source = new Int32Array(length);
    for (let i = 0; i < length; i++) this.source[next[to[i]]++] = from[i];
    this.words = Math.min((nodes >> 5) + 1, BAND >> 5, this.span());
    this.band = this.words << 5;
    this.bits = new Int32Array(this.words * this.band);
  }

  /** How many words a row needs so that all who wrote or read a key are in the band of one another, if that is less. */
  private span(): number {
    const { graph, moments } = this.problem;
    const { writes, rows } = graph;
    let most = 0;
    for (let key = 0; key < writes.keys; key++) {
      let low = this.order.length;
      let high = 0;
      const see = (node: number): void => {
        low = Math.min(low, this.place[node]);
        high = Math.max(high, this.place[node]);
      };
      for (let w = writes.first[key]; w < writes.first[key + 1]; w++) {
        see(writes.writer[w]);
        see(moments.written + writes.writer[w]);
        for (let i = writes.offset[w]; i < writes.offset[w + 1]; i++) see(writes.reader[i]);
      }
      most = Math.max(most, high - low);
    }
    return rows === 0 ? 1 : (most >> 5) + 2;
  }

  /** One pass; false where the steps ran out. */
  run(spend: (steps: number) => boolean): boolean {
    const { rows, edges } = this.problem.graph;
    const { split } = this.problem.moments;
    for (this.at = 0; this.at < this.order.length; this.at++) {
      const node = this.order[this.at];
      this.gather(node);
      if (node < rows) {
        this.afterReads(node, node);
        if (!split) this.afterWrites(node, node);
      } else if (split && node >= edges.nodes) this.afterWrites(node - edges.nodes, node);
      if (this.steps > 1 << 24) {
        if (!spend(this.steps / LIGHT)) return false;
        this.steps = 0;
      }
    }
    return spend(this.steps / LIGHT);
  }

  /** Makes the row of bits of a node: all that leads to it, and itself. */
  private gather(node: number): void {
    const { words, bits } = this;
    const last = this.at >> 5;
    this.low = Math.max(0, last - words + 1) << 5;
    this.base = (this.at % this.band) * words;
    bits.fill(0, this.base, this.base + words);
    for (let i = this.offset[node + 1] - 1; i >= this.offset[node]; i--) this.include(this.source[i]);
    bits[this.base + (last % words)] |= 1 << (this.at & 31);
  }

  /** Adds a node, and what leads to it, to the row at hand. */
  private include(node: number): void {
    const place = this.place[node];
    if (place < this.low || this.leads(node)) return;
    const { words, bits, base } = this;
    const other = (place % this.band) * words;
    for (let word = this.low >> 5; word <= place >> 5; word++) {
      const slot = word % words;
      bits[base + slot] |= bits[other + slot];
    }
    this.steps += (place >> 5) - (this.low >> 5) + 1;
  }

  /** Whether a node leads to the one at hand, as far as the band knows. */
  private leads(node: number): boolean {
    const place = this.place[node];
    if (place < this.low || place > this.at) return false;
    return ((this.bits[this.base + ((place >> 5) % this.words)] >> (place & 31)) & 1) === 1;
  }

  /** Whether a node need not be led to the one at hand: it is already, or lies where the band does not tell. */
  private isBehind(node: number): boolean {
    return this.place[node] < this.low || this.leads(node);
  }

  /** Whether a node need not be led to another before the one at hand: it is already, or the band does not tell. */
  private isLed(from: number, to: number): boolean {
    const place = this.place[from];
    const till = this.place[to];
    if (till <= this.at - this.band || place < Math.max(0, (till >> 5) - this.words + 1) << 5) return true;
    if (till > this.at || place > till) return false;
    return ((this.bits[(till % this.band) * this.words + ((place >> 5) % this.words)] >> (place & 31)) & 1) === 1;
  }

  /** What leads to the reader of a write comes before that write, if it writes the same key. */
  private afterReads(row: number, node: number): void {
    const { graph, read, key, moments } = this.problem;
    const { writer, first } = graph.writes;
    for (let i = read.offset[row]; i < read.offset[row + 1]; i++) {
      const seen = read.of[i];
      const target = moments.overwriting + writer[seen];
      const end = first[key[seen] + 1];
      this.steps += end - first[key[seen]];
      for (let other = first[key[seen]]; other < end; other++) {
        if (other === seen || writer[other] === row) continue;
        const source = moments.written + writer[other];
        if (!this.leads(source) || this.isLed(source, target)) continue;
        this.arcs.add(source, target, source, node, writer[seen]);
      }
    }
  }

  /** Those who read a write that leads to another of its key come before that one. */
  private afterWrites(row: number, node: number): void {
    const { graph, wrote, key, moments } = this.problem;
    const { writer, first } = graph.writes;
    for (let i = wrote.offset[row]; i < wrote.offset[row + 1]; i++) {
      const made = wrote.of[i];
      const end = first[key[made] + 1];
      this.steps += end - first[key[made]];
      for (let other = first[key[made]]; other < end; other++) {
        if (other === made || !this.leads(moments.overwriting + writer[other])) continue;
        this.overwritten(other, row, node);
      }
    }
  }

  private overwritten(other: number, row: number, node: number): void {
    const { graph, moments } = this.problem;
    const { writer, offset, reader } = graph.writes;
    const since = moments.overwriting + writer[other];
    const source = moments.written + writer[other];
    const target = moments.overwriting + row;
    if (source !== since && !this.isLed(source, target)) this.derive(source, target, since, node, writer[other]);
    if (!moments.antiDependencies) return;
    for (let i = offset[other]; i < offset[other + 1]; i++)
      if (!this.isBehind(reader[i])) this.derive(reader[i], node, since, node, writer[other]);
  }

  private derive(from: number, to: number, since: number, till: number, because: number): void {
    this.arcs.add(from, to, since, till, because);
    if (to === this.order[this.at] && this.place[from] < this.at) this.include(from);
  }
}
