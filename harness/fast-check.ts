/**
 * `splitbrain/fast-check`: arbitraries of histories, faults and plans, for properties of one's own. What a property
 * fails on is made smaller as the project's own search does it: entries are left out and faults made simpler, and
 * nothing else moves, as no entry is renamed.
 */

import type { History } from 'elle-ts';
import { HistoryBuilder } from 'elle-ts';
import { Arbitrary, array, constantFrom, nat, record, type Stream, stream, Value } from 'fast-check';
import type { NodeId } from '../systems/node.ts';
import type { Fault } from './faults/fault.ts';
import { meaningOf } from './faults/meanings.ts';
import { needOf, rhythmFor } from './faults/rhythm.ts';
import { drawSchedule } from './faults/schedule.ts';
import type { Plan } from './setting/plan.ts';
import { drawsFrom } from './setting/random.ts';
import { planDrawer, type Wanted } from './setting/setting.ts';

/** A call as a history has it: what was asked, and what was returned where it was ok. */
export interface DrawnCall {
  readonly f: string;
  readonly key?: string;
  readonly input: unknown;
  readonly output: unknown;
}

/** What histories are drawn from. */
export interface HistoryOptions {
  /** The calls, with their outputs. That an output is possible is not asked: most histories break most models. */
  readonly calls: Arbitrary<DrawnCall>;
  /** At most so many operations; 20 where absent. */
  readonly operations?: number;
  /** An operation is still open when at most so many later ones begin; 3 where absent, and 0 makes them sequential. */
  readonly overlap?: number;
  /** What becomes of a call: one of these, evenly; `['ok', 'ok', 'ok', 'fail', 'info']` where absent. */
  readonly outcomes?: readonly ('ok' | 'fail' | 'info')[];
}

const OUTCOMES = ['ok', 'ok', 'ok', 'fail', 'info'] as const;
const NS_A_STEP = 1e6;

/**
 * Histories of calls that overlap. A process has one operation at a time, and none after one that is `info`. Shrinks to
 * fewer operations that overlap less.
 */
export function histories(options: HistoryOptions): Arbitrary<History> {
  const { calls, operations = 20, overlap = 3, outcomes = OUTCOMES } = options;
  const one = record({ call: calls, open: nat(overlap), outcome: constantFrom(...outcomes) });
  return array(one, { maxLength: operations }).map(historyOfCalls);
}

interface Drawn {
  readonly call: DrawnCall;
  /** How many operations begin before this one has ended. */
  readonly open: number;
  readonly outcome: 'ok' | 'fail' | 'info';
}

function historyOfCalls(drawn: readonly Drawn[]): History {
  const builder = new HistoryBuilder();
  let index = 0;
  let open: { readonly row: number; readonly process: number; readonly until: number; readonly of: Drawn }[] = [];
  const free: number[] = [];
  let processes = 0;
  const endThose = (step: number) => {
    const ending = open.filter(({ until }) => until <= step);
    open = open.filter(({ until }) => until > step);
    for (const { row, process, of } of ending) {
      const { call, outcome } = of;
      const result = outcome === 'ok' ? { type: outcome, output: call.output } : { type: outcome, error: 'drawn' };
      builder.complete(row, index, index * NS_A_STEP, result);
      index++;
      if (outcome !== 'info') free.push(process);
    }
  };
  drawn.forEach((of, step) => {
    endThose(step);
    const process = free.pop() ?? processes++;
    const row = builder.invoke(index, index * NS_A_STEP, process, of.call);
    index++;
    open.push({ row, process, until: step + 1 + of.open, of });
  });
  endThose(Number.POSITIVE_INFINITY);
  return builder;
}

/** What faults are drawn for. */
export interface FaultOptions {
  /** Names of faults or mixes, as `--faults` takes them. */
  readonly names: readonly string[];
  readonly nodes: readonly NodeId[];
  /** How long the run lasts; 10,000 ms where absent. */
  readonly durationMs?: number;
  /** How long a client waits for an answer, by which faults are measured; 500 ms where absent. */
  readonly callTimeoutMs?: number;
}

/** The faults of a run, as `run` draws them in the simulation. Shrinks to fewer and simpler ones. */
export function faults({
  names,
  nodes,
  durationMs = 10_000,
  callTimeoutMs = 500,
}: FaultOptions): Arbitrary<readonly Fault[]> {
  const rhythm = rhythmFor({}, { durationMs, callTimeoutMs, cluster: 'simulation' });
  const scene = { nodes, callTimeoutMs, durationMs, shortestMs: rhythm.forMs[0] };
  return new Shrinking(
    (seed) => drawSchedule({ draw: drawsFrom(seed), seed, names, scene, rhythm, need: needOf([]) }).faults,
    fewerFaults,
  );
}

/**
 * Plans of runs of this system, each as another seed draws it: give one to `run` as `plan`, with the same setting.
 * Shrinks to fewer calls and to fewer and simpler faults. Rejects with `BadInput` where the setting cannot be.
 */
export async function plans(wanted: Omit<Wanted, 'seed' | 'plan'>): Promise<Arbitrary<Plan>> {
  const draw = await planDrawer(wanted as Wanted);
  return new Shrinking(draw, fewerOfPlan);
}

const LARGEST_SEED = 2 ** 31 - 1;

/** What a seed draws, and what is smaller than it. */
class Shrinking<T> extends Arbitrary<T> {
  private readonly draw: (seed: number) => T;
  private readonly smaller: (value: T) => Iterable<T>;

  constructor(draw: (seed: number) => T, smaller: (value: T) => Iterable<T>) {
    super();
    this.draw = draw;
    this.smaller = smaller;
  }

  generate(random: { nextInt(from: number, to: number): number }): Value<T> {
    return new Value(this.draw(random.nextInt(1, LARGEST_SEED)), DRAWN);
  }

  /** What a seed did not draw cannot be known for one of these. */
  canShrinkWithoutContext(_: unknown): _ is T {
    return false;
  }

  shrink(value: T, context: unknown): Stream<Value<T>> {
    const smaller = context === DRAWN ? this.smaller(value) : [];
    return stream(values(smaller));
  }
}

const DRAWN = 'drawn';

function* values<T>(all: Iterable<T>): IterableIterator<Value<T>> {
  for (const one of all) yield new Value(one, DRAWN);
}

function* fewerOfPlan(plan: Plan): Iterable<Plan> {
  for (const faults of fewerFaults(plan.faults)) yield { ...plan, faults };
  for (const calls of without(plan.calls)) yield { ...plan, calls };
}

function* fewerFaults(all: readonly Fault[]): Iterable<readonly Fault[]> {
  yield* without(all);
  for (const [i, fault] of all.entries())
    for (const simpler of meaningOf(fault).simpler(fault)) yield all.with(i, simpler);
}

/** The list without each of its halves, quarters, and so on down to single entries, the largest parts first. */
function* without<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let size = all.length; size >= 1; size = Math.floor(size / 2))
    for (let from = 0; from < all.length; from += size) yield [...all.slice(0, from), ...all.slice(from + size)];
}
