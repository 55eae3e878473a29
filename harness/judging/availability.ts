/** Whether a system answered whom it claims to answer. */
import { type Anomaly, OK, type Operation, type Verdict, withArticle } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import { meaningOf } from '../faults/meanings.ts';
import { type Thrown, thrownText } from '../node/thrown.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import { certainlyWaited } from '../running/starved.ts';
import type { Setting } from '../setting/plan.ts';
import { isAnswered, type Recorded } from './responses.ts';

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
 * of the design. Claims of less are judged as evidence, since what a node may do that is cut off is up to it.
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
  { cluster, callTimeoutMs }: Pick<Setting, 'cluster' | 'callTimeoutMs'>,
  excuses: Excuses = NONE,
): Verdict {
  if (claim.available !== 'total') return { type: 'valid' };
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
