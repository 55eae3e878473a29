/**
 * Consistency rather than availability: registers on majorities, and a node that
 * finds no majority refuses soon instead of letting its clients wait. Nobody tells a
 * node that there is a partition; it knows no more than that others do not answer.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of
 *   Consistent, Available, Partition-Tolerant Web Services", SIGACT News 2002.
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995.
 *
 * Claims linearizable reads and writes under partition, crash,
 * pause, bad links and skewed clocks, available to a majority.
 */
import { type MajorityRegister, majorityRegister } from '../quorum/abd.ts';

export const cp: MajorityRegister = majorityRegister('cap/cp', 200);
