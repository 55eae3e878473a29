/** Whether a system answered whom it claims to answer. */
import { type Anomaly, type Operation, type Verdict, withArticle } from 'elle-ts';
import type { Claim } from '../systems/system.ts';
import { meaningOf } from './faults/meanings.ts';
import type { InjectedFault } from './nemesis.ts';
import { isAnswered, type Recorded } from './responses.ts';
import type { Setting } from './result.ts';

/**
 * A claim of total availability is broken by any call at a node that was up all the while and refused, or did not answer in time. A refusal that
 * is the operation's result, such as that what is to be removed is not there, is an answer. In a cluster of processes only refusals count: there a
 * client may have waited in vain for this machine and not for the system. Claims of less are judged as evidence, since what a node may do that is
 * cut off is up to it.
 *
 * Cost: the calls times the faults.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services", SIGACT News 2002: every
 * request that a node receives which has not failed must result in a response.
 */
export function judgeAvailability(
  claim: Claim,
  recorded: Recorded,
  faults: readonly InjectedFault[],
  healedMs: number,
  { cluster, callTimeoutMs }: Pick<Setting, 'cluster' | 'callTimeoutMs'>,
): Verdict {
  if (claim.available !== 'total') return { type: 'valid' };
  const anomalies: Anomaly[] = [];
  for (let row = 0; row < recorded.history.length; row++) {
    if (isAnswered(recorded, row)) continue;
    const operation = recorded.history.operation(row);
    const { outcome, node, startNs } = operation;
    if (startNs / 1e6 >= healedMs) continue;
    if (outcome.type === 'info' && cluster === 'processes') continue;
    const fromMs = startNs / 1e6;
    const toMs = Number.isFinite(operation.endNs) ? operation.endNs / 1e6 : fromMs + callTimeoutMs;
    const down = faults.some((injected) => hinders(injected, node ?? '', fromMs - claim.recoversMs, toMs));
    if (!down) anomalies.push(unavailable(operation));
  }
  const [first, ...rest] = anomalies;
  return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
}

/** Whether the fault may have kept the node itself, and not only its messages, from answering between these moments. */
function hinders({ fault, began, fromMs, toMs }: InjectedFault, node: string, after: number, before: number): boolean {
  if (!meaningOf(fault).hindersNodes) return false;
  if (fromMs > before || toMs < after) return false;
  return began === 'indeterminate' || began.targets.includes(node);
}

function unavailable({ f, key, node, start, outcome }: Operation): Anomaly {
  const asked = key === undefined ? f : `${f} of ${key}`;
  const how = outcome.type === 'fail' ? 'refused' : 'did not answer';
  const why = outcome.type === 'ok' ? '' : ` (${outcome.error})`;
  const message = `${node} was up and ${how} ${withArticle(asked)}${why}, though every node that is up is claimed to answer.`;
  return { name: 'unavailable', message, steps: [], operations: [start] };
}
