/**
 * The search for an order of one object's operations, by engines in turn: depth first finds an order quickly
 * where there is one, breadth first finds quickly that there is none, for registers with what may be overwritten
 * unseen left open; each gets a small share before any gets a large one, so that none can waste more than it
 * would have saved.
 */
import { breadthFirst } from './breadth.ts';
import type { Budget } from './budget.ts';
import { depthFirst } from './depth.ts';
import { searchOverwriting } from './overwriting.ts';
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

/** Nodes of the first search depth first, for each operation. */
const EARLY = 4;

/**
 * Tries each engine with a small budget, depth first with `early` nodes for each operation.
 * `unknown` means only that this budget was too small.
 */
export function quickSearch(plan: SearchPlan, budget: Budget, witness = false, early = EARLY): SearchOutcome {
  const nodes = early === 0 ? 0 : early * plan.problem.length + 1000;
  return inTurn(plan, budget, witness, { nodes, steps: QUICK_STEPS });
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
  const dive = nodes > 0 && depthFirst(plan, Math.min(nodes, budget.maxSteps - budget.steps), budget);
  if (dive) return dive;
  const { flow } = plan.problem;
  const engines = [
    ...(flow ? [(share: Budget) => searchOverwriting(plan, flow, share, witness)] : []),
    (share: Budget) => breadthFirst(plan, share, witness),
  ];
  let outcome: SearchOutcome | undefined;
  for (const engine of engines) {
    const share = budget.share(steps);
    outcome = engine(share);
    budget.steps += share.steps;
    budget.lacking = share.lacking;
    if (outcome.type !== 'unknown') break;
  }
  return outcome as SearchOutcome;
}
