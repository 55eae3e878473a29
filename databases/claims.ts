import type { Claim } from '../systems/system.ts';

/** What a cluster claims that agrees by majorities on one order of requests, and recovers within so many ms. */
export function linearizable(recoversMs: number): Claim {
  return {
    ...{ model: 'linearizable', under: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'], available: 'none' },
    ...{ durable: 'majority', converges: false, recoversMs },
  };
}
