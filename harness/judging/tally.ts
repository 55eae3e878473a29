/**
 * Counts that show whether a run could have failed: who was asked what, before, during and after each kind
 * of fault. Tallies of several runs add up, so that a campaign judges its evidence by cell and not by run.
 */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Traffic } from '../clusters/cluster.ts';
import { hadEffect, meaningOf } from '../faults/meanings.ts';
import type { Executed } from '../running/execute.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import type { Setting } from '../setting/plan.ts';
import { addCommits, type Commits, commitsDuring, type Frame, isLong, NO_COMMITS } from './commits.ts';
import { addPhases, effectsIn, type MainPhase } from './effects.ts';
import { isAnswered, isCommitted, type Recorded } from './responses.ts';

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
  /** Those of them that lasted so long that a system had the time to take note. */
  readonly long: number;
  readonly called: Counts;
  /** Calls that were answered: successes, and failures that are results. */
  readonly answered: Counts;
  /** Calls that succeeded. */
  readonly committed: Counts;
  /** Whether anything was done in long intervals, by what is promised. */
  readonly served: Commits;
}

const NOTHING: During = { intervals: 0, bit: 0, long: 0, called: {}, answered: {}, committed: {}, served: NO_COMMITS };

/** What a tally is taken of. */
export interface Tallied {
  readonly setting: Pick<Setting, 'nodes' | 'options' | 'callTimeoutMs'>;
  readonly workload: Pick<Workload, 'datatype' | 'rare'>;
  readonly executed: Executed;
  readonly traffic: Traffic;
}

export function tallyOf({ executed, setting, workload, traffic }: Tallied): Tally {
  const { nodes, options, callTimeoutMs } = setting;
  const { datatype, rare = [] } = workload;
  const functions = Object.keys(options.mix).filter((f) => (options.mix[f] ?? 0) > 0 && !rare.includes(f));
  const frame = { nodes, callTimeoutMs, functions, datatype };
  const { called, succeeded } = countCalls(executed.recorder, 0, executed.healedMs);
  const during: Partial<Record<FaultKind, During>> = {};
  for (const injected of executed.faults) {
    for (const kind of meaningOf(injected.fault).covers(injected.fault))
      during[kind] = addDuring(during[kind] ?? NOTHING, duringOf(executed, injected, frame));
  }
  const answered = executed.final.filter(({ ok }) => ok);
  const heard = new Set(answered.map(({ node }) => node));
  return {
    runs: 1,
    called,
    succeeded,
    main: effectsIn(executed.recorder, workload, { durationMs: options.durationMs, endedMs: executed.healedMs }),
    messages: traffic.messages,
    during,
    finalAsked: executed.final.length,
    finalAnswered: answered.length,
    finalUnheard: new Set(executed.final.map(subjectOf)).size - new Set(answered.map(subjectOf)).size,
    silent: [...new Set(executed.final.map(({ node }) => node))].filter((node) => !heard.has(node)),
  };
}

const subjectOf = ({ f, key }: Executed['final'][number]) => JSON.stringify([f, key]);

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
    finalAsked: a.finalAsked + b.finalAsked,
    finalAnswered: a.finalAnswered + b.finalAnswered,
    finalUnheard: a.finalUnheard + b.finalUnheard,
    silent: [...new Set([...a.silent, ...b.silent])],
  };
}

function duringOf({ recorder, faults }: Executed, injected: InjectedFault, frame: Frame): During {
  if (!hadEffect(injected)) return { ...NOTHING, intervals: 1 };
  const { called, answered, succeeded } = countCalls(recorder, injected.fromMs, injected.toMs);
  const served = commitsDuring(recorder, injected, faults, frame);
  const long = isLong(injected, frame.callTimeoutMs) ? 1 : 0;
  return { intervals: 1, bit: 1, long, called, answered, committed: succeeded, served };
}

/** Calls that began in this span of time, and those of them that succeeded, or were answered at all, within it. */
function countCalls(
  recorded: Recorded,
  fromMs: number,
  toMs: number,
): { called: Counts; succeeded: Counts; answered: Counts } {
  const called: Record<string, number> = {};
  const succeeded: Record<string, number> = {};
  const answered: Record<string, number> = {};
  const { columns } = recorded.history;
  const count = (counts: Record<string, number>, f: string) => {
    counts[f] = (counts[f] ?? 0) + 1;
  };
  for (let row = 0; row < columns.length; row++) {
    const startNs = columns.startNs[row]!;
    if (startNs < fromMs * 1e6 || startNs >= toMs * 1e6) continue;
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
    long: a.long + b.long,
    called: addCounts(a.called, b.called),
    answered: addCounts(a.answered, b.answered),
    committed: addCounts(a.committed, b.committed),
    served: addCommits(a.served, b.served),
  };
}

function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
