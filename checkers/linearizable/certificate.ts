/** The proof of a valid verdict: the order itself. */
import type { SearchPlan } from './search-problem.ts';

/**
 * For each object, by its key, operations by their `start` in an order that explains
 * all outputs. Operations that never returned and are not in it did not happen.
 */
export interface Linearization {
  readonly objects: readonly { readonly key?: string; readonly order: readonly number[] }[];
}

/**
 * The rows of a searched object in their order: the search's operations
 * that change states, and the others as soon as the state allows them.
 */
export function wholeOrder(plan: SearchPlan, writers: readonly number[]): readonly number[] {
  const { problem, readers, returning } = plan;
  const done = new Uint8Array(problem.length);
  const order: number[] = [];
  let [state] = problem.spec.initial;
  let r = 0;
  const settle = (): void => {
    for (; r < plan.returns; r++) {
      for (let i = readers.from[r]; i < readers.from[r + 1]; i++) {
        const reader = readers.items[i];
        if (done[reader] === 1 || problem.spec.step(state, problem.class[reader]) < 0) continue;
        done[reader] = 1;
        order.push(problem.row[reader]);
      }
      if (done[returning[r]] === 0) return;
    }
  };
  settle();
  for (const writer of writers) {
    done[writer] = 1;
    order.push(problem.row[writer]);
    state = problem.spec.step(state, problem.class[writer]);
    settle();
  }
  return order;
}
