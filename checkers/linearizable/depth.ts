/**
 * The search depth first: follows one order until it breaks, preferring what returns first. On a valid history it mostly finds an order in as many
 * steps as there are operations, where the breadth-first search would keep all of them; so it goes first, on a short budget. It never says invalid
 * before it has tried everything.
 */
import { Configurations } from './configurations.ts';
import type { Schedule } from './schedule.ts';

/** What came of it: an order of the operations that change states, the proof that there is none, or neither within `nodes`. */
export type Dive =
  | { readonly type: 'valid'; readonly order: readonly number[] }
  | { readonly type: 'none' | 'unknown' };

/** Searches through at most `nodes` configurations. Memory: some 30 bytes for each, and for each return on the path. */
export function depthFirst(plan: Schedule, nodes: number): Dive {
  // The return is one more word of the key, and infos are compared exactly: they are slots here.
  const words = 1 + plan.slotWords + plan.infoWords;
  const visited = new Configurations(words, 0);
  const stack: number[] = [];
  const cursors: number[] = [];
  const chosen: number[] = [];
  for (const state of plan.problem.spec.initial) {
    const start = new Int32Array(visited.stride);
    start[0] = state;
    if (arrive(plan, start)) return { type: 'valid', order: [] };
    const root = visited.add(start, 0);
    if (root < 0) continue;
    stack.push(root);
    cursors.push(0);
    while (stack.length > 0) {
      if (visited.count > nodes) return { type: 'unknown' };
      const depth = stack.length - 1;
      const next = follow(plan, visited, stack[depth], cursors, depth);
      if (next === undefined) {
        stack.pop();
        cursors.pop();
        chosen.pop();
        continue;
      }
      chosen.push(next.operation);
      if (arrive(plan, next.configuration)) return { type: 'valid', order: chosen };
      const entry = visited.add(next.configuration, 0);
      if (entry < 0) chosen.pop();
      else {
        stack.push(entry);
        cursors.push(0);
      }
    }
  }
  return { type: 'none' };
}

/** Word 0 is the state, then the slots and infos, then the return that is waited for. */
function returnWord(plan: Schedule): number {
  return 1 + plan.slotWords + plan.infoWords;
}

/** The next configuration after one, by the next operation that may take effect; moves the cursor behind it. */
function follow(
  plan: Schedule,
  visited: Configurations,
  entry: number,
  cursors: number[],
  depth: number,
): { configuration: Int32Array; operation: number } | undefined {
  const { problem, writers, slot } = plan;
  const at = entry * visited.stride;
  const configuration = visited.data.slice(at, at + visited.stride);
  const [state] = configuration;
  const r = configuration[returnWord(plan)];
  const definite = writers.from[r + 1] - writers.from[r];
  for (let cursor = cursors[depth]; cursor < definite + plan.begun[r]; cursor++) {
    const info = cursor - definite;
    const operation = info < 0 ? writers.items[writers.from[r] + cursor] : plan.infos[info];
    const word = 1 + (info < 0 ? slot[operation] >>> 5 : plan.slotWords + (info >>> 5));
    const bit = 1 << (slot[operation] & 31);
    if ((configuration[word] & bit) !== 0) continue;
    const after = problem.spec.step(state, problem.class[operation]);
    if (after < 0 || (info >= 0 && after === state)) continue;
    cursors[depth] = cursor + 1;
    configuration[0] = after;
    configuration[word] |= bit;
    return { configuration, operation };
  }
  return undefined;
}

/** Lets readers take effect and passes the returns that are then in order. Whether none is left. */
function arrive(plan: Schedule, configuration: Int32Array): boolean {
  const { problem, readers, returning, slot } = plan;
  const [state] = configuration;
  const last = returnWord(plan);
  for (let r = configuration[last]; r < plan.returns; r++) {
    configuration[last] = r;
    for (let i = readers.from[r]; i < readers.from[r + 1]; i++) {
      const operation = readers.items[i];
      if (problem.spec.step(state, problem.class[operation]) < 0) continue;
      configuration[1 + (slot[operation] >>> 5)] |= 1 << (slot[operation] & 31);
    }
    const x = slot[returning[r]];
    const bit = 1 << (x & 31);
    if ((configuration[1 + (x >>> 5)] & bit) === 0) return false;
    configuration[1 + (x >>> 5)] &= ~bit;
  }
  return true;
}
