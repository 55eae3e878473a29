/**
 * Shortest paths and cycles in a graph of dependencies, where the continuation out of a virtual node costs nothing: the
 * length of a path is the number of its steps between transactions.
 *
 * A 0-1 breadth-first search; linear in the edges it sees.
 */
import type { Components, Graph } from './graph.ts';

/** Searches one graph again and again without clearing its arrays. */
export class Paths {
  private readonly graph: Graph;
  private readonly free: (edge: number) => boolean;
  private readonly distance: Int32Array;
  private readonly parent: Int32Array;
  private readonly via: Int32Array;
  private readonly stamp: Int32Array;
  private round = 0;
  /** Edges seen so far: the unit in which budgets are given. */
  steps = 0;

  /** `free` tells which edges cost nothing. */
  constructor(graph: Graph, free: (edge: number) => boolean) {
    this.graph = graph;
    this.free = free;
    this.distance = new Int32Array(graph.nodes);
    this.parent = new Int32Array(graph.nodes);
    this.via = new Int32Array(graph.nodes);
    this.stamp = new Int32Array(graph.nodes);
  }

  /**
   * The edges of a shortest non-empty path from `from` to `to`, or null. Within `only`, the path
   * stays in the component of `from`. A path from a node to itself is a shortest cycle through it.
   */
  path(from: number, to: number, only?: Components): number[] | null {
    this.round++;
    let level = 0;
    let current: number[] = [from];
    let later: number[] = [];
    const state = { from, only, level: 0 };
    while (current.length > 0) {
      state.level = level++;
      while (current.length > 0) {
        const v = current.pop() as number;
        if (v === to && this.stamp[v] === this.round) return this.trace(from, to);
        this.expand(v, state, current, later);
      }
      [current, later] = [later, current];
    }
    return null;
  }

  /** The length of a path: its edges that cost something. */
  cost(path: readonly number[]): number {
    return path.filter((edge) => !this.free(edge)).length;
  }

  private expand(
    v: number,
    state: { from: number; only: Components | undefined; level: number },
    current: number[],
    later: number[],
  ): void {
    const { offset, target, edge } = this.graph;
    if (this.stamp[v] === this.round && this.distance[v] < state.level) return;
    for (let i = offset[v]; i < offset[v + 1]; i++) {
      const w = target[i];
      if (state.only && state.only.of[w] !== state.only.of[state.from]) continue;
      this.steps++;
      const free = this.free(edge[i]);
      const distance = free ? state.level : state.level + 1;
      if (this.stamp[w] === this.round && this.distance[w] <= distance) continue;
      this.stamp[w] = this.round;
      this.distance[w] = distance;
      this.parent[w] = v;
      this.via[w] = edge[i];
      if (free) current.push(w);
      else later.push(w);
    }
  }

  private trace(from: number, to: number): number[] {
    const edges: number[] = [];
    let v = to;
    do {
      edges.push(this.via[v]);
      v = this.parent[v];
    } while (v !== from);
    return edges.reverse();
  }
}
