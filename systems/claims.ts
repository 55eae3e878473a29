import type { Claim } from './system.ts';

/**
 * What conflict-free replicated datatypes claim: the datatype's own property under every fault that leaves disks alone, at every node, and replicas
 * that converge. No clock is read and no node waits for another.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "Conflict-Free Replicated Data Types", SSS 2011: strong eventual consistency.
 */
export function strongEventual(model: string): Claim {
  return {
    model,
    under: ['partition', 'link', 'crash', 'pause', 'clock'],
    available: 'total',
    durable: 'always',
    converges: true,
    recoversMs: 1000,
  };
}
