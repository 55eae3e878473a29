/** Which transactions a contradiction rests on: those of a cycle, and those from which its edges were derived. */
import { components, type Graph } from '../graph.ts';
import type { Arcs } from './arcs.ts';

/** How many edges are tried as the one that closes the shortest cycle. */
const TRIES = 64;

/** The nodes of a short cycle of all edges, and of all that these were derived from; `place` orders the older. */
export function nodesOfCycle(arcs: Arcs, place: Int32Array): Set<number> {
  return new Derivation(arcs, place).nodes(shortCycle(arcs));
}

/** Some nodes, and those of edges and of all that these were derived from; `order` is one of all edges. */
export function nodesOfProof(
  arcs: Arcs,
  order: Int32Array,
  nodes: ReadonlySet<number>,
  edges: ReadonlySet<number>,
): Set<number> {
  const place = new Int32Array(arcs.nodes);
  order.forEach((node, at) => {
    place[node] = at;
  });
  return new Set([...nodes, ...new Derivation(arcs, place).nodes([...edges])]);
}

/** The numbers of the edges of a cycle: the shortest of those through some edges of the smallest component. */
function shortCycle(arcs: Arcs): number[] {
  const graph = arcs.graph();
  const { of, size } = components(graph);
  let smallest = -1;
  for (let i = 0; i < arcs.length; i++) {
    const component = of[arcs.from[i]];
    if (component !== of[arcs.to[i]]) continue;
    if (arcs.from[i] === arcs.to[i]) return [i];
    if (smallest < 0 || size[component] < size[smallest]) smallest = component;
  }
  let best: number[] | null = null;
  let tries = 0;
  const walk = new Walk(graph, arcs);
  for (let i = arcs.length - 1; i >= 0 && tries < TRIES; i--) {
    if (of[arcs.from[i]] !== smallest || of[arcs.to[i]] !== smallest) continue;
    tries++;
    const way = walk.way(arcs.to[i], arcs.from[i], arcs.length, null);
    if (way && (best === null || way.length + 1 < best.length)) best = [i, ...way];
  }
  return best ?? [];
}

/** Ways of as few edges as possible. */
class Walk {
  private readonly graph: Graph;
  private readonly arcs: Arcs;
  private readonly mark: Int32Array;
  private readonly via: Int32Array;
  private round = 0;

  constructor(graph: Graph, arcs: Arcs) {
    this.graph = graph;
    this.arcs = arcs;
    this.mark = new Int32Array(graph.nodes);
    this.via = new Int32Array(graph.nodes);
  }

  /** The edges from one node to another, all older than `age`, and not beyond the place of the goal; null for none. */
  way(start: number, goal: number, age: number, place: Int32Array | null): number[] | null {
    if (start === goal) return [];
    const { offset, target, edge } = this.graph;
    const limit = place ? place[goal] : 0;
    this.round++;
    this.mark[start] = this.round;
    const seen = [start];
    for (let head = 0; head < seen.length; head++)
      for (let i = offset[seen[head]]; i < offset[seen[head] + 1]; i++) {
        const w = target[i];
        if (edge[i] >= age || this.mark[w] === this.round || (place && place[w] > limit)) continue;
        this.mark[w] = this.round;
        this.via[w] = edge[i];
        if (w === goal) return this.trace(start, goal);
        seen.push(w);
      }
    return null;
  }

  private trace(start: number, goal: number): number[] {
    const way: number[] = [];
    for (let v = goal; v !== start; v = this.arcs.from[way[way.length - 1]]) way.push(this.via[v]);
    return way.reverse();
  }
}

class Derivation {
  private readonly arcs: Arcs;
  private readonly place: Int32Array | null;
  private readonly walk: Walk;

  constructor(arcs: Arcs, place: Int32Array) {
    this.arcs = arcs;
    this.place = place.length === 0 ? null : place;
    this.walk = new Walk(arcs.graph(), arcs);
  }

  nodes(cycle: readonly number[]): Set<number> {
    const { from, to, since, till, because } = this.arcs;
    const nodes = new Set<number>();
    const seen = new Set(cycle);
    for (const arc of seen) {
      nodes.add(from[arc]).add(to[arc]);
      if (because[arc] >= 0) nodes.add(because[arc]);
      if (since[arc] < 0) continue;
      nodes.add(since[arc]).add(till[arc]);
      for (const older of this.walk.way(since[arc], till[arc], arc, this.place) ?? []) seen.add(older);
    }
    return nodes;
  }
}
