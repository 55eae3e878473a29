/**
 * The store's other two modes. Strong: registers on majorities, linearizable. Eventual: the last writer wins by hybrid
 * logical clock, and anti-entropy.
 *
 * @see Terry et al., "Consistency-Based Service Level Agreements for Cloud Storage", SOSP 2013: one store, a
 * consistency for each need.
 */
import { lastWriterWins } from '../conflict-resolution/lww.ts';
import { type MajorityRegister, majorityRegister } from '../quorum/abd.ts';
import { twin } from '../twin.ts';

const strong = majorityRegister('tunable-store/strong');

export const storeModes: readonly (MajorityRegister | ReturnType<typeof lastWriterWins>)[] = [
  strong,
  twin(
    strong,
    {
      name: 'tunable-store/local-strong-reads',
      flaw: {
        says: 'strong reads are served from the nearest copy',
        anomaly: 'stale-read',
        at: 'return this.held(key).value;',
        in: 'tunable-store/modes.ts',
      },
    },
    {
      async read(key) {
        return this.held(key).value;
      },
    },
  ),
  lastWriterWins('tunable-store/eventual', {}),
];
