/**
 * Counts that show whether a run could have failed: who was asked what, before, during and after each kind
 * of fault. Tallies of several runs add up, so that a campaign judges its evidence by cell and not by run.
 */
import type { NodeId } from '../../systems/node.ts';
import type { Claim, FaultKind } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Traffic } from '../clusters/cluster.ts';
import { hadEffect, kindsAmong, meaningOf } from '../faults/meanings.ts';
import type { Executed } from '../running/execute.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import type { Plan, Setting } from '../setting/plan.ts';
import { addCommits, type Commits, commitsIn, type Frame, isLong, NO_COMMITS } from './commits.ts';
import { addPhases, effectsIn, type MainPhase } from './effects.ts';
import { addPairs, type Pairs, pairsAmong } from './pairs.ts';
import { isAnswered, isCommitted, type Recorded, rowsBetween } from './responses.ts';
import { PROMISES, type Promised, type Stretch, settlingMs, stretchesIn } from './stretches.ts';

type Counts = Readonly<Record<string, number>>;

export interface Tally {
  readonly runs: number;
  /** Main-phase calls and successes, by function. */
  readonly called: Counts;
  readonly succeeded: Counts;
  /** What calls of the main phase did. */
  readonly main: MainPhase;
  /** Messages that nodes sent each other. */
  readonly messages: number;
  readonly during: Readonly<Partial<Record<FaultKind, During>>>;
  /** Whether anything was done in long stretches of faults, by what is promised. */
  readonly served: Commits;
  /** Names of faults for which there was no time, and in how many runs. */
  readonly leftOut: Counts;
  /** Functions that are called only by who was answered before: where nobody is, nobody calls them. */
  readonly dependent: readonly string[];
  /** Kinds of fault that lay on each other. */
  readonly pairs: Pairs;
  /** How long main phases were, together, in whole microseconds: sums are the same in any order. */
  readonly mainUs: number;
  /** Final calls asked, and those answered: one a node and key. */
  readonly finalAsked: number;
  readonly finalAnswered: number;
  /** Keys for which some final call was answered at no node at all. */
  readonly finalUnheard: number;
  /** Nodes that answered no final call at all, in some run. */
  readonly silent: readonly NodeId[];
}

/** What was seen while a kind of fault lasted; calls count where it was seen to do something. */
export interface During {
  readonly intervals: number;
  /** Intervals in which it was measured from outside that the fault did something. */
  readonly bit: number;
  /** How long these lasted, together, in whole microseconds. */
  readonly us: number;
  readonly called: Counts;
  /** Calls that were answered: successes, and failures that are results. */
  readonly answered: Counts;
  /** Calls that succeeded. */
  readonly committed: Counts;
  /** The same of calls to whom a claim promises an answer, in stretches in which its conditions held. */
  readonly promised: Readonly<Record<Promised, Kept>>;
}

/** Calls that a claim promises to answer. */
interface Kept {
  readonly called: Counts;
  readonly answered: Counts;
  /** Stretches so long that an answer was certain. */
  readonly long: number;
}

const NONE: Kept = { called: {}, answered: {}, long: 0 };
const NOTHING: During = {
  ...{ intervals: 0, bit: 0, us: 0, called: {}, answered: {}, committed: {} },
  promised: { total: NONE, majority: NONE, 'primary-side': NONE },
};

/** What a tally is taken of. */
export interface Tallied {
  readonly plan: Pick<Plan, 'calls' | 'leftOut'>;
  /** What the system promises: until when an answer is certain. */
  readonly claims: readonly Claim[];
  readonly setting: Pick<Setting, 'nodes' | 'options' | 'callTimeoutMs'>;
  readonly workload: Pick<Workload, 'datatype' | 'rare'>;
  readonly executed: Executed;
  readonly traffic: Traffic;
}

export function tallyOf({ executed, setting, workload, traffic, plan, claims }: Tallied): Tally {
  const { nodes, options, callTimeoutMs } = setting;
  const { datatype, rare = [] } = workload;
  const functions = Object.keys(options.mix).filter((f) => (options.mix[f] ?? 0) > 0 && !rare.includes(f));
  const recoversMs = Math.max(0, ...claims.map((claim) => claim.recoversMs));
  const promises = PROMISES.filter((promised) => claims.some(({ available }) => available === promised));
  const frame = { functions, datatype, promises, settlingMs: settlingMs(callTimeoutMs, recoversMs) };
  const { called, succeeded } = countCalls(executed.recorder, 0, executed.healedMs);
  const stretches = stretchesIn(executed.faults, nodes);
  const answered = executed.final.filter(({ ok }) => ok);
  const heard = new Set(answered.map(({ node }) => node));
  return {
    runs: 1,
    called,
    succeeded,
    main: effectsIn(executed.recorder, workload, { durationMs: options.durationMs, endedMs: executed.healedMs }),
    messages: traffic.messages,
    during: duringOf(executed, stretches, frame),
    served: stretches.map((one) => commitsIn(executed.recorder, one, frame)).reduce(addCommits, NO_COMMITS),
    leftOut: Object.fromEntries((plan.leftOut ?? []).map((name) => [name, 1])),
    dependent: dependentIn(plan.calls),
    pairs: pairsAmong(executed.faults),
    mainUs: Math.round(executed.healedMs * 1000),
    finalAsked: executed.final.length,
    finalAnswered: answered.length,
    finalUnheard: new Set(executed.final.map(subjectOf)).size - new Set(answered.map(subjectOf)).size,
    silent: [...new Set(executed.final.map(({ node }) => node))].filter((node) => !heard.has(node)),
  };
}

const subjectOf = ({ f, key }: Executed['final'][number]) => JSON.stringify([f, key]);

function dependentIn(calls: Plan['calls']): readonly string[] {
  if (calls.every(({ needs }) => needs === undefined)) return [];
  const free = new Set(calls.flatMap(({ f, needs }) => (needs === undefined ? [f] : [])));
  return [...new Set(calls.map(({ f }) => f))].filter((f) => !free.has(f));
}

/** In one order, whichever was first. */
function united<Name extends string>(a: readonly Name[], b: readonly Name[]): readonly Name[] {
  return [...new Set([...a, ...b])].sort();
}

/** The tally of all runs of both: the same whatever is added first. */
export function addTallies(a: Tally, b: Tally): Tally {
  const during: Partial<Record<FaultKind, During>> = { ...a.during };
  for (const [kind, seen] of Object.entries(b.during) as [FaultKind, During][]) {
    during[kind] = addDuring(during[kind] ?? NOTHING, seen);
  }
  return {
    runs: a.runs + b.runs,
    called: addCounts(a.called, b.called),
    succeeded: addCounts(a.succeeded, b.succeeded),
    main: addPhases(a.main, b.main),
    messages: a.messages + b.messages,
    during,
    served: addCommits(a.served, b.served),
    leftOut: addCounts(a.leftOut, b.leftOut),
    dependent: united(a.dependent, b.dependent),
    pairs: addPairs(a.pairs, b.pairs),
    mainUs: a.mainUs + b.mainUs,
    finalAsked: a.finalAsked + b.finalAsked,
    finalAnswered: a.finalAnswered + b.finalAnswered,
    finalUnheard: a.finalUnheard + b.finalUnheard,
    silent: united(a.silent, b.silent),
  };
}

function duringOf(executed: Executed, stretches: readonly Stretch[], frame: Frame): Tally['during'] {
  const during: Partial<Record<FaultKind, During>> = {};
  for (const injected of executed.faults)
    for (const kind of meaningOf(injected.fault).covers(injected.fault))
      during[kind] = addDuring(during[kind] ?? NOTHING, intervalOf(executed, injected));
  for (const promised of frame.promises) {
    for (const [kind, kept] of keptBy(executed.recorder, stretches, promised, frame)) {
      const seen = during[kind] ?? NOTHING;
      during[kind] = { ...seen, promised: { ...seen.promised, [promised]: kept } };
    }
  }
  return during;
}

/** What was kept of a promise while each kind of fault was seen to do something. */
function keptBy(
  recorded: Recorded,
  stretches: readonly Stretch[],
  promised: Promised,
  frame: Frame,
): ReadonlyMap<FaultKind, Kept> {
  const sums = new Map<FaultKind, { called: Record<string, number>; answered: Record<string, number>; long: number }>();
  for (const stretch of stretches) {
    const nodes = stretch.groups[promised].flat();
    const kinds = nodes.length === 0 ? [] : kindsAmong(stretch.active.filter(hadEffect).map(({ fault }) => fault));
    if (kinds.length === 0) continue;
    const { called, answered } = countCalls(recorded, stretch.fromMs, stretch.toMs, nodes);
    for (const kind of kinds) {
      const sum = sums.get(kind) ?? { called: {}, answered: {}, long: 0 };
      sums.set(kind, sum);
      for (const [f, count] of Object.entries(called)) sum.called[f] = (sum.called[f] ?? 0) + count;
      for (const [f, count] of Object.entries(answered)) sum.answered[f] = (sum.answered[f] ?? 0) + count;
      if (isLong(stretch, frame.settlingMs)) sum.long++;
    }
  }
  return sums;
}

function intervalOf({ recorder }: Executed, injected: InjectedFault): During {
  if (!hadEffect(injected)) return { ...NOTHING, intervals: 1 };
  const { fromMs, toMs } = injected;
  const { called, answered, succeeded } = countCalls(recorder, fromMs, toMs);
  return {
    ...NOTHING,
    intervals: 1,
    bit: 1,
    us: Math.round((toMs - fromMs) * 1000),
    called,
    answered,
    committed: succeeded,
  };
}

/**
 * Calls that began in this span of time, at any of these nodes or at all,
 * and those of them that succeeded, or were answered at all, within it.
 */
function countCalls(
  recorded: Recorded,
  fromMs: number,
  toMs: number,
  nodes?: readonly NodeId[],
): { called: Counts; succeeded: Counts; answered: Counts } {
  const called: Record<string, number> = {};
  const succeeded: Record<string, number> = {};
  const answered: Record<string, number> = {};
  const { columns } = recorded.history;
  const count = (counts: Record<string, number>, f: string) => {
    counts[f] = (counts[f] ?? 0) + 1;
  };
  const [first, end] = rowsBetween(columns, fromMs, toMs);
  for (let row = first; row < end; row++) {
    if (nodes && !nodes.includes(columns.nodeNames[columns.node[row]!] ?? '')) continue;
    const f = columns.fNames[columns.f[row]!]!;
    count(called, f);
    if (columns.endNs[row]! > toMs * 1e6) continue;
    if (isCommitted(recorded, row)) count(succeeded, f);
    if (isAnswered(recorded, row)) count(answered, f);
  }
  return { called, succeeded, answered };
}

function addDuring(a: During, b: During): During {
  return {
    intervals: a.intervals + b.intervals,
    bit: a.bit + b.bit,
    us: a.us + b.us,
    called: addCounts(a.called, b.called),
    answered: addCounts(a.answered, b.answered),
    committed: addCounts(a.committed, b.committed),
    promised: Object.fromEntries(
      PROMISES.map((promised) => [promised, addKept(a.promised[promised], b.promised[promised])]),
    ) as During['promised'],
  };
}

function addKept(a: Kept, b: Kept): Kept {
  return {
    called: addCounts(a.called, b.called),
    answered: addCounts(a.answered, b.answered),
    long: a.long + b.long,
  };
}

function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
