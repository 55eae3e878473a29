/** Which kinds of fault lay on each other: a bug may need two of them, and a campaign should have met them all. */
import { hadEffect, kindsAmong } from '../faults/meanings.ts';
import type { InjectedFault } from '../running/nemesis.ts';

/** How often two kinds lasted together, and how often both were seen to do something. */
interface Met {
  readonly met: number;
  readonly seen: number;
}

/** By the kinds' names in order: `crash+partition`. */
export type Pairs = Readonly<Record<string, Met>>;

export function pairsAmong(faults: readonly InjectedFault[]): Pairs {
  const pairs: Record<string, Met> = {};
  for (const [i, one] of faults.entries()) {
    for (const other of faults.slice(i + 1)) {
      if (one.fromMs >= other.toMs || other.fromMs >= one.toMs) continue;
      const kinds = kindsAmong([one.fault, other.fault]);
      if (kinds.length !== 2) continue;
      const { met, seen } = pairs[kinds.join('+')] ?? { met: 0, seen: 0 };
      pairs[kinds.join('+')] = { met: met + 1, seen: seen + (hadEffect(one) && hadEffect(other) ? 1 : 0) };
    }
  }
  return pairs;
}

export function addPairs(a: Pairs, b: Pairs): Pairs {
  const sum: Record<string, Met> = { ...a };
  for (const [pair, { met, seen }] of Object.entries(b)) {
    const known = sum[pair] ?? { met: 0, seen: 0 };
    sum[pair] = { met: known.met + met, seen: known.seen + seen };
  }
  return sum;
}
