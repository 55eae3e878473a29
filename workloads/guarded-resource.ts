import type { Anomaly, Checker } from 'elle-ts';
import { OK } from 'elle-ts';
import type { Contents, GuardedLocks } from '../systems/lock/guarded.ts';

/**
 * Whether nobody got in between a holder's reading the guarded resource and its writing there: a write that was accepted replaced what its writer
 * had seen. Exact, whatever the leases were; it is what mutual exclusion is for. O(n).
 */
export const guardedResource: Checker<GuardedLocks> = {
  name: 'guarded-resource',
  check({ columns }) {
    const anomalies: Anomaly[] = [];
    const writers = new Map<unknown, number>();
    for (let row = 0; row < columns.length; row++) {
      if (columns.fNames[columns.f[row]!] !== 'write') continue;
      const { value, seen } = columns.input[row] as { readonly value: number; readonly seen: Contents | null };
      writers.set(value, row);
      if (columns.type[row] !== OK || seen === null) continue;
      const { replaced } = columns.output[row] as { readonly replaced: number | null };
      if (replaced === seen.value) continue;
      const between = writers.get(replaced);
      const key = columns.keyNames[columns.key[row]!] ?? 'the resource';
      anomalies.push({
        name: 'lost-update',
        message: `Under its lock a client made ${value} out of ${seen.value} and wrote it to ${key}, but replaced ${replaced}, which it had not seen.`,
        steps: [],
        operations: [...(between === undefined ? [] : [columns.start[between]!]), columns.start[row]!].sort(
          (a, b) => a - b,
        ),
      });
    }
    const [first, ...rest] = anomalies;
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};
