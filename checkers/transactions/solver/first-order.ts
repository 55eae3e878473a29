/**
 * A topological order to begin with, in which few reads are wrong: transactions run one after another, each as soon as
 * what it overwrites has been read by all who read it. Where none can, one runs nevertheless. O(edges + n log n).
 */
import type { Graph } from '../graph.ts';
import { Heap } from '../heap.ts';
import type { OrderProblem } from './problem.ts';

/** How often each node may be woken on average: then they run as they come, for an order is only a beginning. */
const PATIENCE = 64;

/** Runs all nodes, those with small keys first; null where the edges form a cycle. */
export function firstOrder(problem: OrderProblem, graph: Graph, key: Int32Array): Int32Array | null {
  return new Run(problem, graph, key).finish();
}

class Run {
  private readonly problem: OrderProblem;
  private readonly graph: Graph;
  private readonly waiting: Int32Array;
  /** The last write of each key, -1 before the first, and the readers of each write that have not run. */
  private readonly current: Int32Array;
  private readonly pending: Int32Array;
  private readonly ready: Heap;
  /** Nodes that wait for the readers of a write. */
  private readonly blocked = new Map<number, number[]>();
  private readonly held: Heap;
  private readonly done: Uint8Array;
  private readonly order: Int32Array;
  private count = 0;
  private woken = 0;

  constructor(problem: OrderProblem, graph: Graph, key: Int32Array) {
    this.problem = problem;
    this.graph = graph;
    const { writes } = problem.graph;
    this.current = new Int32Array(writes.keys).fill(-1);
    this.pending = Int32Array.from({ length: writes.count }, (_, w) => writes.offset[w + 1] - writes.offset[w]);
    this.waiting = new Int32Array(graph.nodes);
    for (let i = 0; i < graph.target.length; i++) this.waiting[graph.target[i]]++;
    this.ready = new Heap(key);
    this.held = new Heap(key);
    this.done = new Uint8Array(graph.nodes);
    this.order = new Int32Array(graph.nodes);
  }

  finish(): Int32Array | null {
    for (let v = 0; v < this.graph.nodes; v++) if (this.waiting[v] === 0) this.ready.push(v);
    while (this.count < this.graph.nodes) {
      const node = this.ready.pop();
      if (node >= 0) {
        if (this.done[node] === 0) this.consider(node);
        continue;
      }
      let forced = this.held.pop();
      while (forced >= 0 && this.done[forced] === 1) forced = this.held.pop();
      if (forced < 0) return null;
      this.execute(forced);
    }
    return this.order;
  }

  private consider(node: number): void {
    const obstacle = this.obstacle(node);
    if (obstacle < 0) {
      this.execute(node);
      return;
    }
    const list = this.blocked.get(obstacle);
    if (list) list.push(node);
    else this.blocked.set(obstacle, [node]);
    this.held.push(node);
  }

  /** The row whose writes happen at a node, or -1. */
  private writerAt(node: number): number {
    const { graph, moments } = this.problem;
    const row = node - moments.written;
    return row >= 0 && row < graph.rows ? row : -1;
  }

  /** A write that would be overwritten although others still have to read it, or -1. */
  private obstacle(node: number): number {
    const row = this.writerAt(node);
    if (row < 0 || this.woken > PATIENCE * this.graph.nodes) return -1;
    const { wrote, key } = this.problem;
    for (let i = wrote.offset[row]; i < wrote.offset[row + 1]; i++) {
      const held = this.current[key[wrote.of[i]]];
      if (held >= 0 && this.pending[held] > this.ownReads(row, held)) return held;
    }
    return -1;
  }

  /** With one moment a transaction reads when it writes. */
  private ownReads(row: number, write: number): number {
    const { read, moments } = this.problem;
    if (moments.split) return 0;
    for (let i = read.offset[row]; i < read.offset[row + 1]; i++) if (read.of[i] === write) return 1;
    return 0;
  }

  private execute(node: number): void {
    const { graph, read, wrote, key } = this.problem;
    this.done[node] = 1;
    this.order[this.count++] = node;
    if (node < graph.rows)
      for (let i = read.offset[node]; i < read.offset[node + 1]; i++)
        if (--this.pending[read.of[i]] <= 1) this.wake(read.of[i]);
    const row = this.writerAt(node);
    if (row >= 0)
      for (let i = wrote.offset[row]; i < wrote.offset[row + 1]; i++) {
        const write = wrote.of[i];
        const before = this.current[key[write]];
        this.current[key[write]] = write;
        if (before >= 0) this.wake(before);
      }
    const { offset, target } = this.graph;
    for (let i = offset[node]; i < offset[node + 1]; i++)
      if (--this.waiting[target[i]] === 0) this.ready.push(target[i]);
  }

  private wake(write: number): void {
    const nodes = this.blocked.get(write);
    if (!nodes) return;
    this.blocked.delete(write);
    this.woken += nodes.length;
    for (const node of nodes) if (this.done[node] === 0) this.ready.push(node);
  }
}
