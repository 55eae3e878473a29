/** The search for an order of one object's operations: a short dive, then all possibilities side by side. */
import { breadthFirst, type Outcome } from './breadth.ts';
import type { Budget } from './budget.ts';
import { depthFirst } from './depth.ts';
import { type Problem, schedule } from './schedule.ts';

/** What the search found. `order` holds places in the problem: the operations in an order that explains everything, reads included. */
export type Finding = Outcome;

/** Searches for an order. Exact unless the budget runs out. */
export function search(problem: Problem, budget: Budget, witness: boolean): Finding {
  const plan = schedule(problem);
  const dive = depthFirst(plan, 4 * problem.length + 1000);
  if (dive.type === 'valid') return witness ? { type: 'valid', order: dive.order } : { type: 'valid' };
  return breadthFirst(plan, budget, witness);
}
