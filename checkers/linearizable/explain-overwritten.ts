/**
 * Looks for a read of what was certainly overwritten: all that wrote its value before it returned had ended before
 * another write began, which ended before the read began. These few operations are a counterexample by themselves,
 * however many others there are, of which a search has to leave out one heap after the other.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { Flow, Problem } from './search-problem.ts';

/** Of the writes that had ended by then: the one that began last, and the last one of another value, or -1. */
interface Latest {
  readonly end: number;
  readonly place: number;
  readonly other: number;
}

/**
 * The places of the read, of all writes of its value that began before it returned, and of the write between them, in
 * order: those of the read with the fewest such writes; nothing where no read is so. Of values that swaps left nothing
 * is said, as these need what others wrote. Time n log n.
 */
export function overwrittenRead(problem: Problem): readonly number[] | undefined {
  const { flow, start, end, class: of, spec } = problem;
  if (!flow) return undefined;
  const writers = writersOf(problem, flow);
  const latest = latestByEnd(problem, flow);
  let best: readonly number[] | undefined;
  for (let read = 0; read < problem.length; read++) {
    const value = flow.needs[of[read]];
    if (value < 0 || end[read] === NEVER_COLUMN || spec.initial.includes(value)) continue;
    const sources = (writers.get(value) ?? []).filter((i) => i !== read && start[i] < end[read]);
    if (sources.length === 0 || (best && sources.length + 2 >= best.length)) continue;
    if (sources.some((i) => flow.needs[of[i]] >= 0)) continue;
    const gone = sources.reduce((last, i) => Math.max(last, end[i]), -1);
    const over = overwriting(latest, start[read], (place) => flow.makes[of[place]] !== value);
    if (over >= 0 && start[over] > gone) best = [...sources, over, read].sort((a, b) => a - b);
  }
  return best;
}

/** By value the operations that leave it. */
function writersOf({ length, class: of, pure }: Problem, { makes }: Flow): ReadonlyMap<number, readonly number[]> {
  const writers = new Map<number, number[]>();
  for (let i = 0; i < length; i++) {
    if (pure[i] === 1) continue;
    const known = writers.get(makes[of[i]]);
    if (known) known.push(i);
    else writers.set(makes[of[i]], [i]);
  }
  return writers;
}

/** By the end of each write that returned and needs nothing: which of those that ended until then began last. */
function latestByEnd({ length, start, end, class: of, pure }: Problem, { needs, makes }: Flow): readonly Latest[] {
  const ended: number[] = [];
  for (let i = 0; i < length; i++) if (pure[i] === 0 && needs[of[i]] < 0 && end[i] !== NEVER_COLUMN) ended.push(i);
  ended.sort((a, b) => end[a] - end[b]);
  let [place, other] = [-1, -1];
  const later = (one: number, two: number): boolean => two < 0 || start[one] > start[two];
  return ended.map((i) => {
    const isSame = place >= 0 && makes[of[i]] === makes[of[place]];
    if (later(i, place)) [place, other] = [i, isSame ? other : place];
    else if (!isSame && later(i, other)) other = i;
    return { end: end[i], place, other };
  });
}

/** Of the writes that ended before this time and suit, the one that began last; -1 where there is none. */
function overwriting(latest: readonly Latest[], time: number, suits: (place: number) => boolean): number {
  let [low, high] = [0, latest.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (latest[middle].end < time) low = middle + 1;
    else high = middle;
  }
  const last = latest[low - 1];
  if (!last) return -1;
  return suits(last.place) ? last.place : last.other;
}
