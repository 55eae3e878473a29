/**
 * A question about a polygraph as a graph: nodes, the edges that are known, and who wrote and read what.
 */
import { NEVER_COLUMN } from '../../history.ts';
import { RT, RW, SO, VIA_RW, WR, WW } from '../edges.ts';
import { REAL_TIME, SESSIONS } from '../views.ts';
import { Arcs } from './arcs.ts';
import type { Polygraph } from './polygraph.ts';
import { kindsOf, type Moments, momentsOf, type Question } from './shape.ts';

/** Numbers by row, as compressed rows: those of r are `of[offset[r]]` to before `offset[r + 1]`. */
interface ByRow {
  readonly offset: Int32Array;
  readonly of: Int32Array;
}

/** The graph of a question. */
export interface OrderProblem {
  readonly graph: Polygraph;
  readonly question: Question;
  readonly moments: Moments;
  readonly arcs: Arcs;
  /** The writes that each row made, and those that it read. */
  readonly wrote: ByRow;
  readonly read: ByRow;
  /** The key of each write. */
  readonly key: Int32Array;
}

/** Edges that real time brings to readers beforehand: without them they are found one by one. */
const MAX_TIMED = 4_000_000;

/** States a question. O(edges), and the pairs of writes that time orders with none between them. */
export function problemOf(graph: Polygraph, question: Question): OrderProblem {
  const { edges, writes } = graph;
  const moments = momentsOf(question.shape, edges.nodes);
  const arcs = new Arcs(edges.nodes + (moments.split ? graph.rows : 0), edges.length + graph.rows);
  addKnown(graph, question, moments, arcs);
  const key = new Int32Array(writes.count);
  for (let k = 0; k < writes.keys; k++) key.fill(k, writes.first[k], writes.first[k + 1]);
  const problem: OrderProblem = {
    graph,
    question,
    moments,
    arcs,
    wrote: byRow(graph.rows, writes.count, (write) => writes.writer[write], identity),
    read: byRow(graph.rows, writes.reader.length, (at) => writes.reader[at], writeOfReader(graph)),
    key,
  };
  if (moments.antiDependencies && graph.registers)
    for (let k = 0; k < writes.keys; k++) addTimed(problem, writes.first[k], writes.first[k + 1]);
  return problem;
}

const identity = (number: number): number => number;

/** Which write each place in `reader` is about. */
function writeOfReader({ writes }: Polygraph): (at: number) => number {
  const write = new Int32Array(writes.reader.length);
  for (let w = 0; w < writes.count; w++) write.fill(w, writes.offset[w], writes.offset[w + 1]);
  return (at) => write[at];
}

function byRow(rows: number, count: number, rowOf: (at: number) => number, numberAt: (at: number) => number): ByRow {
  const offset = new Int32Array(rows + 1);
  for (let at = 0; at < count; at++) offset[rowOf(at) + 1]++;
  for (let row = 0; row < rows; row++) offset[row + 1] += offset[row];
  const next = offset.slice();
  const of = new Int32Array(count);
  for (let at = 0; at < count; at++) of[next[rowOf(at)]++] = numberAt(at);
  return { offset, of };
}

/** The nodes that an edge of a kind connects, by those that it connects in the polygraph. */
export function endsOf(
  graph: Polygraph,
  moments: Moments,
): (kind: number, from: number, to: number) => [number, number] {
  const { rows } = graph;
  const fromCommit = new Uint8Array(8);
  const toCommit = new Uint8Array(8);
  if (moments.split) {
    for (const kind of [WW, WR, SO, RT]) fromCommit[kind] = 1;
    for (const kind of [RW, VIA_RW]) toCommit[kind] = 1;
    if (moments.overwriting > 0) toCommit[WW] = 1;
  }
  return (kind, from, to) => [
    from < rows && fromCommit[kind] === 1 ? moments.written + from : from,
    to < rows && toCommit[kind] === 1 ? moments.written + to : to,
  ];
}

function addKnown(graph: Polygraph, question: Question, moments: Moments, arcs: Arcs): void {
  const { edges, rows } = graph;
  const kinds = kindsOf(question);
  const ends = endsOf(graph, moments);
  for (let i = 0; i < edges.length; i++) {
    const kind = edges.kind[i];
    if (((kinds >> kind) & 1) === 1) arcs.add(...ends(kind, edges.from[i], edges.to[i]));
  }
  if (moments.split) for (let row = 0; row < rows; row++) arcs.add(row, moments.written + row);
}

/** Of the writes that time puts after a write, those that no other stands between follow its readers as well. */
function addTimed(problem: OrderProblem, first: number, end: number): void {
  const { graph, question } = problem;
  if (question.time === SESSIONS) addBySession(problem, first, end);
  if (question.time !== REAL_TIME) return;
  const { writer } = graph.writes;
  for (let before = first; before < end; before++) {
    let limit = NEVER_COLUMN;
    const ended = graph.end[writer[before]];
    for (let after = firstAfter(graph, before + 1, end, ended); after < end; after++) {
      if (graph.start[writer[after]] > limit) break;
      addReaders(problem, before, after);
      limit = Math.min(limit, graph.end[writer[after]]);
    }
  }
}

function addBySession(problem: OrderProblem, first: number, end: number): void {
  const { graph } = problem;
  const last = new Map<number, number>();
  for (let after = first; after < end; after++) {
    const row = graph.writes.writer[after];
    if (graph.session[row] < 0) continue;
    const before = last.get(graph.session[row]);
    if (before !== undefined && graph.end[graph.writes.writer[before]] < graph.start[row])
      addReaders(problem, before, after);
    last.set(graph.session[row], after);
  }
}

function addReaders({ graph, moments, arcs }: OrderProblem, before: number, after: number): void {
  const { writer, offset, reader } = graph.writes;
  if (arcs.length > MAX_TIMED + graph.edges.length) return;
  for (let i = offset[before]; i < offset[before + 1]; i++)
    if (reader[i] !== writer[after])
      arcs.add(
        reader[i],
        moments.written + writer[after],
        moments.overwriting + writer[before],
        moments.written + writer[after],
        writer[before],
      );
}

/** The first of the writes from `low` on whose writer began after `moment`. */
function firstAfter({ writes, start }: Polygraph, low: number, high: number, moment: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (start[writes.writer[middle]] > moment) to = middle;
    else from = middle + 1;
  }
  return from;
}
