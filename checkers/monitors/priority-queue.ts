/**
 * Priority queues of distinct numbers, in O(n log n): values are looked at from the largest
 * down, and each must be able to come out at a moment when no larger one is certainly inside.
 * Lee and Mathur, "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type PriorityQueue, priorityQueue } from '../models/priority-queue.ts';
import { type Contents, coveringValues, heldSentence, rowsOf } from './container.ts';
import { priorityOrder } from './container-orders.ts';
import { type Container, containerMonitor } from './discipline.ts';
import { anomaly, say, short } from './findings.ts';
import type { MonitorOptions } from './monitor.ts';

/**
 * Whether a priority queue, of which the largest comes out first, is linearizable.
 * Exact in O(n log n) for distinct values; repeated values go to the general search,
 * and so do removals that crashed where the history holds with their help at most.
 */
export function largestFirst(options: MonitorOptions = {}): Checker<PriorityQueue> {
  return containerMonitor(
    {
      name: 'priority-queue',
      add: 'enqueue',
      remove: 'dequeue',
      disorder: passedOver,
      order: outAsSoonAsPossible,
      replay: heap,
      hides: ({ timeline, addRow }, inside, out) =>
        (timeline.columns.input[addRow[inside]] as number) > (timeline.columns.input[addRow[out]] as number),
    },
    priorityQueue,
    options,
  );
}

/** The order in which each value comes out in the first gap that no larger one covers. */
function outAsSoonAsPossible(contents: Contents): readonly number[] {
  const { timeline, addRow, addRet, removeInv } = contents;
  const priority = Float64Array.from(addRow, (row) => timeline.columns.input[row] as number);
  const free = new FreeGaps(timeline.size + 1);
  const byPriority = Uint32Array.from(priority.keys()).sort((a, b) => priority[b] - priority[a]);
  let next = 0;
  return priorityOrder(contents, priority, (v) => {
    for (; next < byPriority.length && priority[byPriority[next]] > priority[v]; next++) {
      const larger = byPriority[next];
      free.cover(addRet[larger], Math.min(removeInv[larger], timeline.size));
    }
    return free.from(removeInv[v]);
  });
}

/** A binary heap, the largest on top. */
function heap(): Container {
  const values: number[] = [];
  const swap = (a: number, b: number): void => {
    [values[a], values[b]] = [values[b], values[a]];
  };
  return {
    put(value) {
      let at = values.push(value as number) - 1;
      for (; at > 0 && values[(at - 1) >> 1] < values[at]; at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    take() {
      if (values.length === 0) return null;
      swap(0, values.length - 1);
      const top = values.pop();
      for (let at = 0, child = 1; child < values.length; at = child, child = 2 * at + 1) {
        if (child + 1 < values.length && values[child + 1] > values[child]) child++;
        if (values[child] <= values[at]) break;
        swap(at, child);
      }
      return top;
    },
  };
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
