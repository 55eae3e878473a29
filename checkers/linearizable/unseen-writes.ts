/** Puts the writes that nobody saw back into an order of the changes that were seen. */
import { NEVER_COLUMN } from '../history.ts';
import type { Flow, SearchPlan } from './search-problem.ts';

/** An operation that changed the register, and a moment at which it is still open. */
export interface ValueChange {
  readonly operation: number;
  readonly at: number;
}

/**
 * All operations that change states, in an order: before each change the writes that had begun by then and that write
 * what is there already, and where the change is a write, all others, which it overwrites. O(n).
 */
export function withUnseenWrites(
  { problem }: SearchPlan,
  flow: Flow,
  changes: readonly ValueChange[],
): readonly number[] {
  const seen = new Set(changes.map(({ operation }) => operation));
  const isWrite = (i: number): boolean => flow.makes[problem.class[i]] >= 0 && flow.needs[problem.class[i]] < 0;
  const order: number[] = [];
  let waiting: number[] = [];
  let next = 0;
  let [state] = problem.spec.initial;
  const place = (until: number, overwritten: boolean): void => {
    for (; next < problem.length && problem.start[next] < until; next++)
      if (problem.end[next] !== NEVER_COLUMN && isWrite(next) && !seen.has(next)) waiting.push(next);
    const same = waiting.filter((i) => flow.makes[problem.class[i]] === state);
    const others = waiting.filter((i) => flow.makes[problem.class[i]] !== state);
    order.push(...same, ...(overwritten ? others : []));
    waiting = overwritten ? [] : others;
  };
  for (const { operation, at } of changes) {
    place(at, isWrite(operation));
    order.push(operation);
    state = flow.makes[problem.class[operation]];
  }
  place(NEVER_COLUMN, false);
  return order;
}
