/** Whether a system answered whom it claims to answer. */
import { type Anomaly, OK, type Operation, type Verdict, withArticle } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import { meaningOf } from '../faults/meanings.ts';
import { type Thrown, thrownText } from '../node/thrown.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import { certainlyWaited } from '../running/starved.ts';
import type { Setting } from '../setting/plan.ts';
import { ENOUGH_CALLS } from './commits.ts';
import { isAnswered, type Recorded, rowsBetween } from './responses.ts';
import { kindsText, type Stretch, settlingMs, stretchesIn } from './stretches.ts';

/**
 * What may have kept a call from being answered besides the design:
 * errors in handlers, and what was starved in the main phase.
 */
export interface Excuses {
  readonly thrown: readonly Thrown[];
  readonly starvedMs: number;
}

const NONE: Excuses = { thrown: [], starvedMs: 0 };

/**
 * A claim of total availability is broken by any call at a node that was up all the while and refused, threw
 * an error, or did not answer in time. A refusal that is the operation's result, such as that what is to be removed
 * is not there, is an answer. In a cluster of processes silence does not count: there a client may have waited
 * in vain for this machine and not for the system; nor do refusals of a machine that was too busy. Where the code
 * threw and a function never worked at all, or handlers threw and a client was told nothing, nothing is known
 * of the design. A claim of a majority is broken by a stretch in which one was up and connected and answered nobody
 * at all; what else is claimed of less than all is judged as evidence, since what a node may do is up to it.
 *
 * Cost: the calls times the faults.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web
 * Services", SIGACT News 2002: every request that a node receives which has not failed must result in a response.
 */
export function judgeAvailability(
  claim: Claim,
  recorded: Recorded,
  faults: readonly InjectedFault[],
  healedMs: number,
  setting: Pick<Setting, 'cluster' | 'callTimeoutMs' | 'nodes'>,
  excuses: Excuses = NONE,
): Verdict {
  const { nodes, callTimeoutMs } = setting;
  if (claim.available === 'majority')
    return judgeMajority(claim, recorded, faults, { nodes, callTimeoutMs, ...excuses });
  if (claim.available !== 'total') return { type: 'valid' };
  const { cluster } = setting;
  const worked = working(recorded);
  const anomalies: Anomaly[] = [];
  let unknown: Verdict | undefined;
  for (let row = 0; row < recorded.history.length; row++) {
    if (isAnswered(recorded, row)) continue;
    const operation = recorded.history.operation(row);
    const { node, startNs } = operation;
    if (startNs / 1e6 >= healedMs) continue;
    const fromMs = startNs / 1e6;
    const toMs = Number.isFinite(operation.endNs) ? operation.endNs / 1e6 : fromMs + callTimeoutMs;
    if (faults.some((injected) => hinders(injected, node ?? '', fromMs - claim.recoversMs, toMs))) continue;
    const threw = recorded.threw?.has(row) === true;
    const reason = excuseOf(operation, threw, worked, excuses, healedMs);
    if (reason !== undefined) unknown ??= { type: 'unknown', reason: `${told(operation, threw)}, but ${reason}` };
    else if (operation.outcome.type === 'fail' || threw || cluster === 'simulation')
      anomalies.push(unavailable(operation, threw));
  }
  const [first, ...rest] = anomalies;
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  return unknown ?? { type: 'valid' };
}

interface MajorityFrame extends Excuses {
  readonly nodes: readonly NodeId[];
  readonly callTimeoutMs: number;
}

/**
 * Looks for a stretch so long that the system had recovered from whatever began it, in which nothing was wrong but that
 * nodes were down or cut off, a majority was up and connected, and of many calls to its nodes not one was answered.
 */
function judgeMajority(
  claim: Claim,
  recorded: Recorded,
  faults: readonly InjectedFault[],
  { nodes, callTimeoutMs, thrown, starvedMs }: MajorityFrame,
): Verdict {
  const settling = settlingMs(callTimeoutMs, claim.recoversMs);
  const silent = stretchesIn(faults, nodes, settling).flatMap((stretch) => {
    const asked = stretch.isCalm ? askedIn(recorded, stretch) : [];
    return asked.length >= ENOUGH_CALLS && asked.every((row) => !isAnswered(recorded, row)) ? [{ stretch, asked }] : [];
  });
  const [first] = silent;
  if (!first) return { type: 'valid' };
  const { stretch, asked } = first;
  const members = stretch.groups.majority.flat();
  const between = `from ${Math.round(stretch.fromMs)} to ${Math.round(stretch.toMs)} ms (${kindsText(stretch)})`;
  const says = `${members.join(', ')} were a majority, up and connected, ${between}, and answered none of ${asked.length} calls`;
  if (thrown.length > 0)
    return { type: 'unknown', reason: `${says}, but the system's code threw errors: ${thrownText(thrown)}` };
  if (certainlyWaited(stretch.toMs - stretch.fromMs, starvedMs) <= settling)
    return { type: 'unknown', reason: `${says}, but the machine was too busy: ${Math.round(starvedMs)} ms starved` };
  const operations = asked.slice(0, ENOUGH_CALLS).map((row) => recorded.history.operation(row).start);
  const message = `${says}, though a majority is claimed to answer.`;
  const at = { ms: stretch.fromMs, nodes: members };
  return { type: 'invalid', anomalies: [{ name: 'unavailable', message, steps: [], operations, at }] };
}

/** The calls to nodes of the majority that began in the stretch, so long before its end that they could be answered. */
function askedIn(recorded: Recorded, { fromMs, toMs, groups }: Stretch): readonly number[] {
  const { columns } = recorded.history;
  const members = new Set(groups.majority.flat());
  const [first, end] = rowsBetween(columns, fromMs, toMs);
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  return rows.filter((row) => members.has(columns.nodeNames[columns.node[row]!] ?? ''));
}

/** Why the call tells nothing of the design, if anything does. */
function excuseOf(
  { f, outcome }: Operation,
  threw: boolean,
  worked: ReadonlySet<string>,
  { thrown, starvedMs }: Excuses,
  healedMs: number,
): string | undefined {
  if (threw) return worked.has(f) ? undefined : `no ${f} ever worked`;
  if (outcome.type === 'info' && thrown.length > 0) return `the system's code threw errors: ${thrownText(thrown)}`;
  if (outcome.type !== 'fail' || certainlyWaited(healedMs, starvedMs) >= healedMs / 2) return undefined;
  return `the machine was too busy: ${Math.round(starvedMs)} ms starved`;
}

/** The functions of which some call succeeded; nobody asks where no code threw. */
function working({ history: { columns }, threw }: Recorded): ReadonlySet<string> {
  const names = new Set<string>();
  if (!threw?.size) return names;
  for (let row = 0; row < columns.length; row++)
    if (columns.type[row] === OK) names.add(columns.fNames[columns.f[row]!]!);
  return names;
}

/** Whether the fault may have kept the node itself, and not only its messages, from answering between these moments. */
function hinders({ fault, began, fromMs, toMs }: InjectedFault, node: string, after: number, before: number): boolean {
  if (!meaningOf(fault).hindersNodes) return false;
  if (fromMs > before || toMs < after) return false;
  return began === 'indeterminate' || began.targets.includes(node);
}

function unavailable(operation: Operation, threw: boolean): Anomaly {
  const message = `${told(operation, threw)}, though every node that is up is claimed to answer.`;
  return { name: 'unavailable', message, steps: [], operations: [operation.start] };
}

function told({ f, key, node, outcome }: Operation, threw: boolean): string {
  const asked = key === undefined ? f : `${f} of ${key}`;
  const how = outcome.type === 'fail' ? 'refused' : threw ? 'threw an error at' : 'did not answer';
  const why = outcome.type === 'ok' ? '' : ` (${outcome.error})`;
  return `${node} was up and ${how} ${threw ? asked : withArticle(asked)}${why}`;
}
