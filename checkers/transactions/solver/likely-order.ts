/** A guess of when each transaction took effect, by which the first order is made. */
import type { Polygraph } from './polygraph.ts';
import type { OrderProblem } from './problem.ts';

/** A key for each node: those with small ones come first where nothing else says so. */
export function likelyOrder({ graph, arcs }: OrderProblem, timed: boolean): Int32Array {
  const key = new Int32Array(arcs.nodes).fill(-1);
  const rank = timed ? byUrgency(graph) : bySession(graph);
  for (let row = 0; row < graph.rows; row++) {
    key[row] = rank[row];
    if (arcs.nodes > graph.edges.nodes) key[graph.edges.nodes + row] = rank[row];
  }
  return key;
}

/** When each transaction should take effect at the latest: by its own end, or that of the first who read from it. */
function byUrgency({ rows, end, writes }: Polygraph): Int32Array {
  const by = end.slice(0, rows);
  for (let w = 0; w < writes.count; w++)
    for (let i = writes.offset[w]; i < writes.offset[w + 1]; i++)
      by[writes.writer[w]] = Math.min(by[writes.writer[w]], end[writes.reader[i]]);
  return by;
}

/** Where there is no time that all sessions share: all sessions advance alike. */
function bySession({ rows, session }: Polygraph): Int32Array {
  const length = new Map<number, number>();
  const at = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    at[row] = length.get(session[row]) ?? 0;
    length.set(session[row], at[row] + 1);
  }
  const part = Float64Array.from(at, (place, row) => place / (length.get(session[row]) ?? 1));
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => part[a] - part[b] || a - b);
  const rank = new Int32Array(rows);
  order.forEach((row, place) => {
    rank[row] = place;
  });
  return rank;
}
