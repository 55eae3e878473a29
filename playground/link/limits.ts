/** What a page runs at most: a link may come from a stranger, and a tab is no server. */
import { BadInput } from '../../harness/failure.ts';
import type { Setting } from '../../harness/setting/plan.ts';

export const MOST = { nodes: 9, clients: 100, keys: 1000, durationMs: 120_000, calls: 20_000, faults: 200 } as const;

/** Throws `BadInput` where a page would be busy with it for longer than anybody waits. */
export function refuseTooMuch({ nodes, options }: Setting): void {
  const { clients, keys, durationMs, ratePerSecond } = options;
  const calls = (durationMs / 1000) * ratePerSecond;
  const asked = { nodes: nodes.length, clients, keys, durationMs, calls };
  for (const [what, most] of Object.entries(MOST)) {
    const value = asked[what as keyof typeof asked];
    if (value > most)
      throw new BadInput(
        `${what}: ${value} is more than the ${most} that a page runs; splitbrain run makes longer ones`,
      );
  }
}
