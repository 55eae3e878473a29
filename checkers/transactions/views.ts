/**
 * A model's graph, from the dependencies: which kinds of edges count, and whether a transaction is one moment or two.
 *
 * With one moment (serializability) a cycle of any counted edges is a violation. With two, a transaction reads at
 * its start and writes at its commit: what it read was committed before it started, and what it did not see was
 * committed after. A cycle then is one in which no two anti-dependencies follow one another, which is snapshot
 * isolation (Cerone, Gotsman, "Analysing Snapshot Isolation", PODC 2016); if a write need only be committed after
 * the one it follows, and may have started before, it is prefix consistency (Bernardi, Gotsman, "Robustness
 * against Consistency Models with Atomic Visibility", CONCUR 2016). Both graphs are linear in the dependencies.
 */
import { type EdgeList, RT, RW, SO, VIA_RT, VIA_RW, WR, WW } from './edges.ts';
import { type Graph, graphOf } from './graph.ts';

const bit = (kind: number): number => 1 << kind;
const VIAS = bit(VIA_RW) | bit(VIA_RT);

/** Sets of kinds of edges. */
export const WRITES = bit(WW) | VIAS;
export const DEPENDENCIES = bit(WW) | bit(WR) | VIAS;
export const ALL_DATA = bit(WW) | bit(WR) | bit(RW) | VIAS;
export const SESSIONS = bit(SO);
export const REAL_TIME = bit(SO) | bit(RT);

const EVERY = ALL_DATA | REAL_TIME;

/** The graph over rows and virtual nodes with the edges of `kinds`; without `numbered` its edges have no numbers. */
export function wholeGraph(edges: EdgeList, kinds: number, numbered = true): Graph {
  const { length, kind } = edges;
  if (kinds === EVERY) return graphOf(edges.nodes, length, edges.from, edges.to, numbered);
  const from = new Int32Array(length);
  for (let i = 0; i < length; i++) from[i] = (kinds >> kind[i]) & 1 ? edges.from[i] : -1;
  return graphOf(edges.nodes, length, from, edges.to, numbered);
}

/**
 * The graph of starts and commits: node v is the start of row v or a virtual node, `edges.nodes + v`
 * the commit of row v. Edges of the source keep their numbers; the edge from row v's start to its commit
 * is `edges.length + v`. `snapshot` says whether a write starts after the one it follows has committed.
 */
export function splitGraph(edges: EdgeList, kinds: number, snapshot: boolean): Graph {
  const { length, kind, rows, nodes } = edges;
  const fromCommit = new Uint8Array(8);
  const toCommit = new Uint8Array(8);
  for (const k of [WW, WR, SO, RT]) fromCommit[k] = 1;
  for (const k of [RW, VIA_RW]) toCommit[k] = 1;
  if (!snapshot) toCommit[WW] = 1;
  const from = new Int32Array(length + rows);
  const to = new Int32Array(length + rows);
  for (let i = 0; i < length; i++) {
    const k = kind[i];
    const a = edges.from[i];
    const b = edges.to[i];
    from[i] = (kinds >> k) & 1 ? (a < rows && fromCommit[k] === 1 ? nodes + a : a) : -1;
    to[i] = b < rows && toCommit[k] === 1 ? nodes + b : b;
  }
  for (let row = 0; row < rows; row++) {
    from[length + row] = row;
    to[length + row] = nodes + row;
  }
  return graphOf(nodes + rows, length + rows, from, to);
}
