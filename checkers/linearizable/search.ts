/**
 * The search for an order of one object's operations, by two engines in turn: depth first finds an
 * order quickly where there is one, breadth first finds quickly that there is none; each gets a small
 * share before either gets a large one, so that neither can waste more than it would have saved.
 */
import { breadthFirst } from './breadth.ts';
import type { Budget } from './budget.ts';
import { depthFirst } from './depth.ts';
import type { SearchOutcome } from './search-outcome.ts';
import { searchPlan } from './search-plan.ts';
import type { Problem, SearchPlan } from './search-problem.ts';

/** What each engine may use in turn: nodes of the depth-first search, then steps of the breadth-first one. */
interface Shares {
  readonly nodes: number;
  readonly steps: number;
}

/** Steps of the quick look, which decides nearly every history. */
const QUICK_STEPS = 50_000;
const LONG: readonly Shares[] = [
  { nodes: 50_000, steps: 1_000_000 },
  { nodes: 500_000, steps: Number.POSITIVE_INFINITY },
];

/** Tries each engine with a small budget. `unknown` means only that this budget was too small. */
export function quickSearch(plan: SearchPlan, budget: Budget, witness = false): SearchOutcome {
  return inTurn(plan, budget, witness, { nodes: 4 * plan.problem.length + 1000, steps: QUICK_STEPS });
}

/** Searches until an engine decides or the budget is spent. */
export function search(problem: Problem, budget: Budget, witness = false): SearchOutcome {
  const plan = searchPlan(problem);
  let outcome = quickSearch(plan, budget, witness);
  for (const shares of LONG) {
    if (outcome.type !== 'unknown' || budget.steps >= budget.maxSteps) return outcome;
    outcome = inTurn(plan, budget, witness, shares);
  }
  return outcome;
}

function inTurn(plan: SearchPlan, budget: Budget, witness: boolean, { nodes, steps }: Shares): SearchOutcome {
  const dive = depthFirst(plan, Math.min(nodes, budget.maxSteps - budget.steps), budget);
  if (dive) return dive;
  const share = budget.share(steps);
  const outcome = breadthFirst(plan, share, witness);
  budget.steps += share.steps;
  budget.lacking = share.lacking;
  return outcome;
}
