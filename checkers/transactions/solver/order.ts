/**
 * A topological order of a graph that grows and shrinks: every edge
 * added leads forward, or the cycle that it would close is returned.
 *
 * Source: Pearce, Kelly, "A Dynamic Topological Sort Algorithm for Directed
 * Acyclic Graphs" (ACM JEA 2006). Edges are taken away in the reverse of the order
 * in which they came, and then the order stays as it is: fewer edges break nothing.
 */
import type { Graph } from '../graph.ts';
import { widened } from '../widened.ts';
import type { Conflict } from './clauses.ts';

/** The order; `place[v]` is node v's. */
export class Order {
  readonly place: Int32Array;
  /** Edges visited so far: the unit in which budgets are given. */
  steps = 0;
  private readonly firstOut: Int32Array;
  private readonly firstIn: Int32Array;
  private from = new Int32Array(1024);
  private to = new Int32Array(1024);
  private tag = new Int32Array(1024);
  private nextOut = new Int32Array(1024);
  private nextIn = new Int32Array(1024);
  private length = 0;
  private readonly mark: Int32Array;
  private readonly via: Int32Array;
  private round = 0;

  /** Nodes that have changed their places since the caller last emptied it; some of them more than once. */
  readonly moved: number[] = [];

  /** A graph without cycles, and one of its topological orders; its edges have tags below 0, -1 minus their numbers. */
  constructor(graph: Graph, order: Int32Array) {
    this.place = new Int32Array(graph.nodes);
    for (let at = 0; at < order.length; at++) this.place[order[at]] = at;
    this.firstOut = new Int32Array(graph.nodes).fill(-1);
    this.firstIn = new Int32Array(graph.nodes).fill(-1);
    this.mark = new Int32Array(graph.nodes);
    this.via = new Int32Array(graph.nodes);
    for (let v = 0; v < graph.nodes; v++)
      for (let i = graph.offset[v]; i < graph.offset[v + 1]; i++) this.link(v, graph.target[i], -1 - graph.edge[i]);
  }

  /** How many edges there are: what `undoTo` takes. */
  get size(): number {
    return this.length;
  }

  /** Takes the youngest edges away until `size` are left. */
  undoTo(size: number): void {
    while (this.length > size) {
      const edge = --this.length;
      this.firstOut[this.from[edge]] = this.nextOut[edge];
      this.firstIn[this.to[edge]] = this.nextIn[edge];
    }
  }

  /** Adds an edge. Returns null, or the edges (by number) of a path from `to` to `from`; then nothing is added. */
  add(from: number, to: number, tag: number): number[] | null {
    if (from === to) return [];
    if (this.place[from] > this.place[to]) {
      const ahead = this.forward(to, from);
      if (typeof ahead === 'number') return this.trace(to, from);
      this.reorder(ahead, this.backward(from, this.place[to]));
    }
    this.link(from, to, tag);
    return null;
  }

  /** The edges of a path, or null: of as few edges as possible. */
  path(from: number, to: number): number[] | null {
    if (from === to) return [];
    if (this.place[from] > this.place[to]) return null;
    return typeof this.forward(from, to) === 'number' ? this.trace(from, to) : null;
  }

  /** A path as a conflict of the literals that brought its edges, with `literals` and the `nodes` they connect. */
  conflictOf(path: readonly number[], literals: readonly number[], nodes: readonly number[]): Conflict {
    const all = new Set(literals);
    const on = new Set(nodes);
    const arcs: number[] = [];
    for (const edge of path) {
      const tag = this.tag[edge];
      if (tag >= 0) all.add(tag);
      else arcs.push(-1 - tag);
      on.add(this.from[edge]).add(this.to[edge]);
    }
    return { literals: [...all], nodes: [...on], arcs };
  }

  private link(from: number, to: number, tag: number): void {
    const edge = this.length++;
    if (edge === this.from.length) this.grow();
    this.from[edge] = from;
    this.to[edge] = to;
    this.tag[edge] = tag;
    this.nextOut[edge] = this.firstOut[from];
    this.firstOut[from] = edge;
    this.nextIn[edge] = this.firstIn[to];
    this.firstIn[to] = edge;
  }

  /**
   * All nodes that `start` reaches up to the place of `goal`; or `goal` itself, as a number, where that is among them.
   */
  private forward(start: number, goal: number): number[] | number {
    const limit = this.place[goal];
    this.round++;
    this.mark[start] = this.round;
    const seen = [start];
    for (let head = 0; head < seen.length; head++)
      for (let edge = this.firstOut[seen[head]]; edge >= 0; edge = this.nextOut[edge]) {
        const w = this.to[edge];
        this.steps++;
        if (this.place[w] > limit || this.mark[w] === this.round) continue;
        this.mark[w] = this.round;
        this.via[w] = edge;
        if (w === goal) return goal;
        seen.push(w);
      }
    return seen;
  }

  private backward(start: number, limit: number): number[] {
    this.round++;
    this.mark[start] = this.round;
    const seen = [start];
    for (let head = 0; head < seen.length; head++)
      for (let edge = this.firstIn[seen[head]]; edge >= 0; edge = this.nextIn[edge]) {
        const w = this.from[edge];
        this.steps++;
        if (this.place[w] < limit || this.mark[w] === this.round) continue;
        this.mark[w] = this.round;
        seen.push(w);
      }
    return seen;
  }

  /** Puts what leads to the new edge before what it leads to, in the places that both had. */
  private reorder(ahead: number[], behind: number[]): void {
    const byPlace = (a: number, b: number): number => this.place[a] - this.place[b];
    const nodes = [...behind.sort(byPlace), ...ahead.sort(byPlace)];
    const places = Int32Array.from(nodes, (v) => this.place[v]).sort();
    for (let i = 0; i < nodes.length; i++) {
      this.place[nodes[i]] = places[i];
      this.moved.push(nodes[i]);
    }
    this.steps += nodes.length;
  }

  private trace(from: number, to: number): number[] {
    const path: number[] = [];
    for (let v = to; v !== from; v = this.from[path[path.length - 1]]) path.push(this.via[v]);
    return path.reverse();
  }

  private grow(): void {
    this.from = widened(this.from);
    this.to = widened(this.to);
    this.tag = widened(this.tag);
    this.nextOut = widened(this.nextOut);
    this.nextIn = widened(this.nextIn);
  }
}
