/**
 * Rows as a graph: what the sessions order under the guarantees asked for, what was read from
 * where, and the conflicts; is it free of cycles, and if not, which short one shows it best.
 *
 * Under all four guarantees a row is one node. Under fewer, what is before a row's read need not be
 * before its write, so a row is two: node `row` is its write and node `rows.length + row` its read.
 */

import type { Guarantees } from './columns.ts';
import type { Conflicts } from './conflicts.ts';
import { INITIAL, type SessionRows } from './rows.ts';

/** Edges in compressed sparse rows. `why`: the place of a conflict, or one of the two below. */
export interface RowGraph {
  readonly length: number;
  readonly at: Int32Array;
  readonly to: Int32Array;
  readonly why: Int32Array;
}

/** In `why`: earlier in the session. */
export const SESSION = -1;
/** In `why`: read from. */
export const READ = -2;

/**
 * The edges that are certain under the guarantees, and those of the conflicts. With
 * `reader`, only what rows of that session read counts as read. O(rows + conflicts).
 */
export function graphOf(
  rows: SessionRows,
  guarantees: Guarantees,
  conflicts: Pick<Conflicts, 'before' | 'after'>,
  reader: number | null = null,
): RowGraph {
  const whole = isWhole(guarantees);
  const length = whole ? rows.length : 2 * rows.length;
  const at = new Int32Array(length + 1);
  edges(rows, guarantees, conflicts, reader, (from) => at[from + 1]++);
  for (let node = 0; node < length; node++) at[node + 1] += at[node];
  const to = new Int32Array(at[length]);
  const why = new Int32Array(at[length]);
  const next = at.slice();
  edges(rows, guarantees, conflicts, reader, (from, target, because) => {
    to[next[from]] = target;
    why[next[from]++] = because;
  });
  return { length, at, to, why };
}

/** Whether a row's read and write are one node of the graph. */
export function isWhole({ writeRead, readRead, writeWrite, readWrite }: Guarantees): boolean {
  return writeRead && readRead && writeWrite && readWrite;
}

type Emit = (from: number, to: number, why: number) => void;

function edges(
  rows: SessionRows,
  guarantees: Guarantees,
  { before, after }: Pick<Conflicts, 'before' | 'after'>,
  reader: number | null,
  emit: Emit,
): void {
  const whole = isWhole(guarantees);
  for (let s = 0; s + 1 < rows.sessionAt.length; s++) {
    if (whole) {
      for (let row = rows.sessionAt[s] + 1; row < rows.sessionAt[s + 1]; row++) emit(row - 1, row, SESSION);
    } else {
      partialSession(rows, s, guarantees, emit);
    }
  }
  const first = reader === null ? 0 : rows.sessionAt[reader];
  const end = reader === null ? rows.length : rows.sessionAt[reader + 1];
  for (let row = first; row < end; row++) {
    for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) {
      if (rows.readFrom[e] !== INITIAL) emit(rows.readFrom[e], whole ? row : rows.length + row, READ);
    }
  }
  for (let c = 0; c < before.length; c++) emit(before[c], after[c], c);
}

/** The steps of one session; each from the last row that writes or reads, since steps of one type make a chain. */
function partialSession(rows: SessionRows, s: number, guarantees: Guarantees, emit: Emit): void {
  const { writeRead, readRead, writeWrite, readWrite } = guarantees;
  let write = -1;
  let read = -1;
  const step = (asked: boolean, from: number, to: number): void => {
    if (asked && from >= 0) emit(from, to, SESSION);
  };
  for (let row = rows.sessionAt[s]; row < rows.sessionAt[s + 1]; row++) {
    if (rows.readAt[row + 1] > rows.readAt[row]) {
      step(readRead, read, rows.length + row);
      step(writeRead, write, rows.length + row);
      read = rows.length + row;
    }
    if (rows.writeAt[row + 1] > rows.writeAt[row]) {
      step(writeWrite, write, row);
      step(readWrite, read, row);
      write = row;
    }
  }
}

/**
 * A topological order of the nodes, or of those of them that are not behind
 * a cycle when there is one (it is shorter then). Kahn's, O(edges).
 */
export function topologicalOrder({ length, at, to }: RowGraph): Int32Array {
  const missing = new Int32Array(length);
  for (const node of to) missing[node]++;
  const order = new Int32Array(length);
  let placed = 0;
  for (let node = 0; node < length; node++) if (missing[node] === 0) order[placed++] = node;
  for (let next = 0; next < placed; next++) {
    const node = order[next];
    for (let e = at[node]; e < at[node + 1]; e++) if (--missing[to[e]] === 0) order[placed++] = to[e];
  }
  return order.subarray(0, placed);
}

/**
 * For each node the number of its strongly connected component. Tarjan's, "Depth-First Search
 * and Linear Graph Algorithms", SIAM J. Comput. 1972, with a stack of its own. O(edges).
 */
export function componentsOf({ length, at, to }: RowGraph): Int32Array {
  const component = new Int32Array(length).fill(-1);
  const index = new Int32Array(length).fill(-1);
  const low = new Int32Array(length);
  const next = at.slice(0, length);
  const path: number[] = [];
  const open: number[] = [];
  let visited = 0;
  let components = 0;
  const enter = (node: number): void => {
    index[node] = visited;
    low[node] = visited++;
    path.push(node);
    open.push(node);
  };
  const leave = (node: number): void => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(low[parent], low[node]);
    if (low[node] !== index[node]) return;
    for (let member = open.pop() as number; ; member = open.pop() as number) {
      component[member] = components;
      if (member === node) break;
    }
    components++;
  };
  for (let root = 0; root < length; root++) {
    if (index[root] < 0) enter(root);
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (next[node] === at[node + 1]) leave(node);
      else {
        const child = to[next[node]++];
        if (index[child] < 0) enter(child);
        else if (component[child] < 0) low[node] = Math.min(low[node], index[child]);
      }
    }
  }
  return component;
}

/**
 * Whether a graph of at most `width` edges a node has no cycle; `edge` returns where an edge leads, or -1. Depth-first.
 */
export function isAcyclic(nodes: number, width: number, edge: (node: number, i: number) => number): boolean {
  const next = new Int32Array(nodes).fill(-1);
  const done = new Uint8Array(nodes);
  const path: number[] = [];
  for (let root = 0; root < nodes; root++) {
    if (next[root] < 0) path.push(root);
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (++next[node] === width) {
        done[node] = 1;
        path.pop();
        continue;
      }
      const to = edge(node, next[node]);
      if (to < 0 || done[to] === 1) continue;
      if (next[to] >= 0) return false;
      path.push(to);
    }
  }
  return true;
}
