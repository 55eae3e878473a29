/**
 * The search for registers: configurations after each return, of which each stands for very many.
 *
 * A write may take effect unseen, just before another one that overwrites it; so all that must be known of the open
 * writes is which have shown their value, and which never had a chance to take effect unseen. Of several open writes of
 * one value the one that returns first shows it: whatever another could still do, it can do for longer. Then a
 * configuration that has shown fewer values, owes fewer operations and used fewer of those that never return can do all
 * that another with the same state can, which is dropped. With few values hardly any are left, however many clients
 * there are: without this, each subset of the open writes would be a configuration of its own.
 *
 * Otherwise it goes as Lowe's search does: nothing is decided before an operation returns ("Testing for
 * linearizability", Concurrency and Computation: Practice and Experience 29(4), 2017). Exact within the budget.
 */
import type { Budget } from './budget.ts';
import { Configurations } from './configurations.ts';
import { type OpenMasks, openMasks } from './open-masks.ts';
import { KEPT_RETURNS, type SearchOutcome } from './search-outcome.ts';
import type { Flow, SearchPlan } from './search-problem.ts';
import { type ValueChange, withUnseenWrites } from './unseen-writes.ts';

/**
 * Words of a configuration: the state, the swaps that have taken effect, by slot; then the writes that have shown their
 * value, by slot, the operations that are owed, by slot, and those used of the ones that never return.
 */
interface Layout {
  readonly swapped: number;
  readonly shown: number;
  readonly owed: number;
  readonly used: number;
  readonly stride: number;
}

interface Sweep {
  readonly plan: SearchPlan;
  readonly flow: Flow;
  readonly layout: Layout;
  readonly budget: Budget;
  readonly step: Configurations;
  readonly masks: OpenMasks;
  readonly scratch: Int32Array;
  /** Stamps by state: what was tried already from the configuration at hand. */
  readonly tried: Map<number, number>;
  stamp: number;
  /** The changes that led to configurations, with the one before each and the return before which it was made. */
  readonly trail: { readonly parent: number[]; readonly operation: number[]; readonly at: number[] } | undefined;
}

/** Searches until the last return, the first impossible one, or the end of the budget. */
export function searchOverwriting(plan: SearchPlan, flow: Flow, budget: Budget, witness: boolean): SearchOutcome {
  const { slotWords, infoWords } = plan;
  const layout = {
    swapped: 1,
    shown: 1 + slotWords,
    owed: 1 + 2 * slotWords,
    used: 1 + 3 * slotWords,
    stride: 2 + 3 * slotWords + infoWords,
  };
  const sweep: Sweep = {
    plan,
    flow,
    layout,
    budget,
    step: new Configurations(slotWords, 2 * slotWords + infoWords),
    masks: openMasks(plan, flow),
    scratch: new Int32Array(layout.stride),
    tried: new Map(),
    stamp: 0,
    trail: witness ? { parent: [], operation: [], at: [] } : undefined,
  };
  let frontier: Int32Array = new Int32Array(layout.stride * plan.problem.spec.initial.length);
  for (const [i, state] of plan.problem.spec.initial.entries()) {
    frontier[i * layout.stride] = state;
    frontier[(i + 1) * layout.stride - 1] = -1;
  }
  const kept: Int32Array[] = [];
  for (let r = 0; r < plan.returns; r++) {
    sweep.masks.advance(r);
    kept[r % KEPT_RETURNS] = frontier;
    const after = takeReturn(sweep, r, frontier);
    if (after === undefined) {
      const open = plan.writers.from[r + 1] - plan.writers.from[r] + plan.readers.from[r + 1] - plan.readers.from[r];
      return { type: 'unknown', lacking: budget.lacking, at: r, returns: plan.returns, open: open + plan.begun[r] };
    }
    if (after.length === 0) return impossible(plan, r, kept, layout.stride);
    frontier = after;
  }
  const order = sweep.trail && withUnseenWrites(plan, flow, changesOf(sweep.trail, frontier[layout.stride - 1]));
  return { type: 'valid', order };
}

function impossible(plan: SearchPlan, at: number, kept: readonly Int32Array[], stride: number): SearchOutcome {
  const before = new Map<number, readonly number[]>();
  for (let r = at; r >= 0 && r > at - KEPT_RETURNS; r--) {
    const states = new Set<number>();
    const frontier = kept[r % KEPT_RETURNS] as Int32Array;
    for (let word = 0; word < frontier.length; word += stride) states.add(frontier[word]);
    before.set(r, [...states]);
  }
  return { type: 'invalid', at, operation: plan.returning[at], before };
}

/** The changes that led to a configuration, the first one first. */
function changesOf({ parent, operation, at }: NonNullable<Sweep['trail']>, last: number): ValueChange[] {
  const changes: ValueChange[] = [];
  for (let node = last; node >= 0; node = parent[node]) changes.push({ operation: operation[node], at: at[node] });
  return changes.reverse();
}

/** All configurations after the return `r`, from those before it; `undefined` when the budget is spent. */
function takeReturn(sweep: Sweep, r: number, frontier: Int32Array): Int32Array | undefined {
  const { plan, step, scratch, budget, layout, masks } = sweep;
  const { stride } = layout;
  step.clear();
  for (let at = 0; at < frontier.length; at += stride) {
    scratch.set(frontier.subarray(at, at + stride));
    for (let word = 0; word < plan.slotWords; word++)
      scratch[layout.owed + word] |= masks.begun[word] & ~masks.doneIn(scratch[0], word);
    step.add(scratch, 0);
  }
  const x = plan.returning[r];
  const word = plan.slot[x] >>> 5;
  const bit = 1 << (plan.slot[x] & 31);
  const emitted: number[] = [];
  for (let entry = 0; entry < step.count; entry++) {
    if (step.dominated(entry)) continue;
    const at = entry * stride;
    const isOwed = (step.data[at + layout.owed + word] & bit) !== 0;
    if (!isOwed) emitted.push(entry);
    // A write has now its last chance to show its value, whether or not it took effect unseen.
    if (isOwed || (masks.isWrite(x) && (step.data[at + layout.shown + word] & bit) === 0)) develop(sweep, r, entry);
    if (!budget.left(step.bytes() + 4 * frontier.length + 12 * (sweep.trail?.at.length ?? 0))) return undefined;
  }
  return withoutReturned(sweep, emitted, word, bit);
}

/** The configurations that explain a return, those without more than others, with its slot free. */
function withoutReturned({ step, layout }: Sweep, emitted: readonly number[], word: number, bit: number): Int32Array {
  const { stride } = layout;
  const left = emitted.filter((entry) => !step.dominated(entry));
  const after = new Int32Array(left.length * stride);
  for (const [i, entry] of left.entries()) {
    after.set(step.data.subarray(entry * stride, (entry + 1) * stride), i * stride);
    for (const part of [layout.swapped, layout.shown, layout.owed]) after[i * stride + part + word] &= ~bit;
  }
  return after;
}

/**
 * Adds each change that may be next, of those of one kind the one whose operation returns first. A change that explains
 * nothing, and that no swap waits for, can wait until another needs it.
 */
function develop(sweep: Sweep, r: number, entry: number): void {
  const { plan, step, layout, masks } = sweep;
  const { problem, writers, slot } = plan;
  const at = entry * layout.stride;
  const state = step.data[at];
  sweep.stamp++;
  for (let i = writers.from[r]; i < writers.from[r + 1]; i++) {
    const operation = writers.items[i];
    const part = masks.isWrite(operation) ? layout.shown : layout.swapped;
    if ((step.data[at + part + (slot[operation] >>> 5)] & (1 << (slot[operation] & 31))) !== 0) continue;
    if (isNew(sweep, state, problem.class[operation])) change(sweep, r, entry, operation, -1);
  }
  for (let info = 0; info < plan.begun[r]; info++) {
    if ((step.data[at + layout.used + (info >>> 5)] & (1 << (info & 31))) !== 0) continue;
    const c = problem.class[plan.infos[info]];
    if (isNew(sweep, state, c)) change(sweep, r, entry, plan.infos[info], info);
  }
}

/** Whether operations of a class are possible in a state, and none was tried yet. A write may leave it as it is. */
function isNew({ plan, tried, stamp }: Sweep, state: number, c: number): boolean {
  if (plan.problem.spec.step(state, c) < 0 || tried.get(c) === stamp) return false;
  tried.set(c, stamp);
  return true;
}

/** Adds a configuration with one more change; `info` is the operation's place among those that never return, or -1. */
function change(sweep: Sweep, r: number, entry: number, operation: number, info: number): void {
  const { plan, step, scratch, layout, flow, masks, trail, budget } = sweep;
  const at = entry * layout.stride;
  budget.step();
  for (let word = 0; word < layout.stride; word++) scratch[word] = step.data[at + word];
  const isWrite = masks.isWrite(operation);
  const state = flow.makes[plan.problem.class[operation]];
  scratch[0] = state;
  let explains = !isWrite || masks.isAwaited(state);
  for (let word = 0; word < plan.slotWords; word++) {
    const owed = scratch[layout.owed + word];
    const done = masks.doneIn(state, word) | (isWrite ? masks.writes[word] : 0);
    scratch[layout.owed + word] = owed & ~done;
    if ((owed & done & (~masks.writes[word] | masks.returning[word])) !== 0) explains = true;
  }
  if (!explains && operation !== plan.returning[r]) return;
  if (info >= 0) scratch[layout.used + (info >>> 5)] |= 1 << (info & 31);
  else {
    const word = plan.slot[operation] >>> 5;
    const bit = 1 << (plan.slot[operation] & 31);
    scratch[(isWrite ? layout.shown : layout.swapped) + word] |= bit;
    scratch[layout.owed + word] &= ~bit;
  }
  const parent = scratch[layout.stride - 1];
  if (trail) scratch[layout.stride - 1] = trail.at.length;
  if (step.add(scratch, 0) < 0 || !trail) return;
  trail.parent.push(parent);
  trail.operation.push(operation);
  trail.at.push(plan.problem.end[plan.returning[r]]);
}
