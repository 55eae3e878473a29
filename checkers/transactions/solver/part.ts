/** A part of a polygraph: some of its rows, with what follows from them alone. */
import { EdgeList, RT, RW, SO, VIA_RT, VIA_RW } from '../edges.ts';
import { graphOf } from '../graph.ts';
import { addRealTime, addSessions } from '../real-time-edges.ts';
import { type Polygraph, WritesDraft } from './polygraph.ts';

const outgoing = new WeakMap<Polygraph, ReturnType<typeof graphOf>>();

/** The edges of data by where they begin, made once for a polygraph. */
function outgoingOf(graph: Polygraph): ReturnType<typeof graphOf> {
  const known = outgoing.get(graph);
  if (known) return known;
  const { edges } = graph;
  const from = edges.from.slice(0, edges.length);
  for (let i = 0; i < edges.length; i++) if (isTime(edges.kind[i])) from[i] = -1;
  const made = graphOf(edges.nodes, edges.length, from, edges.to);
  outgoing.set(graph, made);
  return made;
}

const isTime = (kind: number): boolean => kind === SO || kind === RT || kind === VIA_RT;

/**
 * The polygraph of these rows, sorted. What was read of a row that is left out says nothing. A transaction that was
 * never answered and that nobody of them read from may stay: nothing leads from it. O(rows, their edges and reads).
 */
export function partOf(graph: Polygraph, rows: readonly number[]): Polygraph {
  const place = new Map(rows.map((row, at) => [row, at]));
  const of = (column: Int32Array): Int32Array => Int32Array.from(rows, (row) => column[row]);
  const part = {
    rows: rows.length,
    origin: of(graph.origin),
    start: of(graph.start),
    end: of(graph.end),
    session: of(graph.session),
    happened: null,
    registers: graph.registers,
    author: graph.author,
  };
  const edges = new EdgeList(rows.length);
  const there = new Set(part.origin);
  rows.forEach((row, at) => {
    addOutgoing(graph, row, at, place, there, edges);
  });
  addRealTime(edges, part);
  addSessions(edges, part);
  return { ...part, edges, writes: writesOf(graph, place) };
}

/** Adds the edges of data from a row to others that are kept, those by way of virtual nodes directly. */
function addOutgoing(
  graph: Polygraph,
  row: number,
  at: number,
  place: ReadonlyMap<number, number>,
  there: ReadonlySet<number>,
  out: EdgeList,
): void {
  const { offset, target, edge } = outgoingOf(graph);
  const { edges, author, registers } = graph;
  const add = (to: number, kind: number, seen: number, made: number): void => {
    const next = place.get(to);
    if (next !== undefined && next !== at) out.add(at, next, kind, seen, made);
  };
  const follow = (virtual: number, kind: number, seen: number): void => {
    const stack = [virtual];
    for (let node = stack.pop(); node !== undefined; node = stack.pop())
      for (let i = offset[node]; i < offset[node + 1]; i++)
        if (target[i] >= graph.rows) stack.push(target[i]);
        else add(target[i], kind, seen, edges.made[edge[i]]);
  };
  for (let i = offset[row]; i < offset[row + 1]; i++) {
    const { kind, seen, made } = { kind: edges.kind[edge[i]], seen: edges.seen[edge[i]], made: edges.made[edge[i]] };
    if (kind === VIA_RW) continue;
    // Without who wrote it, what a transaction read is not known to come before anything.
    if (registers && kind === RW && author[seen] >= 0 && !there.has(author[seen])) continue;
    if (target[i] >= graph.rows) follow(target[i], kind, seen);
    else add(target[i], kind, seen, made);
  }
}

function writesOf(graph: Polygraph, place: ReadonlyMap<number, number>): Polygraph['writes'] {
  const { writes } = graph;
  const draft = new WritesDraft();
  const keys = new Map<number, number[]>();
  for (const row of place.keys())
    for (const write of writesBy(graph, row)) {
      const key = keyOf(graph, write);
      const list = keys.get(key);
      if (list) list.push(write);
      else keys.set(key, [write]);
    }
  for (const list of keys.values()) {
    for (const write of list.sort((a, b) => a - b)) {
      draft.add(place.get(writes.writer[write]) as number, writes.version[write]);
      for (let i = writes.offset[write]; i < writes.offset[write + 1]; i++) {
        const reader = place.get(writes.reader[i]);
        if (reader !== undefined) draft.read(reader);
      }
    }
    draft.endKey();
  }
  return draft.finish();
}

const writesByRow = new WeakMap<Polygraph, Map<number, number[]>>();

function writesBy(graph: Polygraph, row: number): readonly number[] {
  let all = writesByRow.get(graph);
  if (!all) {
    all = new Map();
    for (let write = 0; write < graph.writes.count; write++) {
      const list = all.get(graph.writes.writer[write]);
      if (list) list.push(write);
      else all.set(graph.writes.writer[write], [write]);
    }
    writesByRow.set(graph, all);
  }
  return all.get(row) ?? [];
}

/** The key of a write, as its place among those that have writes. */
function keyOf({ writes }: Polygraph, write: number): number {
  let low = 0;
  let high = writes.keys - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (writes.first[middle] <= write) low = middle;
    else high = middle - 1;
  }
  return low;
}
