/**
 * The search for an order of transactions in which every read returns the last write: near the order of time first,
 * then with what can be derived, then with all the steps there are.
 *
 * Sources: Tan et al., "Cobra" (OSDI 2020), for constraints, pruning and a solver; Huang et al., "PolySI" (PVLDB 2023),
 * for snapshot isolation; here all on one acyclicity search, the latter over starts and commits, as in Zhang et al.,
 * "Viper" (EuroSys 2023). NP-complete, so bounded by a number of steps.
 */

import { orderByKey } from '../graph.ts';
import { Choices } from './choices.ts';
import { NothingSeenIsMissed, ReadsFit } from './conditions.ts';
import { nodesOfCycle, nodesOfProof } from './derivation.ts';
import { firstOrder } from './first-order.ts';
import { likelyOrder } from './likely-order.ts';
import { Order } from './order.ts';
import type { Polygraph } from './polygraph.ts';
import { type OrderProblem, problemOf } from './problem.ts';
import { saturate } from './saturation.ts';
import { ChoiceSolver } from './search.ts';
import type { Question } from './shape.ts';

/** What the search said: whether there is an order (`place` of each node), and which rows show that there is none. */
export type OrderResult =
  | { readonly type: 'order'; readonly place: Int32Array }
  | { readonly type: 'none'; readonly rows: readonly number[] }
  | { readonly type: 'unknown'; readonly reason: string };

/** Steps of the first search, for each edge: enough where the order of time is nearly right. */
const EARLY = 8;

/** What a search may use. */
export interface OrderLimits {
  /** Steps in all: edges, clauses and places visited. */
  readonly budget: number;
  /** Steps of the first search, for each edge; with 0 there is none. */
  readonly early?: number;
}

/**
 * Looks for an order within the limits; `realTime` says whether the times of
 * different sessions may be compared. Every answer but `unknown` is exact.
 */
export function findOrder(graph: Polygraph, question: Question, limits: OrderLimits, realTime = true): OrderResult {
  const { budget, early: perEdge = EARLY } = limits;
  const problem = problemOf(graph, question);
  const key = likelyOrder(problem, realTime);
  let left = budget;
  const known = problem.arcs.graph();
  const first = realTime ? orderByKey(known, key) : firstOrder(problem, known, key);
  if (first === null) return none(problem, nodesOfCycle(problem.arcs, new Int32Array(0)));
  if (perEdge > 0) {
    const early = attempt(problem, first, Math.min(left, perEdge * (problem.arcs.length + graph.rows)));
    if (early.type !== 'unknown') return early;
    left -= early.steps;
  }
  const derived = saturate(problem, key, (steps) => {
    left -= steps;
    return left > 0;
  });
  if (derived.type === 'cycle') return none(problem, nodesOfCycle(problem.arcs, derived.place));
  const second = left > 0 ? firstOrder(problem, problem.arcs.graph(), key) : null;
  if (second) {
    const late = attempt(problem, second, left);
    if (late.type !== 'unknown') return late;
  }
  return {
    type: 'unknown',
    reason: `the search for an order of ${graph.rows} transactions took more than ${budget} steps`,
  };
}

type Attempt = OrderResult & { readonly steps: number };

/** Searches from a topological order of what is known and derived. */
function attempt(problem: OrderProblem, sorted: Int32Array, budget: number): Attempt {
  const choices = new Choices(problem);
  const order = new Order(problem.arcs.graph(), sorted);
  const condition = problem.moments.antiDependencies
    ? new ReadsFit(problem, choices)
    : new NothingSeenIsMissed(problem, choices);
  const solver = new ChoiceSolver(order, choices, condition);
  const outcome = solver.run(budget);
  const { steps } = solver;
  if (outcome.type === 'order') return { type: 'order', place: order.place, steps };
  if (outcome.type === 'exhausted') return { type: 'unknown', reason: '', steps };
  const nodes = nodesOfProof(problem.arcs, sorted, outcome.nodes, outcome.arcs);
  return { ...none(problem, nodes), steps };
}

/** The rows of some nodes, with those who wrote what they read: without these it is not known what that was. */
function none(problem: OrderProblem, nodes: ReadonlySet<number>): OrderResult {
  const { graph, read } = problem;
  const rows = new Set<number>();
  for (const node of nodes) {
    const row = node >= graph.edges.nodes ? node - graph.edges.nodes : node;
    if (row < graph.rows) rows.add(row);
  }
  for (const row of [...rows])
    for (let i = read.offset[row]; i < read.offset[row + 1]; i++) rows.add(graph.writes.writer[read.of[i]]);
  return { type: 'none', rows: [...rows].sort((a, b) => a - b) };
}
