/**
 * Stacks of distinct values, in O(n log n), by peeling: Lee and Mathur,
 * "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025.
 *
 * A value can be outermost when its push and its pop may both happen while no other value is certainly
 * inside. Whatever can be outermost is taken away, in any order; the history is linearizable exactly
 * when all values go. What remains is stuck: each of its values would have to be inside another.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type Stack, stack } from '../models/stack.ts';
import { type Contents, heldSentence, part, rowsOf } from './container.ts';
import { lifoOrder } from './container-orders.ts';
import { type Container, containerMonitor } from './discipline.ts';
import { anomaly, short } from './findings.ts';
import { CoverTree, StabTree } from './gap-trees.ts';
import type { MonitorOptions } from './monitor.ts';
import { fewest } from './shrink.ts';

/**
 * Whether a stack is linearizable. Exact in O(n log n) for distinct values; repeated values go
 * to the general search, and so do pops that crashed where the history holds with their help at most.
 */
export function lifoStack(options: MonitorOptions = {}): Checker<Stack> {
  return containerMonitor(
    {
      name: 'stack',
      add: 'push',
      remove: 'pop',
      disorder: stuckValues,
      order: lifoOrder,
      replay: pile,
      hides: ({ addRet, addInv }, inside, out) => addRet[out] < addInv[inside],
    },
    stack,
    options,
  );
}

function pile(): Container {
  const values: unknown[] = [];
  return { put: (value) => values.push(value), take: () => values.pop() ?? null };
}

function stuckValues(contents: Contents): readonly Anomaly[] {
  const stuck = peeled(contents);
  if (stuck.length === 0) return [];
  const few = fewest(stuck, (values) => peeled(part(contents, values)).length > 0);
  const { columns } = contents.timeline;
  const names = few.slice(0, 8).map((v) => short(columns.input[contents.addRow[v]]));
  const message = `No order of pushes and pops is last-in-first-out for the values ${names.join(', ')}${few.length > 8 ? '...' : ''}.`;
  const steps = few.slice(0, 8).map((v) => heldSentence(contents, v));
  steps.push('Each of them would have to go in after, and come out before, another of them.');
  return [
    anomaly(
      columns,
      'not-last-in-first-out',
      message,
      few.flatMap((v) => rowsOf(contents, v)),
      steps,
    ),
  ];
}

/** The values that remain when all that can be outermost is peeled off, in the order of their pushes. */
function peeled(contents: Contents): readonly number[] {
  const { timeline, count, addInv, addRet, removeInv, removeRet } = contents;
  const { size } = timeline;
  const counts = new Int32Array(size + 1);
  const ends = new Int32Array(2 * size + 2).fill(-1);
  const valueAt = new Int32Array(2 * size + 2);
  const halves = new Uint8Array(count);
  for (let v = 0; v < count; v++) {
    ends[2 * addInv[v]] = Math.min(addRet[v], size + 1);
    valueAt[2 * addInv[v]] = v;
    // What never came out leaves after all events, where nothing is in the way.
    if (removeRet[v] === NEVER_COLUMN) halves[v] = 1;
    else {
      ends[2 * removeInv[v] + 1] = removeRet[v];
      valueAt[2 * removeInv[v] + 1] = v;
    }
    const leaves = Math.min(removeInv[v], size);
    if (addRet[v] >= leaves) continue;
    counts[addRet[v]]++;
    counts[leaves]--;
  }
  for (let gap = 1; gap <= size; gap++) counts[gap] += counts[gap - 1];
  const cover = new CoverTree(counts);
  const intervals = new StabTree(ends);
  for (let gap = cover.takeFree(); gap >= 0; gap = cover.takeFree()) {
    for (let place = intervals.take(2 * gap + 1, gap); place >= 0; place = intervals.take(2 * gap + 1, gap)) {
      const v = valueAt[place];
      if (++halves[v] === 2) cover.add(addRet[v], Math.min(removeInv[v], size), -1);
    }
  }
  const stuck: number[] = [];
  for (let v = 0; v < count; v++) if (halves[v] < 2) stuck.push(v);
  return stuck;
}
