/**
 * Priority queues of distinct numbers, in O(n log n): values are looked at from the largest down, and each must be able to come out at a
 * moment when no larger one is certainly inside. Lee and Mathur, "Efficient decrease-and-conquer linearizability monitoring",
 * OOPSLA 2025.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type PriorityQueue, priorityQueue } from '../models/priority-queue.ts';
import { type Contents, coveringValues, heldSentence, rowsOf } from './container.ts';
import { containerMonitor } from './discipline.ts';
import { anomaly, say, short } from './findings.ts';
import type { MonitorOptions } from './monitor.ts';

/**
 * Whether a priority queue, of which the largest comes out first, is linearizable. Exact in O(n log n) for distinct values; repeated
 * values go to the general search, and so do removals that crashed where the history holds with their help at most.
 */
export function largestFirst(options: MonitorOptions = {}): Checker<PriorityQueue> {
  return containerMonitor(
    {
      name: 'priority-queue',
      add: 'enqueue',
      remove: 'dequeue',
      disorder: passedOver,
      hides: ({ timeline, addRow }, inside, out) =>
        (timeline.columns.input[addRow[inside]] as number) > (timeline.columns.input[addRow[out]] as number),
    },
    priorityQueue,
    options,
  );
}

/** The largest value that came out while a larger one was inside all the while. */
function passedOver(contents: Contents): readonly Anomaly[] {
  const { timeline, count, addRow, addRet, removeInv, removeRet } = contents;
  const { columns, size } = timeline;
  const priority = Float64Array.from(addRow, (row) => columns.input[row] as number);
  const byPriority = Uint32Array.from(priority.keys()).sort((a, b) => priority[b] - priority[a]);
  const free = new FreeGaps(size + 1);
  for (let i = 0; i < count; i++) {
    const v = byPriority[i];
    const leaves = Math.min(removeInv[v], size);
    if (removeRet[v] !== NEVER_COLUMN && free.from(leaves) >= removeRet[v]) {
      return [outranked(contents, v, (other) => priority[other] > priority[v])];
    }
    free.cover(addRet[v], leaves);
  }
  return [];
}

function outranked(contents: Contents, v: number, larger: (other: number) => boolean): Anomaly {
  const { columns } = contents.timeline;
  const inside = coveringValues(contents, contents.removeInv[v], contents.removeRet[v], larger);
  const name = short(columns.input[contents.addRow[v]]);
  const steps = [say(columns, contents.removeRow[v]), ...inside.map((other) => heldSentence(contents, other))];
  const rows = [v, ...inside].flatMap((other) => rowsOf(contents, other));
  return anomaly(
    columns,
    'priority-inversion',
    `${name} came out while something larger was inside all the while.`,
    rows,
    steps,
  );
}

/** Gaps that nothing covers yet: a union-find in which a covered gap points to its right. */
class FreeGaps {
  private readonly next: Int32Array;

  constructor(gaps: number) {
    this.next = Int32Array.from({ length: gaps + 1 }, (_, gap) => gap);
  }

  /** The first free gap at or after `gap`. */
  from(gap: number): number {
    let root = gap;
    while (this.next[root] !== root) root = this.next[root];
    for (let at = gap; at !== root; ) {
      const after = this.next[at];
      this.next[at] = root;
      at = after;
    }
    return root;
  }

  /** Covers the gaps from `from` up to but not including `to`. */
  cover(from: number, to: number): void {
    for (let gap = this.from(from); gap < to; gap = this.from(gap)) this.next[gap] = gap + 1;
  }
}
