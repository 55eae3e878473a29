/**
 * One object's operations laid out for the search: what is open whenever an operation returns.
 *
 * Nothing has to be decided before an operation returns (Lowe, "Testing for linearizability",
 * Concurrency and Computation: Practice and Experience 29(4), 2017), so the search goes
 * from return to return. An open operation holds a slot, a bit in the masks of the search,
 * until it returns; one that never returns keeps a bit of its own kind for good.
 */
import { NEVER_COLUMN } from '../history.ts';
import { type Flow, type ValuesAtRisk, valuesAtRisk } from './pruning.ts';

/** The states of an object and what its operations do to them, as numbers. */
export interface Spec {
  /** The states in which the object may be at first. */
  readonly initial: readonly number[];
  /** The state after an operation of this class, or -1 where it cannot have had this outcome. */
  step(state: number, operationClass: number): number;
  /** How many states are known by now: they are numbered from 0. */
  size(): number;
  /** A state as JSON. */
  state(state: number): unknown;
  /** Memory taken by states and what is remembered of them. */
  bytes(): number;
}

/**
 * Operations in the order of their starts. The outcome is part of an operation's class. `end` is `NEVER_COLUMN` for one
 * that never returned, which may be left out. `pure` ones change no state; one that never returned must not be here.
 */
export interface Problem {
  readonly length: number;
  /** Where each lies in the history. */
  readonly row: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly class: Int32Array;
  readonly pure: Uint8Array;
  /**
   * Operations that may be left out together without making a right order
   * wrong have the same number here. Absent where nothing is known.
   */
  readonly group?: Int32Array;
  /** What operations need and make, where states are that simple. */
  readonly flow?: Flow;
  readonly spec: Spec;
}

/** A list of lists: those of `i` lie in `items` from `from[i]` to `from[i + 1]`. */
interface ListOfLists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}

/** The problem by returns, in their order. Operations are named by their places in the problem. */
export interface SearchPlan {
  readonly problem: Problem;
  readonly returns: number;
  /** The operation that returns. */
  readonly returning: Int32Array;
  /** The open operations that change states, the first to return first; and the open ones that do not. */
  readonly writers: ListOfLists;
  readonly readers: ListOfLists;
  /** How many operations that never return had begun by then: these are `infos[0]` to `infos[n - 1]`. */
  readonly begun: Int32Array;
  readonly infos: Int32Array;
  /** For each of `infos` the one of the same class before it, or -1: interchangeable, so used in turn. */
  readonly twin: Int32Array;
  /** The bit of each operation: among the returning ones, or among `infos`. */
  readonly slot: Int32Array;
  /** Words of the masks. */
  readonly slotWords: number;
  readonly infoWords: number;
  readonly atRisk: ValuesAtRisk | undefined;
}

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
    for (const o of open) (problem.pure[o] === 1 ? readers : writers).push(o);
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
