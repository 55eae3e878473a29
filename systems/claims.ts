import type { Visibility } from 'elle-ts';
import type { Claim } from './system.ts';

/**
 * What conflict-free replicated datatypes claim: the datatype's own property under every fault that leaves
 * disks alone, at every node, and replicas that converge. No clock is read and no node waits for another.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "Conflict-Free
 * Replicated Data Types", SSS 2011: strong eventual consistency.
 */
export function strongEventual(model: string, visibility?: Visibility): readonly Claim[] {
  const common = {
    under: ['partition', 'link', 'crash', 'pause', 'clock'],
    available: 'total',
    durable: 'always',
    recoversMs: 1000,
  } as const;
  const own: Claim = { model, converges: true, ...common };
  return visibility ? [own, { model: `${visibility}-visibility`, converges: false, ...common }] : [own];
}
