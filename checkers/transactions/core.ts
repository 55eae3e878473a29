/**
 * The part of the dependencies that cycles can be in: the strongly connected components of all edges.
 *
 * Every model's graph is a part of the whole one, and its cycles are closed walks of it,
 * so nothing is lost; and what is left of a history with a few anomalies is small.
 */
import { EdgeList } from './edges.ts';
import { components, type Graph } from './graph.ts';

/** The edges inside components, over nodes renumbered; `origin[v]` is node v's old number. */
export interface Core {
  readonly edges: EdgeList;
  readonly origin: Int32Array;
}

/** Cuts a graph of all edges down to its components of more than one node. */
export function coreOf(edges: EdgeList, whole: Graph): Core {
  const { of, size } = components(whole);
  const place = new Int32Array(edges.nodes).fill(-1);
  const origin: number[] = [];
  let rows = 0;
  for (let v = 0; v < edges.nodes; v++) {
    if (size[of[v]] < 2) continue;
    place[v] = origin.length;
    origin.push(v);
    if (v < edges.rows) rows++;
  }
  const core = new EdgeList(rows, origin.length);
  for (let i = 0; i < edges.length; i++) {
    const a = edges.from[i];
    const b = edges.to[i];
    if (of[a] === of[b] && size[of[a]] > 1) core.add(place[a], place[b], edges.kind[i], edges.seen[i], edges.made[i]);
  }
  return { edges: core, origin: Int32Array.from(origin) };
}
