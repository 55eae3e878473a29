/** Bags: what goes in comes out, in any order. */
import type { Anomaly, Checker } from '../checker.ts';
import { FAIL, INFO } from '../history.ts';
import type { Queue } from '../models/queue.ts';
import { bagSearch } from './bag-search.ts';
import { judgeContainer } from './discipline.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { type Finding, found, monitor } from './monitor.ts';
import type { Timeline } from './timeline.ts';

const bag = { name: 'unordered-queue', add: 'enqueue', remove: 'dequeue', disorder: () => [], knowsPending: true };

/**
 * Whether a queue without order is linearizable. Exact in O(n) for distinct values,
 * and in O(n log n) for repeated values as long as nobody found the queue empty; otherwise
 * by a bounded search. Without real time it is whether what came out had gone in, and no more often.
 */
export function unorderedQueue(): Checker<Queue> {
  const judge = (timeline: Timeline): Finding => {
    const finding = judgeContainer(bag, timeline);
    return finding.type === 'unsure' ? (repeated(timeline) ?? finding) : finding;
  };
  return monitor<Queue>('unordered-queue', judge, bagSearch(), {}, true);
}

/** Of each value, the i-th that came out must have come out after the i-th had begun to go in. */
function repeated(timeline: Timeline): Finding | undefined {
  const { columns, rows, inv, ret } = timeline;
  const adding = columns.fNames.indexOf('enqueue');
  const removing = columns.fNames.indexOf('dequeue');
  const done = rows.filter(
    (row) => columns.type[row] !== FAIL && (columns.f[row] === adding || columns.type[row] !== INFO),
  );
  const out = done.filter((row) => columns.f[row] !== adding);
  if (out.some((row) => columns.f[row] !== removing)) return undefined;
  const added = new Map<unknown, number[]>();
  for (const row of done) {
    if (columns.f[row] !== adding) continue;
    const value = identity(columns.input[row]);
    const copies = added.get(value);
    if (copies) copies.push(row);
    else added.set(value, [row]);
  }
  const taken = new Map<unknown, number[]>();
  for (const row of out.sort((a, b) => ret[a] - ret[b])) {
    if (columns.output[row] === null) continue;
    const value = identity(columns.output[row]);
    const copies = added.get(value) ?? [];
    const earlier = taken.get(value) ?? [];
    if (earlier.length >= copies.length || inv[copies[earlier.length]] > ret[row]) {
      return found([tooOften(timeline, row, copies, earlier)]);
    }
    earlier.push(row);
    taken.set(value, earlier);
  }
  // With several copies nobody can tell which of them was inside when nothing was found.
  return out.some((row) => columns.output[row] === null) ? undefined : { type: 'valid' };
}

function tooOften(
  { columns, inv, ret }: Timeline,
  row: number,
  copies: readonly number[],
  earlier: readonly number[],
): Anomaly {
  const message = `${short(columns.output[row])} came out more often than it had begun to go in by then.`;
  const before = copies.filter((copy) => inv[copy] < ret[row]);
  const shown = [...before, ...earlier, row];
  const steps = shown.slice(0, 8).map((at) => say(columns, at));
  return anomaly(columns, before.length === 0 ? 'unexpected' : 'duplicate', message, shown, steps);
}
