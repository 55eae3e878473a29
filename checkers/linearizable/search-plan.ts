/**
 * One object's operations laid out for the search: what is open whenever an operation returns.
 *
 * Nothing has to be decided before an operation returns (Lowe, "Testing for linearizability",
 * Concurrency and Computation: Practice and Experience 29(4), 2017), so the search goes
 * from return to return. An open operation holds a slot, a bit in the masks of the search,
 * until it returns; one that never returns keeps a bit of its own kind for good.
 */
import { NEVER_COLUMN } from '../history.ts';
import { valuesAtRisk } from './pruning.ts';
import type { ListOfLists, Problem, SearchPlan } from './search-problem.ts';

/** Lays a problem out. Time and memory linear in operations times those open at once. */
export function searchPlan(problem: Problem): SearchPlan {
  const { length, start, end } = problem;
  const answered: number[] = [];
  for (let i = 0; i < length; i++) if (end[i] !== NEVER_COLUMN) answered.push(i);
  const returning = new Int32Array(answered.sort((a, b) => end[a] - end[b]));
  const writers = growing();
  const readers = growing();
  const begun = new Int32Array(returning.length);
  const infos: number[] = [];
  const slot = new Int32Array(length);
  const free: number[] = [];
  let slots = 0;
  const open: number[] = [];
  let next = 0;
  for (const [r, x] of returning.entries()) {
    for (; next < length && start[next] < end[x]; next++) {
      if (end[next] === NEVER_COLUMN) slot[next] = infos.push(next) - 1;
      else {
        slot[next] = free.pop() ?? slots++;
        insertByEnd(open, next, end);
      }
    }
    begun[r] = infos.length;
    const isNeeded = neededFor(problem, x, open, infos);
    for (const o of open)
      if (problem.pure[o] === 1) readers.push(o);
      else if (isNeeded(o)) writers.push(o);
    writers.close();
    readers.close();
    free.push(slot[x]);
    open.shift();
  }
  const plan = {
    problem,
    returns: returning.length,
    returning,
    writers: writers.lists(),
    readers: readers.lists(),
    begun,
    infos: new Int32Array(infos),
    twin: twins(problem, infos),
    slot,
    slotWords: (slots + 31) >>> 5,
    infoWords: (infos.length + 31) >>> 5,
  };
  return { ...plan, atRisk: valuesAtRisk(plan) };
}

/**
 * Which of the open operations may have to come before one that returns: those that do not commute with it, or with one
 * of these. All others can come after it in any order in which they came before, so they need not be tried yet.
 * Source: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems" (LNCS 1032), persistent sets.
 */
function neededFor(
  { commutes, class: classOf }: Problem,
  x: number,
  open: readonly number[],
  infos: readonly number[],
): (operation: number) => boolean {
  if (commutes === undefined) return () => true;
  const left = new Set([...open, ...infos]);
  const needed = new Set([x]);
  left.delete(x);
  for (const one of needed)
    for (const other of left) {
      if (commutes(classOf[one], classOf[other])) continue;
      left.delete(other);
      needed.add(other);
    }
  return (operation) => needed.has(operation);
}

/** Keeps the open operations in the order of their returns. */
function insertByEnd(open: number[], operation: number, end: Int32Array): void {
  let at = open.length;
  while (at > 0 && end[open[at - 1]] > end[operation]) at--;
  open.splice(at, 0, operation);
}

function twins(problem: Problem, infos: readonly number[]): Int32Array {
  const last = new Map<number, number>();
  const twin = new Int32Array(infos.length);
  for (const [i, operation] of infos.entries()) {
    twin[i] = last.get(problem.class[operation]) ?? -1;
    last.set(problem.class[operation], i);
  }
  return twin;
}

/** Lists that are made one after the other. */
function growing(): { push(item: number): void; close(): void; lists(): ListOfLists } {
  let items = new Int32Array(16);
  let count = 0;
  const from: number[] = [0];
  return {
    push(item) {
      if (count === items.length) {
        const wider = new Int32Array(2 * count);
        wider.set(items);
        items = wider;
      }
      items[count++] = item;
    },
    close: () => void from.push(count),
    lists: () => ({ from: new Int32Array(from), items: items.subarray(0, count) }),
  };
}
