/** A clock that drifts runs at 0.4 of its speed at the slowest, and where two drifts meet at 0.4 of that. */
const SLOWEST = 0.4 * 0.4;

/**
 * The most that may have passed in truth, in ms, while one monotonic clock went on by
 * `elapsedMs`. Wall clocks say nothing of that: they jump; nor do the readings of two nodes.
 *
 * @see Gray & Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for
 * Distributed File Cache Consistency", SOSP 1989: clocks of bounded drift.
 */
export function atMostMs(elapsedMs: number): number {
  return elapsedMs / SLOWEST;
}
