/**
 * Consistency rather than availability: registers on majorities, and a node that finds no majority refuses soon instead of letting its clients
 * wait. Nobody tells a node that there is a partition; it knows no more than that others do not answer.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services", SIGACT News 2002.
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995.
 *
 * Claims linearizable reads and writes under partition, crash, pause, bad links and skewed clocks, available to a majority.
 */
import { majorityRegister } from '../quorum/abd.ts';

const PATIENCE_MS = 200;

export const cpSystems: readonly ReturnType<typeof majorityRegister>[] = [
  majorityRegister('cap/cp', { patienceMs: PATIENCE_MS }),
  majorityRegister(
    'cap/stale-minority-reads',
    { patienceMs: PATIENCE_MS, alone: 'reads' },
    { says: 'a node that finds no majority answers reads from its own copy', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'cap/minority-writes',
    { patienceMs: PATIENCE_MS, alone: 'writes' },
    { says: 'a node that finds no majority acknowledges writes that it has alone', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'cap/cp-claimed-available',
    { patienceMs: PATIENCE_MS },
    { says: 'what keeps to one copy is claimed to answer everywhere: the minority is refused', anomaly: 'unavailable' },
    'total',
  ),
];
