/**
 * Graphs as compressed rows of typed arrays, with a topological
 * order and strongly connected components that never recurse.
 *
 * Sources: Kahn, "Topological sorting of large networks" (CACM 1962); Tarjan, "Depth-first search and linear graph
 * algorithms" (SIAM J. Comput. 1972). Both are linear in nodes and edges.
 */

import { Heap } from './heap.ts';

/**
 * The successors of `v` are `target[offset[v]]` to `target[offset[v
 * + 1] - 1]`; `edge` says which edge of the source each is.
 */
export interface Graph {
  readonly nodes: number;
  readonly offset: Int32Array;
  readonly target: Int32Array;
  readonly edge: Int32Array;
}

/**
 * The graph of `length` edges whose ends the columns hold; an edge whose `from` is negative is left
 * out. Without `numbered`, `edge` is left empty, for those who only ask whether there is a cycle.
 */
export function graphOf(nodes: number, length: number, from: Int32Array, to: Int32Array, numbered = true): Graph {
  const offset = new Int32Array(nodes + 1);
  for (let i = 0; i < length; i++) if (from[i] >= 0) offset[from[i] + 1]++;
  for (let v = 0; v < nodes; v++) offset[v + 1] += offset[v];
  const target = new Int32Array(offset[nodes]);
  const edge = new Int32Array(numbered ? offset[nodes] : 0);
  // Filled from behind, an offset ends where its row begins: no second array of places.
  for (let v = nodes; v > 0; v--) offset[v] = offset[v - 1];
  for (let i = 0; i < length; i++) {
    if (from[i] < 0) continue;
    const at = offset[from[i] + 1]++;
    target[at] = to[i];
    if (numbered) edge[at] = i;
  }
  return { nodes, offset, target, edge };
}

/** All nodes so that every edge leads forward, or null where there is a cycle. */
export function topologicalOrder(graph: Graph): Int32Array | null {
  const { nodes, offset, target } = graph;
  const waiting = new Int32Array(nodes);
  for (let i = 0; i < target.length; i++) waiting[target[i]]++;
  const order = new Int32Array(nodes);
  let tail = 0;
  for (let v = 0; v < nodes; v++) if (waiting[v] === 0) order[tail++] = v;
  for (let head = 0; head < tail; head++) {
    const v = order[head];
    for (let i = offset[v]; i < offset[v + 1]; i++) if (--waiting[target[i]] === 0) order[tail++] = target[i];
  }
  return tail === nodes ? order : null;
}

/**
 * A topological order in which, of all nodes that could come next,
 * the one with the smallest key does; null where there is a cycle.
 */
export function orderByKey(graph: Graph, key: Int32Array): Int32Array | null {
  const { nodes, offset, target } = graph;
  const waiting = new Int32Array(nodes);
  for (let i = 0; i < target.length; i++) waiting[target[i]]++;
  const ready = new Heap(key);
  for (let v = 0; v < nodes; v++) if (waiting[v] === 0) ready.push(v);
  const order = new Int32Array(nodes);
  let placed = 0;
  for (let v = ready.pop(); v >= 0; v = ready.pop()) {
    order[placed++] = v;
    for (let i = offset[v]; i < offset[v + 1]; i++) if (--waiting[target[i]] === 0) ready.push(target[i]);
  }
  return placed === nodes ? order : null;
}

/** Strongly connected components: `of[v]` numbers v's; numbers descend along edges between components. */
export interface Components {
  readonly count: number;
  readonly of: Int32Array;
  readonly size: Int32Array;
}

/** The strongly connected components, with an explicit stack. */
export function components(graph: Graph): Components {
  const search = new ComponentSearch(graph);
  for (let root = 0; root < graph.nodes; root++) search.from(root);
  const { of, count } = search;
  const size = new Int32Array(count);
  for (let v = 0; v < graph.nodes; v++) size[of[v]]++;
  return { count, of, size };
}

/** The state of Tarjan's depth-first search; `path` is what a recursion would keep on the call stack. */
class ComponentSearch {
  readonly of: Int32Array;
  count = 0;
  private readonly graph: Graph;
  private readonly index: Int32Array;
  private readonly low: Int32Array;
  private readonly stack: Int32Array;
  private readonly path: Int32Array;
  private readonly cursor: Int32Array;
  private stacked = 0;
  private clock = 0;

  constructor(graph: Graph) {
    const { nodes } = graph;
    this.graph = graph;
    this.of = new Int32Array(nodes).fill(-1);
    this.index = new Int32Array(nodes);
    this.low = new Int32Array(nodes);
    this.stack = new Int32Array(nodes);
    this.path = new Int32Array(nodes);
    this.cursor = graph.offset.slice(0, nodes);
  }

  from(root: number): void {
    const { path, low } = this;
    if (this.index[root] !== 0) return;
    let depth = 0;
    path[0] = root;
    this.enter(root);
    while (depth >= 0) {
      const v = path[depth];
      const w = this.advance(v);
      if (w >= 0) {
        path[++depth] = w;
        this.enter(w);
        continue;
      }
      depth--;
      if (depth >= 0 && low[v] < low[path[depth]]) low[path[depth]] = low[v];
      if (low[v] === this.index[v]) this.close(v);
    }
  }

  private enter(v: number): void {
    this.index[v] = this.low[v] = ++this.clock;
    this.stack[this.stacked++] = v;
  }

  /** The next successor of `v` that was never seen, or -1; edges back into open components are noted on the way. */
  private advance(v: number): number {
    const { offset, target } = this.graph;
    const { cursor, index, low, of } = this;
    while (cursor[v] < offset[v + 1]) {
      const w = target[cursor[v]++];
      if (index[w] === 0) return w;
      if (of[w] < 0 && index[w] < low[v]) low[v] = index[w];
    }
    return -1;
  }

  private close(v: number): void {
    let w: number;
    do {
      w = this.stack[--this.stacked];
      this.of[w] = this.count;
    } while (w !== v);
    this.count++;
  }
}
