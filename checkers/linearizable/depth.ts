/**
 * The search depth first: follows one order until it breaks, preferring what returns first. On a valid history
 * it mostly finds an order in as many steps as there are operations, where the breadth-first search would keep
 * all of them; so it goes first, on a short budget. It never says invalid before it has tried everything.
 *
 * Wing and Gong, "Testing and verifying concurrent objects", Journal of Parallel
 * and Distributed Computing 17, 1993, with Lowe's memory of what was tried.
 */
import type { Budget } from './budget.ts';
import { Configurations } from './configurations.ts';
import { isDeadEnd } from './pruning.ts';
import { KEPT_RETURNS, type SearchOutcome } from './search-outcome.ts';
import type { SearchPlan } from './search-problem.ts';

/**
 * Searches through at most `nodes` configurations; `undefined` when they are
 * spent. Memory: some 30 bytes for each, and for each return on the path.
 */
export function depthFirst(plan: SearchPlan, nodes: number, budget: Budget): SearchOutcome | undefined {
  // The return is one more word of the key, and infos are compared exactly: they are slots here.
  const visited = new Configurations(1 + plan.slotWords + plan.infoWords, 0);
  // The states met before each return.
  const met = new Configurations(1, 0);
  for (const state of plan.problem.spec.initial) {
    const start = new Int32Array(visited.stride);
    start[0] = state;
    if (arrive(plan, start, met, new Int32Array(met.stride))) return { type: 'valid', order: [] };
    const order = descend(plan, visited, met, start, nodes);
    budget.steps += visited.count;
    if (order) return { type: 'valid', order };
    if (visited.count > nodes) return undefined;
  }
  return deepest(plan, met);
}

/** Follows orders from one configuration; the first that explains everything, or none. */
function descend(
  plan: SearchPlan,
  visited: Configurations,
  met: Configurations,
  start: Int32Array,
  nodes: number,
): readonly number[] | undefined {
  const root = visited.add(start, 0);
  const stack = root < 0 ? [] : [root];
  const cursors = [0];
  const chosen: number[] = [];
  const scratch = new Int32Array(visited.stride);
  const pair = new Int32Array(met.stride);
  while (stack.length > 0 && visited.count <= nodes) {
    const depth = stack.length - 1;
    const operation = follow(plan, visited, stack[depth], cursors, depth, scratch);
    if (operation < 0) {
      stack.pop();
      cursors.pop();
      chosen.pop();
      continue;
    }
    if (arrive(plan, scratch, met, pair)) return [...chosen, operation];
    if (isDeadEnd(plan, scratch[returnWord(plan)], scratch)) continue;
    const entry = visited.add(scratch, 0);
    if (entry < 0) continue;
    stack.push(entry);
    cursors.push(0);
    chosen.push(operation);
  }
  return undefined;
}

/** Everything was tried: the return that no order passed is the furthest one that any waited for. */
function deepest(plan: SearchPlan, met: Configurations): SearchOutcome {
  let at = 0;
  for (let entry = 0; entry < met.count; entry++) at = Math.max(at, met.data[entry * met.stride + 1]);
  const before = new Map<number, number[]>();
  for (let entry = 0; entry < met.count; entry++) {
    const r = met.data[entry * met.stride + 1];
    if (r <= at - KEPT_RETURNS) continue;
    const states = before.get(r);
    if (states) states.push(met.data[entry * met.stride]);
    else before.set(r, [met.data[entry * met.stride]]);
  }
  return { type: 'invalid', at, operation: plan.returning[at], before };
}

/** Word 0 is the state, then the slots and infos, then the return that is waited for. */
function returnWord(plan: SearchPlan): number {
  return 1 + plan.slotWords + plan.infoWords;
}

/**
 * Makes `scratch` the next configuration after one, by the next operation that
 * may take effect; moves the cursor behind it. Returns the operation, or -1.
 */
function follow(
  plan: SearchPlan,
  visited: Configurations,
  entry: number,
  cursors: number[],
  depth: number,
  scratch: Int32Array,
): number {
  const { problem, writers, slot } = plan;
  const at = entry * visited.stride;
  for (let word = 0; word < visited.stride; word++) scratch[word] = visited.data[at + word];
  const state = scratch[0];
  const r = scratch[returnWord(plan)];
  const definite = writers.from[r + 1] - writers.from[r];
  for (let cursor = cursors[depth]; cursor < definite + plan.begun[r]; cursor++) {
    const info = cursor - definite;
    const operation = info < 0 ? writers.items[writers.from[r] + cursor] : plan.infos[info];
    const word = 1 + (info < 0 ? slot[operation] >>> 5 : plan.slotWords + (info >>> 5));
    const bit = 1 << (slot[operation] & 31);
    if ((scratch[word] & bit) !== 0) continue;
    const after = problem.spec.step(state, problem.class[operation]);
    if (after < 0 || (info >= 0 && after === state)) continue;
    cursors[depth] = cursor + 1;
    scratch[0] = after;
    scratch[word] |= bit;
    return operation;
  }
  return -1;
}

/** Lets readers take effect and passes the returns that are then in order. Returns whether none is left. */
function arrive(plan: SearchPlan, configuration: Int32Array, met: Configurations, pair: Int32Array): boolean {
  const { problem, readers, returning, slot } = plan;
  const last = returnWord(plan);
  pair[0] = configuration[0];
  for (let r = configuration[last]; r < plan.returns; r++) {
    configuration[last] = r;
    pair[1] = r;
    met.add(pair, 0);
    for (let i = readers.from[r]; i < readers.from[r + 1]; i++) {
      const operation = readers.items[i];
      const word = 1 + (slot[operation] >>> 5);
      const bit = 1 << (slot[operation] & 31);
      if ((configuration[word] & bit) !== 0) continue;
      if (problem.spec.step(configuration[0], problem.class[operation]) >= 0) configuration[word] |= bit;
    }
    const x = slot[returning[r]];
    const bit = 1 << (x & 31);
    if ((configuration[1 + (x >>> 5)] & bit) === 0) return false;
    configuration[1 + (x >>> 5)] &= ~bit;
  }
  return true;
}
