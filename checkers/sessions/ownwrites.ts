/**
 * Read your writes by itself: every read has the session's own earlier writes of the key in its past, and nothing
 * else but what it read (Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994).
 *
 * A session's writes are in no order here, so a read after `w1, w2, ...` puts each of them
 * before what it returned. To keep that linear, a row that writes is two nodes: itself, and "all
 * of this session's writes of this key up to here". Two own writes that the session reads in
 * both orders are a violation at once, which is also what bounds the edges between own writes.
 */

import { type PathStep, shortCycle } from './cycles.ts';
import { type RowGraph, SESSION, topologicalOrder } from './graph.ts';
import { INITIAL, type SessionRows } from './rows.ts';
import { type Link, rowOfRead, type SessionViolation } from './violation.ts';

/** Edges as they are found; `why` is `SESSION`, or the place of the read that shows it. */
interface Edges {
  readonly from: number[];
  readonly to: number[];
  readonly why: number[];
}

/** One session's state of one key. */
interface Own {
  /** The last write, and those before it. */
  readonly writes: number[];
  /**
   * Where in `writes` the own write is that was read last, how
   * many writes there were then, and that read; `-1`: none yet.
   */
  read: number;
  known: number;
  by: number;
}

/** What breaks read your writes, or null. For rows that read and write one key each. O(n). */
export function ownWritesViolation(rows: SessionRows): SessionViolation | null {
  const edges: Edges = { from: [], to: [], why: [] };
  for (let s = 0; s + 1 < rows.sessionAt.length; s++) {
    const found = session(rows, s, edges);
    if (found) return found;
  }
  const graph = graphOfEdges(2 * rows.length, edges);
  const order = topologicalOrder(graph);
  if (order.length === graph.length) return null;
  return { kind: 'conflict-cycle', links: linksOf(rows, shortCycle(graph)) };
}

function session(rows: SessionRows, s: number, edges: Edges): SessionViolation | null {
  const keys = new Map<number, Own>();
  for (let row = rows.sessionAt[s]; row < rows.sessionAt[s + 1]; row++) {
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      const own = keys.get(rows.readKey[e]);
      const found = own && ownRead(rows, own, row, e, edges);
      if (found) return found;
    }
    for (let e = rows.writeAt[row]; e < rows.writeAt[row + 1]; e++) {
      const own = keys.get(rows.writeKey[e]);
      push(edges, row, rows.length + row, SESSION);
      if (own) push(edges, rows.length + (own.writes.at(-1) as number), rows.length + row, SESSION);
      if (own) own.writes.push(row);
      else keys.set(rows.writeKey[e], { writes: [row], read: -1, known: 0, by: -1 });
    }
  }
  return null;
}

/** A read of a key that the session has written before. */
function ownRead(rows: SessionRows, own: Own, row: number, e: number, edges: Edges): SessionViolation | null {
  const { writes } = own;
  const last = writes.at(-1) as number;
  const from = rows.readFrom[e];
  const key = rows.readKey[e];
  if (from === INITIAL) {
    return { kind: 'initial', reader: row, key, links: [{ by: 'session', from: last, to: row }] };
  }
  // A write that the session makes only later counts for this read as a write of another session.
  if (rows.sessionOf[from] !== rows.sessionOf[row] || from >= row) {
    push(edges, rows.length + last, from, e);
    return null;
  }
  const at = positionOf(writes, from);
  if (own.read >= 0 && own.read !== at && at < own.known) {
    return { kind: 'conflict-cycle', links: bothOrders(key, writes[own.read], own.by, from, row) };
  }
  if (own.read !== at) {
    if (at > 0) push(edges, rows.length + writes[at - 1], from, e);
    own.read = at;
    own.known = at + 1;
  }
  for (; own.known < writes.length; own.known++) push(edges, writes[own.known], from, e);
  own.by = row;
  return null;
}

function positionOf(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Own writes `a` and `b`: the read `readA` returned `a` and then `readB` returned `b`, both after both. */
function bothOrders(key: number, a: number, readA: number, b: number, readB: number): Link[] {
  return [conflict(key, b, a, readA), conflict(key, a, b, readB)];
}

function conflict(key: number, from: number, to: number, reader: number): Link {
  return { by: 'conflict', from, to, reader, key, path: [{ by: 'session', from, to: reader }] };
}

function push(edges: Edges, from: number, to: number, why: number): void {
  edges.from.push(from);
  edges.to.push(to);
  edges.why.push(why);
}

function graphOfEdges(length: number, { from, to, why }: Edges): RowGraph {
  const at = new Int32Array(length + 1);
  for (const node of from) at[node + 1]++;
  for (let node = 0; node < length; node++) at[node + 1] += at[node];
  const next = at.slice();
  const graph = { length, at, to: new Int32Array(to.length), why: new Int32Array(to.length) };
  for (let e = 0; e < from.length; e++) {
    graph.to[next[from[e]]] = to[e];
    graph.why[next[from[e]]++] = why[e];
  }
  return graph;
}

/** The conflicts of a cycle; the steps between a write and "all up to here" only say which write it is. */
function linksOf(rows: SessionRows, steps: readonly PathStep[]): Link[] {
  const start = steps.findIndex((step) => step.why !== SESSION) + 1;
  const links: Link[] = [];
  let from = -1;
  for (const step of [...steps.slice(start), ...steps.slice(0, start)]) {
    if (from < 0) from = step.from;
    if (step.why === SESSION) continue;
    links.push(conflict(rows.readKey[step.why], from, step.to, rowOfRead(rows, step.why)));
    from = -1;
  }
  return links;
}
