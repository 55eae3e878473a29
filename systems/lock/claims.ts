import type { Claim, FaultKind } from '../system.ts';

/** All faults that leave disks alone. */
export const ALL: readonly FaultKind[] = ['partition', 'link', 'crash', 'pause', 'clock'];

/** All that can be promised of locks; the last needs tokens or a holder that never dawdles. */
export const MODELS = ['lease-lock', 'deadlock-free', 'guarded-resource'] as const;

/**
 * A lease is taken from its holder once this many times its length has passed on
 * the clock that measures it: that may run fast, and so may two of such faults at once.
 */
export const DRIFT = 6.25;

/** What a lock service promises; `recoversMs` has room for the leases of clients that are gone. */
export function lockClaims(
  models: readonly string[],
  under: readonly FaultKind[],
  available: Claim['available'],
): readonly Claim[] {
  return models.map((model) => ({ model, under, available, durable: 'no', converges: false, recoversMs: 4000 }));
}
