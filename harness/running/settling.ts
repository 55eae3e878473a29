/**
 * How the last reads of a run are made: when the nodes have had their chance to come
 * to agree. Whoever shows a state is looked at; of all others every node is asked until
 * all give the same answers twice in a row. Designs, programs and databases share this.
 */
import { nameOf, type Verdict } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { System } from '../../systems/system.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { agreement } from '../judging/agreement.ts';
import { awaitStates } from './convergence.ts';
import type { Final, Finals, Look, Until } from './finals.ts';
import type { Recorder } from './recorder.ts';
import { certainlyWaited, type Patience } from './starved.ts';

/** Nodes that show no state are asked as often. */
const ROUND_MS = 250;
/** How long nodes may take to agree, where no claim asks for more time. */
const SETTLE_MS = 10_000;

/**
 * The models that judge the last reads as those of nodes that had
 * their chance to agree, whether or not a claim says that they do.
 */
const OF_SETTLED_NODES: readonly string[] = [
  ...['eventual', 'siblings', 'set-full', 'convergence', 'strong-convergence', 'g-set', 'set', '2p-set', 'or-set'],
  ...['lww-register', 'lww-map', 'mv-register', 'g-counter', 'pn-counter', 'replicated-counter', 'list'],
];

export interface Ending {
  readonly cluster: Cluster;
  readonly nodes: readonly NodeId[];
  readonly system: System;
  readonly workload: Workload;
  readonly recorder: Recorder;
  /** One for each node. */
  readonly finals: readonly Finals[];
  readonly calls: readonly PlannedCall[];
  /** Whether every node had answered something by now. */
  readonly recovered: boolean;
  /** Until when a node that is to recover is waited for. */
  readonly until: Until;
}

export interface Settled {
  readonly final: readonly Final[];
  /** Whether the nodes came to agree; absent where nothing claims that they do. */
  readonly convergence?: Verdict;
}

/**
 * Lets the nodes settle where somebody counts on it, asks the final calls, and says whether the nodes came to agree.
 */
export async function settle(ending: Ending): Promise<Settled> {
  const { system, workload, nodes, until } = ending;
  await untilWhole(ending);
  const claimed = system.claims.some(({ converges }) => converges);
  const counts = claimed || system.claims.some(({ model }) => OF_SETTLED_NODES.includes(model));
  if (!counts || workload.finalOnce) return { final: await lastRound(ending), ...unsaid(claimed) };
  const states = await awaitStates(ending.cluster, system, nodes, until);
  // Who has not come back by now agrees with nobody.
  const settleMs = ending.recovered ? Math.max(SETTLE_MS, until.ms) : until.ms;
  // What nodes show of themselves need not be what clients read of them.
  await untilAlike(ending, settleMs, states?.type === 'valid' ? 1 : 2);
  const final = await lastRound(ending);
  return claimed ? { final, convergence: together(ending, states, settleMs) } : { final };
}

/** Waits until the cluster says that it has settled, where it can say so, or patience ends. */
async function untilWhole({ cluster, until }: Ending): Promise<void> {
  if (!cluster.settled) return;
  while (!(await cluster.settled()) && !(await until.patience.isOver(until.ms))) await cluster.sleep(ROUND_MS);
}

/** What the states and what the answers say: a difference in either is one. */
function together(ending: Ending, states: Verdict | undefined, settleMs: number): Verdict {
  const { recorder, system, nodes, until } = ending;
  if (states && states.type !== 'valid') return excused(states, until.patience, until.ms);
  if (nodes.length === 1) return { type: 'valid' };
  const answers = agreement(recorder.history, nameOf(system.datatype));
  return states && answers.type === 'unknown' ? states : excused(answers, until.patience, settleMs);
}

function unsaid(claimed: boolean): Pick<Settled, 'convergence'> {
  if (!claimed) return {};
  return {
    convergence: { type: 'unknown', reason: 'the final calls are not made again, so they tell nothing of convergence' },
  };
}

/** A machine that was too busy may have kept the nodes apart for so long. */
function excused(verdict: Verdict, { waitedMs, starvedMs }: Patience, ms: number): Verdict {
  if (verdict.type !== 'invalid' || starvedMs === 0 || certainlyWaited(waitedMs, starvedMs) >= ms) return verdict;
  const reason = `the nodes did not come to agree within ${Math.round(waitedMs)} ms, but the machine was too busy: ${Math.round(starvedMs)} ms starved`;
  return { type: 'unknown', reason };
}

/** Asks every node the final calls, marked as such, until each is answered or patience ends. */
async function lastRound({ finals, calls, until }: Ending): Promise<readonly Final[]> {
  return (await Promise.all(finals.map((one) => one.ask(calls, until, true)))).flat();
}

/** Asks all nodes again and again until all show the same so many times in a row, or time is over. */
async function untilAlike(ending: Ending, settleMs: number, enough: number): Promise<void> {
  const { cluster, finals, calls, system, until } = ending;
  let before: string | undefined;
  let times = enough;
  for (let same = 0; ; ) {
    const round = await Promise.all(finals.map((one) => one.look(calls, nameOf(system.datatype))));
    const now = alike(round, calls.length);
    same = now === undefined ? 0 : now === before ? same + 1 : 1;
    // Who differed once is looked at twice.
    if (now === undefined) times = 2;
    if (same >= times || (await until.patience.isOver(settleMs))) return;
    before = now;
    await cluster.sleep(ROUND_MS);
  }
}

/**
 * The round as one text where no two nodes show different things
 * and each has answered everything, if only with a refusal.
 */
function alike(round: readonly (readonly Look[])[], calls: number): string | undefined {
  if (round.some((looks) => looks.length < calls)) return undefined;
  for (let i = 0; i < calls; i++) {
    const answers = round.flatMap((looks) => {
      const look = looks[i]!;
      return 'shows' in look ? [look.shows] : [];
    });
    if (answers.some((answer) => answer !== answers[0])) return undefined;
  }
  return JSON.stringify(round);
}
