/**
 * Who comes before whom in a graph that grows: all pairs as bits, and the edges that were added one by one, so that
 * every path can be told from those that were there when it was asked for.
 */
import { type Graph, topologicalOrder } from './graph.ts';

/** A growing graph without cycles. */
export class Reachability {
  /** Words of bits visited so far. */
  steps = 0;
  private readonly graph: Graph;
  private readonly words: number;
  private readonly bits: Uint32Array;
  /** What was added: `from[i]` to `to[i]`, and by node. */
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly addedAt = new Map<number, number[]>();
  /** The words that were changed since everything was new, and what they were. */
  private readonly changed: number[] = [];
  private readonly old: number[] = [];

  /** Null where the graph has a cycle, or more than `most` words of bits. */
  static of(graph: Graph, most: number): Reachability | null {
    if (graph.nodes * Math.ceil(graph.nodes / 32) > most) return null;
    const order = topologicalOrder(graph);
    return order && new Reachability(graph, order);
  }

  private constructor(graph: Graph, order: Int32Array) {
    const { nodes, offset, target } = graph;
    this.graph = graph;
    this.words = Math.ceil(nodes / 32);
    this.bits = new Uint32Array(nodes * this.words);
    for (let at = nodes - 1; at >= 0; at--)
      for (let i = offset[order[at]]; i < offset[order[at] + 1]; i++) this.join(order[at], target[i], false);
  }

  /** Where things stand: what is added later can be taken back. */
  mark(): { readonly added: number; readonly changed: number } {
    return { added: this.to.length, changed: this.changed.length };
  }

  /** Takes back what was added since. */
  undo({ added, changed }: ReturnType<Reachability['mark']>): void {
    this.steps += this.changed.length - changed;
    while (this.changed.length > changed) this.bits[this.changed.pop() as number] = this.old.pop() as number;
    while (this.to.length > added) {
      this.to.pop();
      this.addedAt.get(this.from.pop() as number)?.pop();
    }
  }

  /** Edges added so far: paths may be asked for as of then. */
  get added(): number {
    return this.to.length;
  }

  /** Whether there is a path of at least one edge. */
  reaches(from: number, to: number): boolean {
    return ((this.bits[from * this.words + (to >>> 5)] >>> (to & 31)) & 1) === 1;
  }

  /** Adds an edge that closes no cycle and is not known yet; its number is `added` before. O(nodes^2 / 32). */
  add(from: number, to: number): void {
    const list = this.addedAt.get(from);
    if (list) list.push(this.to.length);
    else this.addedAt.set(from, [this.to.length]);
    this.from.push(from);
    this.to.push(to);
    for (let node = 0; node < this.graph.nodes; node++)
      if ((node === from || this.reaches(node, from)) && !this.reaches(node, to)) this.join(node, to, true);
    this.steps += this.graph.nodes;
  }

  private join(node: number, next: number, canUndo: boolean): void {
    const { words } = this;
    const [a, b] = [node * words, next * words];
    for (let word = 0; word < words; word++) this.set(a + word, this.bits[b + word], canUndo);
    this.set(a + (next >>> 5), 1 << (next & 31), canUndo);
    this.steps += words;
  }

  private set(word: number, more: number, canUndo: boolean): void {
    const before = this.bits[word];
    this.bits[word] |= more;
    if (!canUndo || this.bits[word] === before) return;
    this.changed.push(word);
    this.old.push(before);
  }

  /**
   * A shortest path, with only the first `added` of the edges that were added: its nodes, and the numbers of the added
   * edges on it. Null where there is none. O(edges).
   */
  path(from: number, to: number, added: number): { readonly nodes: number[]; readonly added: number[] } | null {
    const { offset, target } = this.graph;
    const cameFrom = new Map<number, readonly [node: number, edge: number]>();
    const queue = [from];
    const visit = (node: number, next: number, edge: number): void => {
      if (cameFrom.has(next)) return;
      cameFrom.set(next, [node, edge]);
      queue.push(next);
    };
    for (let head = 0; head < queue.length && !cameFrom.has(to); head++) {
      const node = queue[head];
      for (let i = offset[node]; i < offset[node + 1]; i++) visit(node, target[i], -1);
      for (const edge of this.addedAt.get(node) ?? []) if (edge < added) visit(node, this.to[edge], edge);
    }
    this.steps += queue.length;
    if (!cameFrom.has(to)) return null;
    const nodes = [to];
    const edges: number[] = [];
    for (let node = to; nodes.length === 1 || node !== from; ) {
      const [before, edge] = cameFrom.get(node) as readonly [number, number];
      if (edge >= 0) edges.push(edge);
      nodes.push(before);
      node = before;
    }
    return { nodes: nodes.reverse(), added: edges };
  }
}
