/** What all locks of databases are judged by, and what a client's requests to what they guard have in common. */

import type { Grant } from '../systems/lock/guarded.ts';
import { Refused } from '../systems/node.ts';
import type { Claim, FaultKind } from '../systems/system.ts';

/**
 * Claims that hold by the tokens alone, whatever clocks and holders do: the guarded resource lets no former holder in.
 * What applications commonly take for granted of a lock without tokens, too.
 */
export function guardedClaims(under: readonly FaultKind[]): readonly Claim[] {
  return claims(['fencing-tokens', 'guarded-resource'], under);
}

/** What a lock promises by itself: that no two hold it at once, and that it comes free. */
export function exclusionClaims(under: readonly FaultKind[]): readonly Claim[] {
  return claims(['lease-lock', 'deadlock-free'], under);
}

function claims(models: readonly string[], under: readonly FaultKind[]): readonly Claim[] {
  return models.map((model) => ({
    model,
    under,
    available: 'none',
    durable: 'no',
    converges: false,
    recoversMs: 15_000,
  }));
}

/** The session that a grant names. Throws `Refused` where there is none, as its client was granted nothing. */
export function sessionIn(grant: Grant | null): string {
  if (grant === null) throw new Refused('no lease was granted', { answer: true });
  return grant.session;
}

/** Between two tries of a client that waits for a lock, in ms. */
const AGAIN_MS = 20;

/** Tries until the lock is granted, or once where the client does not wait. Throws `Refused` where another has it. */
export async function granted<T>(wait: boolean, attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const grant = await attempt();
    if (grant !== undefined) return grant;
    if (!wait) throw new Refused('held by another', { answer: true });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** The resource's refusal of a holder who comes too late. */
export function tooOld(token: number, newest: number): Refused {
  return new Refused(`token ${token} is older than ${newest}`, { answer: true });
}
