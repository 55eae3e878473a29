/**
 * As few transactions as possible that still have no order, each of which is needed: without one of them, and with
 * what was read from it blanked, the rest have an order.
 */
import { partOf } from './part.ts';
import type { Polygraph } from './polygraph.ts';
import type { Question } from './shape.ts';
import { findOrder, type OrderLimits } from './solve.ts';

/** Leaves out what can be: big pieces first, then single rows. A part for which the search gives up is kept. */
export function fewestRows(
  graph: Polygraph,
  question: Question,
  rows: readonly number[],
  limits: OrderLimits,
): Polygraph {
  let part = shrunk(partOf(graph, rows), question, limits);
  for (let piece = part.rows >> 1; piece >= 1; piece = piece >> 1)
    for (let at = part.rows - piece; at > -piece; at -= piece) {
      const from = Math.max(0, at);
      const rest = Array.from({ length: part.rows }, (_, row) => row).filter((row) => row < from || row >= at + piece);
      const smaller = partOf(part, rest);
      const result = findOrder(smaller, question, limits);
      if (result.type !== 'none') continue;
      part = partOf(smaller, result.rows);
      at = Math.min(at, part.rows);
    }
  return part;
}

/** What the search names of a part is mostly less than the part. */
function shrunk(part: Polygraph, question: Question, limits: OrderLimits): Polygraph {
  for (let last = part; ; ) {
    const result = findOrder(last, question, limits);
    if (result.type !== 'none' || result.rows.length >= last.rows) return last;
    last = partOf(last, result.rows);
  }
}
