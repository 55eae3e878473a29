/** Whether nodes came back after all faults had ended, and how long that took. */
import type { Verdict } from 'elle-ts';
import type { Claim } from '../systems/system.ts';
import type { Executed } from './execute.ts';
import type { Final } from './finals.ts';
import type { Plan } from './plan.ts';
import { certainlyWaited } from './starved.ts';

/** The figure of a run: how long recovery took, without what was starved. None where nothing had to recover, or some node never did. */
export function recoveryOf({ recovery }: Executed, { faults }: Plan): { readonly recoveryMs?: number } {
  if (faults.length === 0 || recovery.final.some(({ ok }) => !ok)) return {};
  return { recoveryMs: withoutStarvation(recovery) };
}

function withoutStarvation({ waitedMs, starvedMs }: Executed['recovery']): number {
  return Math.max(0, waitedMs - starvedMs);
}

/**
 * A claim's recovery is broken by a node that did not answer its first final call in time. Where the machine may have been the reason, or the system's own
 * code threw whenever it was asked, before and after, the run tells nothing of it.
 */
export function judgeRecovery(claim: Claim, { recovery, healedMs }: Executed): Verdict {
  const { final, waitedMs, starvedMs } = recovery;
  const missing = final.filter(({ ok }) => !ok);
  if (missing.length === 0 && withoutStarvation(recovery) <= claim.recoversMs) return { type: 'valid' };
  const within = `within ${claim.recoversMs} ms`;
  const waited = `${Math.round(waitedMs)} ms`;
  const took = missing.length === 0 ? `that took ${waited}` : missing.map((one) => told(one, waited)).join('; ');
  if (certainlyWaited(waitedMs, starvedMs) <= claim.recoversMs) {
    const busy = `the machine was too busy: ${Math.round(starvedMs)} ms starved`;
    return {
      type: 'unknown',
      reason: `whether every node would answer ${within} cannot be told: ${took}, but ${busy}`,
    };
  }
  const message = `After all faults had ended every node should answer ${within}, but ${took}.`;
  const at = { ms: healedMs, nodes: [...new Set(missing.map(({ node }) => node))] };
  return { type: 'invalid', anomalies: [{ name: 'no-recovery', message, steps: [], operations: [], at }] };
}

function told({ node, f, key, failure }: Final, waited: string): string {
  const asked = key === undefined ? f : `${f} of ${key}`;
  const how = { silent: 'did not answer', refused: 'refused', threw: 'threw an error at' }[failure?.how ?? 'silent'];
  return `${node} ${how} ${asked} for ${waited} (${failure?.says})`;
}
