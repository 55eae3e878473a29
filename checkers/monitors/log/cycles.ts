/**
 * Cycles among transactions on a log: which operation polled messages of which,
 * whose messages lie first, and which came after which. Classes as in Adya, "Weak
 * consistency", PhD thesis, MIT 1999, and Kingsbury and Alvaro, "Elle", VLDB 2021.
 */
import type { Columns } from '../../history.ts';
import { INFO, NEVER_COLUMN, OK } from '../../history.ts';
import { hadBegunBy } from '../real-time.ts';
import type { LogOperations } from './operations.ts';
import { flat, type LogOrders, tookEffect } from './orders.ts';

/**
 * A cycle: its class, and its operations by row, each with the
 * sentence that leads on to the next; the last leads to the first.
 */
export interface LogCycle {
  readonly class: string;
  readonly rows: readonly number[];
  readonly edges: readonly ('ww' | 'wr' | 'process' | 'realtime')[];
}

const WW = 0;
const WR = 1;
const PROCESS = 2;
const REALTIME = 3;
const EDGES = ['ww', 'wr', 'process', 'realtime'] as const;

/** Edges from node to node, with their kinds. */
interface LogGraph {
  readonly nodes: number;
  readonly from: number[];
  readonly to: number[];
  readonly kind: number[];
}

/**
 * The shortest cycle of the first class that has one, among the orders of messages (where `writeOrder`) and polls,
 * then with each process's order, then with real time, where there is any. O(n), and a search where there is a cycle.
 */
export function logCycles(log: LogOperations, orders: LogOrders, writeOrder: boolean): readonly LogCycle[] {
  const rows = log.operations
    .filter((operation) => operation.sent.size + operation.polled.size > 0 && tookEffect(log, orders.reader, operation))
    .map(({ row }) => row);
  const node = new Map(rows.map((row, at) => [row, at]));
  const graph: LogGraph = { nodes: rows.length, from: [], to: [], kind: [] };
  if (writeOrder) connectWrites(orders, node, graph);
  connectReads(log, orders, node, graph);
  const plain = shortestCycle(graph);
  if (plain) return [named(plain, rows, '')];
  connectProcesses(log.columns, rows, graph);
  const inProcess = shortestCycle(graph);
  if (inProcess) return [named(inProcess, rows, '-process')];
  if (!log.columns.realTime) return [];
  const timed = connectTime(log.columns, rows, graph);
  const inTime = shortestCycle(timed);
  return inTime ? [named(inTime, rows, '-realtime')] : [];
}

/** Neighbours in a key's log, where each offset has one value and each value one offset. */
function connectWrites({ byKey, writer }: LogOrders, node: ReadonlyMap<number, number>, graph: LogGraph): void {
  for (const { valuesAt } of byKey) {
    const values = valuesAt.map((found) => found[0]);
    if (valuesAt.some((found) => found.length > 1) || new Set(values).size < values.length) continue;
    for (let i = 1; i < values.length; i++)
      connect(graph, node.get(writer[values[i - 1]]), node.get(writer[values[i]]), WW);
  }
}

/** Of a message that was sent twice nobody knows whose was polled, unless that was before the first had begun. */
function connectReads(
  log: LogOperations,
  { writer, sentTwice }: LogOrders,
  node: ReadonlyMap<number, number>,
  graph: LogGraph,
): void {
  const twice = new Set(sentTwice);
  for (const { row, polled } of log.operations) {
    if (polled.size === 0 || log.columns.type[row] !== OK) continue;
    for (const { value } of flat(polled))
      if (!twice.has(value) || !hadBegunBy(log.columns, writer[value], row))
        connect(graph, node.get(writer[value]), node.get(row), WR);
  }
}

function connectProcesses({ process }: Columns, rows: readonly number[], graph: LogGraph): void {
  const last = new Map<number, number>();
  rows.forEach((row, at) => {
    connect(graph, last.get(process[row]), at, PROCESS);
    last.set(process[row], at);
  });
}

/**
 * One node for each completion in the order of time, and from each
 * to the next: few edges that reach exactly what real time orders.
 */
function connectTime({ start, end, type }: Columns, rows: readonly number[], graph: LogGraph): LogGraph {
  const ended = [...rows.keys()].filter((at) => type[rows[at]] !== INFO && end[rows[at]] !== NEVER_COLUMN);
  ended.sort((a, b) => end[rows[a]] - end[rows[b]]);
  const timed = { nodes: rows.length + ended.length, from: [...graph.from], to: [...graph.to], kind: [...graph.kind] };
  ended.forEach((at, i) => {
    connect(timed, at, rows.length + i, REALTIME);
    if (i > 0) connect(timed, rows.length + i - 1, rows.length + i, REALTIME);
  });
  let before = 0;
  rows.forEach((row, at) => {
    while (before < ended.length && end[rows[ended[before]]] < start[row]) before++;
    if (before > 0) connect(timed, rows.length + before - 1, at, REALTIME);
  });
  return timed;
}

function connect({ from, to, kind }: LogGraph, a: number | undefined, b: number | undefined, edge: number): void {
  if (a === undefined || b === undefined || a === b) return;
  from.push(a);
  to.push(b);
  kind.push(edge);
}

interface Cycle {
  readonly nodes: readonly number[];
  readonly kinds: readonly number[];
}

function named({ nodes, kinds }: Cycle, rows: readonly number[], suffix: string): LogCycle {
  // Nodes of the clock are no operations: what leads into one and out of it is one step.
  const real = nodes.map((at, i) => [at, kinds[i]] as const).filter(([at]) => at < rows.length);
  const name = kinds.includes(WR) ? 'G1c' : 'G0';
  return { class: name + suffix, rows: real.map(([at]) => rows[at]), edges: real.map(([, kind]) => EDGES[kind]) };
}

/** How many edges are tried as parts of a short cycle. */
const TRIED = 64;

/** A short cycle, through a poll where the edges tried have one; undefined exactly where there is no cycle. */
function shortestCycle(graph: LogGraph): Cycle | undefined {
  const { first, next } = adjacency(graph);
  const left = remaining(graph, first, next);
  const edges = [...graph.from.keys()].filter((edge) => left[graph.from[edge]] && left[graph.to[edge]]);
  if (edges.length === 0) return undefined;
  // Through a poll if possible: a cycle of sends alone is weaker evidence.
  for (const kinds of [[WR], [WW, PROCESS, REALTIME]]) {
    let best: Cycle | undefined;
    for (const edge of edges.filter((at) => kinds.includes(graph.kind[at])).slice(0, TRIED)) {
      best = back(graph, first, next, left, edge, best?.nodes.length ?? Number.POSITIVE_INFINITY) ?? best;
      if (best && best.nodes.length <= 2) break;
    }
    if (best) return best;
  }
  return walk(graph, first, next, left, edges[0]);
}

/** Follows edges until a node repeats, which it must: every node left has an outgoing edge. */
function walk(
  { from, to, kind }: LogGraph,
  first: Int32Array,
  next: Int32Array,
  left: Uint8Array,
  edge: number,
): Cycle {
  const places = new Map<number, number>();
  const trail: number[] = [];
  let along = edge;
  while (!places.has(from[along])) {
    places.set(from[along], trail.push(along) - 1);
    const at = to[along];
    let i = first[at];
    while (!left[to[next[i]]]) i++;
    along = next[i];
  }
  const cycle = trail.slice(places.get(from[along]));
  return { nodes: cycle.map((at) => from[at]), kinds: cycle.map((at) => kind[at]) };
}

/** Edges by node: `first[node]` to `first[node + 1]` in `next`. */
function adjacency({ nodes, from }: LogGraph): { first: Int32Array; next: Int32Array } {
  const first = new Int32Array(nodes + 1);
  for (const at of from) first[at + 1]++;
  for (let at = 0; at < nodes; at++) first[at + 1] += first[at];
  const filled = first.slice();
  const next = new Int32Array(from.length);
  from.forEach((at, edge) => {
    next[filled[at]++] = edge;
  });
  return { first, next };
}

/**
 * Which nodes are left when those that nothing leads to, or that
 * lead nowhere, are taken away, again and again: all cycles are.
 */
function remaining({ nodes, from, to }: LogGraph, first: Int32Array, next: Int32Array): Uint8Array {
  const reversed = adjacency({ nodes, from: to, to: from, kind: [] });
  const left = new Uint8Array(nodes).fill(1);
  peel(left, to, first, next);
  peel(left, from, reversed.first, reversed.next);
  return left;
}

function peel(left: Uint8Array, to: readonly number[], first: Int32Array, next: Int32Array): void {
  const incoming = new Int32Array(left.length);
  for (let at = 0; at < left.length; at++) {
    if (!left[at]) continue;
    for (let i = first[at]; i < first[at + 1]; i++) incoming[to[next[i]]]++;
  }
  const free: number[] = [];
  for (let at = 0; at < left.length; at++) if (left[at] && incoming[at] === 0) free.push(at);
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    left[at] = 0;
    for (let i = first[at]; i < first[at + 1]; i++) {
      const target = to[next[i]];
      if (--incoming[target] === 0 && left[target]) free.push(target);
    }
  }
}

/** The shortest way from an edge's end back to its beginning, below `limit` nodes. */
function back(
  { from, to, kind }: LogGraph,
  first: Int32Array,
  next: Int32Array,
  left: Uint8Array,
  edge: number,
  limit: number,
): Cycle | undefined {
  const reached = new Map<number, number>([[to[edge], edge]]);
  let frontier = [to[edge]];
  for (let length = 1; frontier.length > 0 && length < limit; length++) {
    const ahead: number[] = [];
    for (const at of frontier) {
      if (at === from[edge]) return trail(from, kind, reached, edge);
      for (let i = first[at]; i < first[at + 1]; i++) {
        const target = to[next[i]];
        if (!left[target] || reached.has(target)) continue;
        reached.set(target, next[i]);
        ahead.push(target);
      }
    }
    frontier = ahead;
  }
  return undefined;
}

function trail(
  from: readonly number[],
  kind: readonly number[],
  reached: ReadonlyMap<number, number>,
  edge: number,
): Cycle {
  const nodes: number[] = [];
  const kinds: number[] = [];
  let at = from[edge];
  do {
    const by = reached.get(at) as number;
    nodes.unshift(from[by]);
    kinds.unshift(kind[by]);
    at = from[by];
  } while (at !== from[edge]);
  return { nodes, kinds };
}
