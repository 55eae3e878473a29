/** Whether as many of a run's calls were answered as is claimed. */
import { INFO, type Verdict } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import { thrownText } from '../node/thrown.ts';
import { certainlyWaited } from '../running/starved.ts';
import type { Excuses } from './availability.ts';
import { isAnswered, type Recorded } from './responses.ts';

/** So many calls that were not answered are named. */
const NAMED = 5;

/**
 * A claim to answer a share of all calls is broken where fewer were answered, from the first call to the last read:
 * nothing is excused, neither faults nor nodes that are down. A refusal that is the operation's result counts as an
 * answer, as it does in `judgeAvailability`. Too few are `unknown` where silence may be the machine's fault, which was
 * too busy, or the system's own code threw errors. Cost: one look at each call.
 */
export function judgeAnswered(
  { answered: claimed }: Claim,
  recorded: Recorded,
  healedMs: number,
  { thrown, starvedMs }: Excuses,
): Verdict {
  if (claimed === undefined) return { type: 'valid' };
  const { history } = recorded;
  if (history.length === 0) return { type: 'unknown', reason: 'no call was made, so none can have been answered' };
  const unanswered = Array.from({ length: history.length }, (_, row) => row).filter(
    (row) => !isAnswered(recorded, row),
  );
  const answered = history.length - unanswered.length;
  if (answered >= claimed * history.length) return { type: 'valid' };
  const got = shareText(answered / history.length, Math.floor);
  const says = `${answered} of ${history.length} calls were answered, which is ${got} where ${shareText(claimed)} is claimed`;
  if (thrown.length > 0)
    return { type: 'unknown', reason: `${says}, but its code threw errors: ${thrownText(thrown)}` };
  const silent = unanswered.filter((row) => history.columns.type[row] === INFO).length;
  const isBusy = certainlyWaited(healedMs, starvedMs) < healedMs / 2;
  // Refusals are the system's own, however busy the machine is.
  if (isBusy && answered + silent >= claimed * history.length)
    return { type: 'unknown', reason: `${says}, but the machine was too busy: ${Math.round(starvedMs)} ms starved` };
  const operations = unanswered.slice(0, NAMED).map((row) => history.operation(row));
  const first = operations[0]!;
  const why = first.outcome.type === 'ok' ? '' : ` (${first.outcome.error})`;
  const asked = first.key === undefined ? first.f : `${first.f} of ${first.key}`;
  const message = `${says}; the first that was not is ${asked} at ${first.node ?? 'a node'}${why}.`;
  return {
    type: 'invalid',
    anomalies: [{ name: 'unavailable', message, steps: [], operations: operations.map(({ start }) => start) }],
  };
}

/** A share as a percentage with at most two decimals, which are rounded by this. */
export function shareText(share: number, round: (number: number) => number = Math.round): string {
  return `${round(share * 10_000) / 100}%`;
}
