/**
 * The search for one order of all operations that keeps the order of every session.
 *
 * A position is how far each session has got, and the state of each object; what can still happen depends
 * on nothing else. Positions that led nowhere are remembered, so the search ends, after at most the product
 * of the sessions' lengths times the states: polynomial for a fixed number of sessions, exponential
 * in that number. It goes depth first and takes what began earliest first, since real time is mostly
 * right. A read is taken as soon as its output is right: that changes nothing and discharges a duty.
 */
import type { Budget } from '../linearizable/budget.ts';
import { Configurations } from '../linearizable/configurations.ts';
import type { Sessions } from './sessions.ts';

/**
 * An order of operations, by their places; or that there is none; or that the
 * budget ran out. `furthest` is the most operations that any order explained.
 */
export type Interleaving =
  | { readonly type: 'found'; readonly order: readonly number[] }
  | { readonly type: 'none' }
  | { readonly type: 'unknown'; readonly furthest: number };

/** Words of a position: how far each session is, then each object's state. */
export function interleave(sessions: Sessions, budget: Budget): Interleaving {
  const { operations, objects, problem } = sessions;
  const visited = new Configurations(operations.length + objects - 1, 0);
  const position = new Int32Array(visited.stride);
  position.fill(problem.spec.initial[0], operations.length, operations.length + objects);
  const order: number[] = [];
  const stack: number[] = [];
  // For each position on the stack: the start of the operation tried last, and how long the order was.
  const tried: number[] = [];
  const lengths: number[] = [];
  let furthest = 0;
  const enter = (): boolean => {
    if (settle(sessions, position, order)) return true;
    furthest = Math.max(furthest, order.length);
    const entry = visited.add(position, 0);
    if (entry < 0) return false;
    stack.push(entry);
    tried.push(-1);
    lengths.push(order.length);
    return false;
  };
  if (enter()) return { type: 'found', order };
  while (stack.length > 0) {
    if (!budget.left(visited.bytes() + problem.spec.bytes())) return { type: 'unknown', furthest };
    const top = stack.length - 1;
    order.length = lengths[top];
    for (let word = 0; word < visited.stride; word++) position[word] = visited.data[stack[top] * visited.stride + word];
    const operation = advance(sessions, position, tried[top], budget);
    if (operation < 0) {
      stack.pop();
      tried.pop();
      lengths.pop();
      continue;
    }
    tried[top] = problem.start[operation];
    order.push(operation);
    if (enter()) return { type: 'found', order };
  }
  return { type: 'none' };
}

/** Takes all reads that are next in their sessions and right. Returns whether only optional operations are left. */
function settle({ operations, object, optional, problem }: Sessions, position: Int32Array, order: number[]): boolean {
  let left = 0;
  for (let s = 0; s < operations.length; s++) {
    const session = operations[s];
    while (position[s] < session.length) {
      const operation = session[position[s]];
      const state = position[operations.length + object[operation]];
      if (problem.pure[operation] === 0 || problem.spec.step(state, problem.class[operation]) < 0) break;
      position[s]++;
      order.push(operation);
    }
    if (position[s] < session.length && optional[session[position[s]]] === 0) left++;
  }
  return left === 0;
}

/**
 * Takes the operation that began first among those that began later than
 * `after`, are next in their sessions and possible. Returns it, or -1.
 */
function advance(sessions: Sessions, position: Int32Array, after: number, budget: Budget): number {
  const { operations, object, optional, problem } = sessions;
  let best = -1;
  let bestState = -1;
  for (let s = 0; s < operations.length; s++) {
    const operation = operations[s][position[s]];
    if (position[s] >= operations[s].length || problem.start[operation] <= after) continue;
    if (best >= 0 && problem.start[operation] > problem.start[operations[best][position[best]]]) continue;
    if (problem.pure[operation] === 1) continue;
    const before = position[operations.length + object[operation]];
    const state = problem.spec.step(before, problem.class[operation]);
    budget.step();
    if (state < 0 || (optional[operation] === 1 && state === before)) continue;
    best = s;
    bestState = state;
  }
  if (best < 0) return -1;
  const operation = operations[best][position[best]];
  position[best]++;
  position[operations.length + object[operation]] = bestState;
  return operation;
}
