/** Parts of a problem, and whether a short search proves that they have no order. */
import type { Budget } from './budget.ts';
import { quickSearch } from './search.ts';
import { searchPlan } from './search-plan.ts';
import type { Problem } from './search-problem.ts';

/** The places of all operations. */
export function places(problem: Problem): number[] {
  const all: number[] = [];
  for (let i = 0; i < problem.length; i++) all.push(i);
  return all;
}

/** Some of a problem's operations, with other ends and perhaps from other states. */
export function part(
  problem: Problem,
  kept: readonly number[],
  end: (place: number) => number = (i) => problem.end[i],
  initial: readonly number[] = problem.spec.initial,
): Problem {
  const ends = new Int32Array(kept.length);
  const pure = new Uint8Array(kept.length);
  for (let i = 0; i < kept.length; i++) {
    ends[i] = end(kept[i]);
    pure[i] = problem.pure[kept[i]];
  }
  return {
    length: kept.length,
    row: chosen(problem.row, kept),
    start: chosen(problem.start, kept),
    end: ends,
    class: chosen(problem.class, kept),
    pure,
    ...(problem.group ? { group: chosen(problem.group, kept) } : {}),
    ...(problem.flow ? { flow: problem.flow } : {}),
    spec: { ...problem.spec, initial },
  };
}

function chosen(from: Int32Array, kept: readonly number[]): Int32Array {
  const to = new Int32Array(kept.length);
  for (let i = 0; i < kept.length; i++) to[i] = from[kept[i]];
  return to;
}

/** Whether a short search proves that there is no order. */
export function impossible(problem: Problem, budget: Budget): boolean {
  return budget.left(0) && quickSearch(searchPlan(problem), budget).type === 'invalid';
}

/**
 * Leaves out as many of these as it can while the rest does what it shall: many at once first, at last one by one. No
 * order of leaving out is tried twice, so that what is left is small, and often, but not always, as small as can be.
 */
export function fewer<Item>(
  items: readonly Item[],
  suffices: (kept: readonly Item[]) => boolean,
  isAllowed: () => boolean,
): readonly Item[] {
  let kept = items;
  for (let size = items.length >> 1 || 1; size >= 1 && isAllowed(); size = size === 1 ? 0 : size >> 1) {
    for (let at = 0; at < kept.length; ) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (suffices(rest)) kept = rest;
      else at += size;
    }
  }
  return kept;
}
