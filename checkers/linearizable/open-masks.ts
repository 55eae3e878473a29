/** Which operations are open before each return, as masks over their slots. */
import { NEVER_COLUMN } from '../history.ts';
import type { Flow, SearchPlan } from './search-problem.ts';

/** The masks before the return that `advance` was last called with. */
export interface OpenMasks {
  /** Operations that began since the return before. */
  readonly begun: Int32Array;
  /** Open writes. */
  readonly writes: Int32Array;
  /** The one that returns. */
  readonly returning: Int32Array;
  /** A word of the mask of the open operations that are right, or change nothing, while the register is in a state. */
  doneIn(state: number, word: number): number;
  /** Whether an operation is a write, and no swap. */
  isWrite(operation: number): boolean;
  /** Whether a swap that is open, or never returns, needs a state. */
  isAwaited(state: number): boolean;
  /** Goes on to the next return. */
  advance(r: number): void;
}

/** The masks of a plan for registers. */
export function openMasks(plan: SearchPlan, flow: Flow): OpenMasks {
  const { problem, slotWords, slot, writers, readers, returning } = plan;
  const begun = new Int32Array(slotWords);
  const writes = new Int32Array(slotWords);
  const last = new Int32Array(slotWords);
  const done = new Map<number, Int32Array>();
  /** The states that swaps need: of open ones, and of those that never return. */
  const awaited = new Set<number>();
  const alwaysAwaited = new Set<number>();
  let infos = 0;
  let next = 0;
  let current = 0;
  const isWrite = (operation: number): boolean => {
    const c = problem.class[operation];
    return flow.makes[c] >= 0 && flow.needs[c] < 0;
  };
  const add = (mask: Int32Array, operation: number): void => {
    mask[slot[operation] >>> 5] |= 1 << (slot[operation] & 31);
  };
  const maskOf = (state: number): Int32Array => {
    const mask = new Int32Array(slotWords);
    for (let i = readers.from[current]; i < readers.from[current + 1]; i++)
      if (problem.spec.step(state, problem.class[readers.items[i]]) >= 0) add(mask, readers.items[i]);
    for (let i = writers.from[current]; i < writers.from[current + 1]; i++) {
      const operation = writers.items[i];
      if (isWrite(operation) && flow.makes[problem.class[operation]] === state) add(mask, operation);
    }
    return mask;
  };
  return {
    begun,
    writes,
    returning: last,
    isWrite,
    isAwaited: (state) => awaited.has(state) || alwaysAwaited.has(state),
    doneIn(state, word) {
      let mask = done.get(state);
      if (!mask) {
        mask = maskOf(state);
        done.set(state, mask);
      }
      return mask[word];
    },
    advance(r) {
      current = r;
      done.clear();
      begun.fill(0);
      writes.fill(0);
      const time = problem.end[returning[r]];
      for (; next < problem.length && problem.start[next] < time; next++)
        if (problem.end[next] !== NEVER_COLUMN) add(begun, next);
      last.fill(0);
      add(last, returning[r]);
      awaited.clear();
      for (let i = writers.from[r]; i < writers.from[r + 1]; i++)
        if (isWrite(writers.items[i])) add(writes, writers.items[i]);
        else awaited.add(flow.needs[problem.class[writers.items[i]]]);
      for (; infos < plan.begun[r]; infos++)
        if (!isWrite(plan.infos[infos])) alwaysAwaited.add(flow.needs[problem.class[plan.infos[infos]]]);
    },
  };
}
