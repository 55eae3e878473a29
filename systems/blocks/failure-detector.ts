import type { Node } from '../node.ts';

/**
 * What a node believes of others from how long it has heard nothing of them, on its monotonic clock. It may be
 * wrong: a slow node and a dead one look alike. Designs may use it to act, and never to decide what is true.
 *
 * @see Chandra & Toueg, "Unreliable Failure Detectors for Reliable Distributed Systems", JACM 1996.
 */
export interface FailureDetector {
  /** Notes that this one lives: a heartbeat of it, or any other message, has come. */
  heard(who: string): void;
  /** How long nothing was heard of it; infinite where nothing ever was. */
  silentMs(who: string): number;
  /** Whether that is as long as `silenceMs`. */
  suspects(who: string): boolean;
}

/** Suspects whoever is silent for `silenceMs`. Those in `alive` count as heard at the start. */
export function failureDetector(
  node: Pick<Node, 'elapsed'>,
  silenceMs: number,
  alive: readonly string[] = [],
): FailureDetector {
  const heardMs = new Map<string, number>(alive.map((who) => [who, node.elapsed()]));
  const silentMs = (who: string) => node.elapsed() - (heardMs.get(who) ?? Number.NEGATIVE_INFINITY);
  return {
    heard: (who) => void heardMs.set(who, node.elapsed()),
    silentMs,
    suspects: (who) => silentMs(who) >= silenceMs,
  };
}
