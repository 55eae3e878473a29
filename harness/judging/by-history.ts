/**
 * What a history alone says of a claim: the parts of a run's verdict that a later
 * check of its folder can judge again. Both ask here, so that they agree. Recovery,
 * availability, evidence and what nodes showed of themselves stand in no history.
 */
import { checking, type History, nameOf, type Verdict, worst } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import { agreement } from './agreement.ts';
import { durabilityCheckers, judgeDurability } from './durability.ts';

export type Verdicts = Readonly<Record<string, Verdict>>;

/** The workload's checkers that these claims need, or all; each asked of the history. */
export function checkedBy(
  { checkers }: Pick<Workload, 'checkers'>,
  history: History,
  claims?: readonly Claim[],
): Record<string, Verdict> {
  const needed = claims && new Set(claims.flatMap((claim) => [claim.model, ...durabilityCheckers(claim)]));
  const check = checking(history);
  const verdicts: Record<string, Verdict> = {};
  for (const checker of checkers)
    if (!needed || needed.has(checker.name)) verdicts[checker.name] = attempt(() => check(checker));
  return verdicts;
}

/** A checker that throws is a bug of ours, which proves nothing about the system. */
function attempt(check: () => Verdict): Verdict {
  try {
    return check();
  } catch (error) {
    return { type: 'unknown', reason: `the checker failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * The parts of a claim's verdict that its history decides. What is
 * lost comes first: it is what a reader must know before all else.
 */
export function partsOf(claim: Claim, workload: Workload, verdicts: Verdicts): readonly Verdict[] {
  const unjudged = (what: string): Verdict => ({
    type: 'unknown',
    reason: `${workload.name} has no checker for ${what}`,
  });
  const durability = judgeDurability(claim, workload, verdicts);
  return [
    ...(durability ? [durability] : []),
    verdicts[claim.model] ?? unjudged(claim.model),
    ...(claim.converges ? [verdicts.convergence ?? unjudged('convergence, which is claimed')] : []),
  ];
}

/**
 * Judges a stored history again by the claims that covered its run. Where no read was marked, or no two nodes answered
 * one, the run had looked at what nodes show of themselves: of that the history tells nothing, and nothing is said.
 */
export function judgedAgain(workload: Workload, claims: readonly Claim[], history: History): Verdict {
  const verdicts = checkedBy(workload, history, claims);
  const answers = claims.some(({ converges }) => converges) ? agreement(history, nameOf(workload.datatype)) : undefined;
  verdicts.convergence = answers?.type === 'invalid' ? answers : { type: 'valid' };
  return worst(claims.flatMap((claim) => partsOf(claim, workload, verdicts)));
}
