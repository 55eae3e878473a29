/** Whether nodes came back after all faults had ended, and how long that took. */
import type { Verdict } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import { thrownText } from '../node/thrown.ts';
import type { Executed } from '../running/execute.ts';
import type { Final } from '../running/finals.ts';
import { certainlyWaited } from '../running/starved.ts';
import type { Plan } from '../setting/plan.ts';

/**
 * The figure of a run: how long recovery took, without what was
 * starved. None where nothing had to recover, or some node never did.
 */
export function recoveryOf({ recovery }: Executed, { faults }: Plan): { readonly recoveryMs?: number } {
  if (faults.length === 0 || recovery.final.some(({ ok }) => !ok)) return {};
  return { recoveryMs: withoutStarvation(recovery) };
}

function withoutStarvation({ waitedMs, starvedMs }: Executed['recovery']): number {
  return Math.max(0, waitedMs - starvedMs);
}

/**
 * A claim's recovery is broken by a node that did not answer its first final call in time. Where the machine may have
 * been the reason, or the system's own code threw and that call never worked at all, the run tells nothing of it.
 */
export function judgeRecovery(claim: Claim, { recovery, healedMs, thrown }: Executed): Verdict {
  const { final, waitedMs, starvedMs } = recovery;
  const missing = final.filter(({ ok }) => !ok);
  if (missing.length === 0 && withoutStarvation(recovery) <= claim.recoversMs) return { type: 'valid' };
  const within = `within ${claim.recoversMs} ms`;
  const waited = `${Math.round(waitedMs)} ms`;
  const took = missing.length === 0 ? `that took ${waited}` : missing.map((one) => told(one, waited)).join('; ');
  const cannot = `whether every node would answer ${within} of the end of all faults cannot be told: ${took}`;
  if (certainlyWaited(waitedMs, starvedMs) <= claim.recoversMs)
    return { type: 'unknown', reason: `${cannot}, but the machine was too busy: ${Math.round(starvedMs)} ms starved` };
  const code = thrown.inHandlers.length > 0 ? ` (its code threw errors: ${thrownText(thrown.inHandlers)})` : '';
  if (missing.length > 0 && missing.every((one) => isOfCode(one, thrown.inHandlers.length > 0)))
    return { type: 'unknown', reason: `${cannot}, and that had never worked${code}` };
  const message = `After all faults had ended every node should answer ${within}, but ${took}${code}.`;
  const at = { ms: healedMs, nodes: [...new Set(missing.map(({ node }) => node))] };
  return { type: 'invalid', anomalies: [{ name: 'no-recovery', message, steps: [], operations: [], at }] };
}

/** Whether the call fails because of an error in the system's code, and had never done anything else. */
function isOfCode({ failure }: Final, inHandlers: boolean): boolean {
  if (!failure || failure.worked) return false;
  return failure.how === 'threw' || (failure.how === 'silent' && inHandlers);
}

function told({ node, f, key, failure }: Final, waited: string): string {
  const asked = key === undefined ? f : `${f} of ${key}`;
  const how = { silent: 'did not answer', refused: 'refused', threw: 'threw an error at' }[failure?.how ?? 'silent'];
  return `${node} ${how} ${asked} for ${waited} (${failure?.says})`;
}
