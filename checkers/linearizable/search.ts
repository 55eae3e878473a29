/**
 * The search for an order of one object's operations, by two engines in turn: depth first finds an order quickly where there is one, breadth first
 * finds quickly that there is none; each gets a small share before either gets a large one, so that neither can waste more than it would have saved.
 */
import { breadthFirst } from './breadth.ts';
import type { Budget } from './budget.ts';
import { depthFirst } from './depth.ts';
import type { Outcome } from './outcome.ts';
import { type Problem, type Schedule, schedule } from './schedule.ts';

const QUICK_STEPS = 50_000;
const PATIENT_NODES = 200_000;

/** Tries each engine for a moment. `unknown` means no more than that this was too little. */
export function quickSearch(plan: Schedule, budget: Budget, witness = false): Outcome {
  const dive = depthFirst(plan, 4 * plan.problem.length + 1000, budget);
  if (dive) return dive;
  const share = budget.share(QUICK_STEPS);
  const outcome = breadthFirst(plan, share, witness);
  budget.steps += share.steps;
  return outcome;
}

/** Searches until there is an answer or the budget is spent. */
export function search(problem: Problem, budget: Budget, witness = false): Outcome {
  const plan = schedule(problem);
  const quick = quickSearch(plan, budget, witness);
  if (quick.type !== 'unknown' || budget.steps >= budget.maxSteps) return quick;
  const nodes = Math.min(PATIENT_NODES, budget.maxSteps - budget.steps);
  return depthFirst(plan, nodes, budget) ?? breadthFirst(plan, budget, witness);
}
