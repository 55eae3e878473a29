/**
 * Cycles with exactly one anti-dependency: is there an edge a -rw-> b with a path of dependencies from b back to a?
 *
 * Thirty-two sources at a time, one bit each, are swept along the dependencies in topological
 * order of their components, those with the shortest way back first: O(sources / 32 * edges).
 */
import { type EdgeList, RW } from './edges.ts';
import { type Components, components, type Graph } from './graph.ts';
import { wholeGraph } from './views.ts';

/** A transaction with anti-dependencies, and those of them inside the component searched. */
interface Source {
  readonly row: number;
  readonly edges: number[];
  window: number;
}

/**
 * Up to `limit` anti-dependencies that close a cycle over the edges of `kinds` (without `RW`), for each component of
 * `within` that `wanted` accepts. Null when `budget`, in edges visited, runs out.
 */
export function closingEdges(
  edges: EdgeList,
  kinds: number,
  within: Components,
  wanted: (component: number) => boolean,
  budget: number,
  limit = 8,
): number[] | null {
  const graph = wholeGraph(edges, kinds);
  const strong = components(graph);
  const sources = sourcesOf(edges, within, wanted, strong);
  const order = descending(graph, strong);
  const found: number[] = [];
  const hits = new Map<number, number>();
  const bits = new Int32Array(strong.count);
  let left = budget;
  for (let at = 0; at < sources.length; at += 32) {
    const batch = sources.slice(at, at + 32).filter((source) => (hits.get(within.of[source.row]) ?? 0) < limit);
    if (batch.length === 0) continue;
    left -= graph.target.length;
    if (left < 0) return found.length > 0 ? found : null;
    for (const edge of sweep(edges, graph, strong, order, batch, bits)) {
      const component = within.of[edges.from[edge]];
      hits.set(component, (hits.get(component) ?? 0) + 1);
      found.push(edge);
    }
  }
  return found;
}

function sourcesOf(
  edges: EdgeList,
  within: Components,
  wanted: (component: number) => boolean,
  strong: Components,
): Source[] {
  const sources = new Map<number, Source>();
  for (let i = 0; i < edges.length; i++) {
    const a = edges.from[i];
    if (edges.kind[i] !== RW || within.of[a] !== within.of[edges.to[i]] || !wanted(within.of[a])) continue;
    // Components descend along edges, so only an edge to an equal or higher one can be on a cycle.
    const window = strong.of[edges.to[i]] - strong.of[a];
    if (window < 0) continue;
    const source = sources.get(a) ?? { row: a, edges: [], window };
    source.edges.push(i);
    source.window = Math.min(source.window, window);
    sources.set(a, source);
  }
  return [...sources.values()].sort((x, y) => x.window - y.window || x.row - y.row);
}

/** All nodes, those of the highest component first. */
function descending(graph: Graph, strong: Components): Int32Array {
  const start = new Int32Array(strong.count + 1);
  for (let v = 0; v < graph.nodes; v++) start[strong.count - strong.of[v]]++;
  for (let c = 0; c < strong.count; c++) start[c + 1] += start[c];
  const order = new Int32Array(graph.nodes);
  for (let v = 0; v < graph.nodes; v++) order[start[strong.count - 1 - strong.of[v]]++] = v;
  return order;
}

function sweep(
  edges: EdgeList,
  graph: Graph,
  strong: Components,
  order: Int32Array,
  batch: readonly Source[],
  bits: Int32Array,
): number[] {
  bits.fill(0);
  batch.forEach((source, bit) => {
    for (const edge of source.edges) bits[strong.of[edges.to[edge]]] |= 1 << bit;
  });
  const { offset, target } = graph;
  for (let i = 0; i < order.length; i++) {
    const v = order[i];
    const here = bits[strong.of[v]];
    if (here === 0) continue;
    for (let e = offset[v]; e < offset[v + 1]; e++) bits[strong.of[target[e]]] |= here;
  }
  return batch.flatMap((source, bit) => ((bits[strong.of[source.row]] >> bit) & 1 ? [...source.edges] : []));
}
