/**
 * The search breadth first: all configurations that are possible after each return, from the first return to the last.
 *
 * When x returns, every configuration in which x has not taken effect is developed by the
 * open operations in every order, until x is in. What is left out, and why that is sound:
 * - An operation that changes no state takes effect as soon as its output is right: that only discharges a duty.
 * - Configurations are taken up fewest infos first, and dropped
 *   when one that can do as much was there (see Configurations).
 * - An info that would leave the state as it is might as well not happen.
 * - Infos of the same class are interchangeable: they are used in the order in which they began.
 * An empty set after a return proves that no order exists; what
 * was possible before it is then the counterexample's beginning.
 */
import type { Budget } from './budget.ts';
import { Configurations } from './configurations.ts';
import { isDeadEnd } from './pruning.ts';
import { KEPT_RETURNS, type SearchOutcome } from './search-outcome.ts';
import type { SearchPlan } from './search-problem.ts';

/** The moving parts of one search. */
interface Sweep {
  readonly plan: SearchPlan;
  readonly budget: Budget;
  readonly step: Configurations;
  /** Configurations of `step` not yet taken up: lists by how many infos they used. */
  readonly waiting: Int32Array;
  links: Int32Array;
  /** What the readers of this return make of each state, computed on demand: marks by return, then words. */
  seen: Int32Array;
  seenWords: Int32Array;
  readonly scratch: Int32Array;
  /**
   * Where configurations came from, if a certificate is wanted: the entry's origin and the operation that was added.
   */
  readonly trail?: number[];
}

/**
 * Searches until the last return, the first impossible one, or the end of the
 * budget. With `witness`, a valid outcome names the writers in their order.
 */
export function breadthFirst(plan: SearchPlan, budget: Budget, witness: boolean): SearchOutcome {
  const step = new Configurations(plan.slotWords, plan.infoWords);
  const sweep: Sweep = {
    plan,
    budget,
    step,
    waiting: new Int32Array(plan.infos.length + 1).fill(-1),
    links: new Int32Array(16),
    seen: new Int32Array(16).fill(-1),
    seenWords: new Int32Array(16 * plan.slotWords),
    scratch: new Int32Array(step.stride),
    ...(witness ? { trail: [] } : {}),
  };
  let frontier = firstFrontier(plan, step.stride, sweep.trail);
  const kept: Int32Array[] = [];
  for (let r = 0; r < plan.returns; r++) {
    kept[r % KEPT_RETURNS] = frontier;
    const after = takeReturn(sweep, r, frontier);
    if (after === undefined)
      return { type: 'unknown', lacking: budget.lacking, at: r, returns: plan.returns, open: openAt(plan, r) };
    if (after.length === 0) return impossible(plan, r, kept, step.stride);
    frontier = after;
  }
  return { type: 'valid', order: sweep.trail && backtrack(sweep.trail, frontier[step.stride - 1]) };
}

function impossible(plan: SearchPlan, at: number, kept: readonly Int32Array[], stride: number): SearchOutcome {
  const before = new Map<number, readonly number[]>();
  for (let r = at; r >= 0 && r > at - KEPT_RETURNS; r--) before.set(r, statesOf(kept[r % KEPT_RETURNS], stride));
  return { type: 'invalid', at, operation: plan.returning[at], before };
}

function firstFrontier(plan: SearchPlan, stride: number, trail: number[] | undefined): Int32Array {
  const { initial } = plan.problem.spec;
  const frontier = new Int32Array(initial.length * stride);
  for (const [i, state] of initial.entries()) {
    frontier[i * stride] = state;
    frontier[i * stride + stride - 1] = i;
    trail?.push(-1, -1);
  }
  return frontier;
}

function openAt(plan: SearchPlan, r: number): number {
  const count = (lists: { from: Int32Array }): number => lists.from[r + 1] - lists.from[r];
  return count(plan.writers) + count(plan.readers) + plan.begun[r];
}

function statesOf(frontier: Int32Array, stride: number): readonly number[] {
  const states = new Set<number>();
  for (let at = 0; at < frontier.length; at += stride) states.add(frontier[at]);
  return [...states];
}

/** All configurations after the return `r`, from those before it; `undefined` when the budget is spent. */
function takeReturn(sweep: Sweep, r: number, frontier: Int32Array): Int32Array | undefined {
  const { plan, step, waiting, scratch, budget } = sweep;
  const { stride } = step;
  step.clear();
  let most = 0;
  for (let at = 0; at < frontier.length; at += stride) {
    scratch.set(frontier.subarray(at, at + stride));
    most = Math.max(most, enter(sweep, r, infosUsed(plan, scratch)));
  }
  const slot = plan.slot[plan.returning[r]];
  const word = 1 + (slot >>> 5);
  const bit = 1 << (slot & 31);
  const emitted: number[] = [];
  for (let used = 0; used <= most; used++) {
    for (let entry = waiting[used]; entry >= 0; entry = waiting[used]) {
      waiting[used] = sweep.links[entry];
      if (step.dominated(entry)) continue;
      if ((step.data[entry * stride + word] & bit) !== 0) emitted.push(entry);
      else most = Math.max(most, develop(sweep, r, entry, used));
      if (
        !budget.left(step.bytes() + 4 * (frontier.length + (sweep.trail?.length ?? 0) * 2) + plan.problem.spec.bytes())
      ) {
        waiting.fill(-1);
        return undefined;
      }
    }
  }
  const after = new Int32Array(emitted.length * stride);
  for (const [i, entry] of emitted.entries()) {
    after.set(step.data.subarray(entry * stride, (entry + 1) * stride), i * stride);
    after[i * stride + word] &= ~bit;
  }
  return after;
}

function infosUsed(plan: SearchPlan, configuration: Int32Array): number {
  let used = 0;
  for (let word = 1 + plan.slotWords; word < configuration.length - 1; word++) used += ones(configuration[word]);
  return used;
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Adds the configuration in `scratch`, with the readers that its state
 * satisfies, to those that wait; returns how many infos it used.
 */
function enter(sweep: Sweep, r: number, used: number): number {
  const { plan, step, scratch } = sweep;
  if (plan.readers.from[r + 1] > plan.readers.from[r]) {
    const words = readersOf(sweep, r, scratch[0]);
    for (let word = 0; word < plan.slotWords; word++) scratch[1 + word] |= sweep.seenWords[words + word];
  }
  if (isDeadEnd(plan, r, scratch)) return used;
  const entry = step.add(scratch, 0);
  if (entry < 0) return used;
  if (entry >= sweep.links.length) {
    const links = new Int32Array(2 * sweep.links.length);
    links.set(sweep.links);
    sweep.links = links;
  }
  sweep.links[entry] = sweep.waiting[used];
  sweep.waiting[used] = entry;
  return used;
}

/** Where in `seenWords` the mask of the open readers lies that this state satisfies. */
function readersOf(sweep: Sweep, r: number, state: number): number {
  const { plan } = sweep;
  const { problem, readers, slot, slotWords } = plan;
  if (state >= sweep.seen.length) {
    const size = 2 * Math.max(state, sweep.seen.length);
    const seen = new Int32Array(size).fill(-1);
    seen.set(sweep.seen);
    sweep.seen = seen;
    const words = new Int32Array(size * slotWords);
    words.set(sweep.seenWords);
    sweep.seenWords = words;
  }
  const at = state * slotWords;
  if (sweep.seen[state] === r) return at;
  sweep.seen[state] = r;
  sweep.seenWords.fill(0, at, at + slotWords);
  for (let i = readers.from[r]; i < readers.from[r + 1]; i++) {
    const operation = readers.items[i];
    if (problem.spec.step(state, problem.class[operation]) >= 0)
      sweep.seenWords[at + (slot[operation] >>> 5)] |= 1 << (slot[operation] & 31);
  }
  return at;
}

/**
 * Adds to a configuration, one at a time, each operation that may
 * be next; returns the most infos that one of the results used.
 */
function develop(sweep: Sweep, r: number, entry: number, used: number): number {
  const { plan, step } = sweep;
  const { problem, writers, slot } = plan;
  const at = entry * step.stride;
  const state = step.data[at];
  let most = used;
  for (let i = writers.from[r]; i < writers.from[r + 1]; i++) {
    const operation = writers.items[i];
    const word = 1 + (slot[operation] >>> 5);
    if ((step.data[at + word] & (1 << (slot[operation] & 31))) !== 0) continue;
    const after = problem.spec.step(state, problem.class[operation]);
    if (after >= 0) put(sweep, r, at, word, slot[operation], after, operation, used);
  }
  for (let info = 0; info < plan.begun[r]; info++) {
    if (!usable(plan, step.data, at, info)) continue;
    const operation = plan.infos[info];
    const after = problem.spec.step(state, problem.class[operation]);
    if (after < 0 || after === state) continue;
    most = used + 1;
    put(sweep, r, at, 1 + plan.slotWords + (info >>> 5), info, after, operation, most);
  }
  return most;
}

/** Whether an info was not used yet while its twin was. */
function usable(plan: SearchPlan, data: Int32Array, at: number, info: number): boolean {
  const words = at + 1 + plan.slotWords;
  if ((data[words + (info >>> 5)] & (1 << (info & 31))) !== 0) return false;
  const twin = plan.twin[info];
  return twin < 0 || (data[words + (twin >>> 5)] & (1 << (twin & 31))) !== 0;
}

/** The configuration at `at` with one more operation in. */
function put(
  sweep: Sweep,
  r: number,
  at: number,
  word: number,
  bit: number,
  state: number,
  operation: number,
  used: number,
): void {
  const { step, scratch, trail, budget } = sweep;
  budget.step();
  for (let i = 0; i < step.stride; i++) scratch[i] = step.data[at + i];
  scratch[0] = state;
  scratch[word] |= 1 << (bit & 31);
  const parent = scratch[step.stride - 1];
  const known = step.count;
  if (trail) scratch[step.stride - 1] = trail.length / 2;
  enter(sweep, r, used);
  if (trail && step.count > known) trail.push(parent, operation);
}

/** The operations that led to a configuration, the first one first. */
function backtrack(trail: readonly number[], last: number): readonly number[] {
  const order: number[] = [];
  for (let node = last; node >= 0; node = trail[2 * node])
    if (trail[2 * node + 1] >= 0) order.push(trail[2 * node + 1]);
  return order.reverse();
}
