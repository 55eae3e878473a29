/**
 * The store's other two modes. Strong: registers on majorities, linearizable. Eventual: the last writer wins by hybrid logical clock, and anti-entropy.
 *
 * @see Terry et al., "Consistency-Based Service Level Agreements for Cloud Storage", SOSP 2013: one store, a consistency for each need.
 */
import { lastWriterWins } from '../conflict-resolution/lww.ts';
import { majorityRegister } from '../quorum/abd.ts';

export const storeModes: readonly (ReturnType<typeof majorityRegister> | ReturnType<typeof lastWriterWins>)[] = [
  majorityRegister('tunable-store/strong', {}),
  majorityRegister(
    'tunable-store/local-strong-reads',
    { localReads: true },
    { says: 'strong reads are served from the nearest copy', anomaly: 'stale-read' },
  ),
  lastWriterWins('tunable-store/eventual', {}),
];
