/**
 * Every node keeps its own copy in memory and tells nobody:
 * what any comparison starts from. It must fail almost everything.
 */
import type { Register, Value } from 'elle-ts';
import { Refused } from '../node.ts';
import type { Design } from '../system.ts';

export const noReplication: Design<Register> = {
  name: 'no-replication',
  datatype: 'register',
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'total',
      durable: 'always',
      converges: true,
      recoversMs: 1000,
    },
  ],
  flaw: { says: 'nothing is replicated, and nothing is on disk', anomaly: 'stale-read', at: 'copy[key] = value;' },
  start() {
    const copy: Record<string, Value> = {};
    return {
      state: copy,
      api: {
        read: async (_, key = '') => copy[key] ?? null,
        async write(value, key = '') {
          copy[key] = value;
          return null;
        },
        async cas([old, next], key = '') {
          if ((copy[key] ?? null) !== old) throw new Refused('mismatch', { answer: true });
          copy[key] = next;
          return null;
        },
      },
    };
  },
};
