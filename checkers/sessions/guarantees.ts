/**
 * The four session guarantees of registers: read your writes, monotonic reads, monotonic writes, writes follow reads.
 *
 * Definition (Terry, Demers, Petersen, Spreitzer, Theimer and Welch, "Session Guarantees for Weakly Consistent
 * Replicated Data", PDIS 1994, closed as in Viotti and Vukolić, "Consistency in Non-Transactional Distributed Storage
 * Systems", ACM Computing Surveys 2016): there are one total order of the writes and for each read a set of visible
 * writes, such that a read returns the last visible write of its key, and each guarantee makes more visible:
 *
 * - read your writes: what the session wrote before the read;
 * - monotonic reads: what was visible to the session's earlier reads;
 * - monotonic writes: what the writer of a visible write had written before it, and in that order;
 * - writes follow reads: what the writer of a visible write had seen before writing it, and in that order.
 *
 * The last two cannot be seen by a single read of a single register, so they are checked together with monotonic reads.
 * Method: session columns (conflicts.ts); read your writes has a pass of its own (ownwrites.ts). Exact where what was
 * read has one possible writer. Time O(n) for the first two and O(n k) for the others with k sessions; memory O(n).
 */

import type { Checker } from '../checker.ts';
import type { Register } from '../models/register.ts';
import type { Guarantees } from './columns.ts';
import type { Speaker } from './counterexample.ts';
import { sessionChecker } from './judge.ts';
import { ownWritesViolation } from './ownwrites.ts';
import type { RegisterOptions } from './registers.ts';
import type { SessionRows } from './rows.ts';
import { refutationOf, type SessionViolation, violationOf } from './violation.ts';

const NOTHING: Guarantees = { writeRead: false, readRead: false, writeWrite: false, readWrite: false };
const MONOTONIC_READS: Guarantees = { ...NOTHING, readRead: true };

/** A guarantee, how it is refuted, and what its violations are called. */
interface Guarantee {
  readonly name: string;
  readonly anomaly: string;
  readonly means: string;
  violation(rows: SessionRows): SessionViolation | null;
}

const GUARANTEES: readonly Guarantee[] = [
  {
    name: 'read-your-writes',
    anomaly: 'own-write-not-read',
    means: 'the session had already written something else itself',
    violation: ownWritesViolation,
  },
  {
    name: 'monotonic-reads',
    anomaly: 'non-monotonic-read',
    means: 'the session had already read something newer',
    violation: (rows) => violationOf(rows, MONOTONIC_READS),
  },
  {
    name: 'monotonic-writes',
    anomaly: 'non-monotonic-write',
    means: 'the session had already read something that its writer wrote after something newer',
    violation: (rows) => violationOf(rows, { ...MONOTONIC_READS, writeWrite: true }),
  },
  {
    name: 'writes-follow-reads',
    anomaly: 'write-not-following-read',
    means: 'the session had already read something whose writer had seen something newer',
    violation: (rows) => violationOf(rows, { ...MONOTONIC_READS, readWrite: true }),
  },
];

/**
 * The names of the guarantees that these rows break, in the order above; the two that
 * include monotonic reads only where those are kept. For rows of registers, one key each.
 */
export function brokenGuarantees(rows: SessionRows): string[] {
  const broken = GUARANTEES.filter((guarantee) => guarantee.violation(rows) !== null).map(({ name }) => name);
  if (!broken.includes('monotonic-reads')) return broken;
  return broken.filter((name) => name !== 'monotonic-writes' && name !== 'writes-follow-reads');
}

/** Checks read your writes. O(n). */
export function readYourWrites(options: RegisterOptions = {}): Checker<Register> {
  return checkerOf(GUARANTEES[0], options);
}

/** Checks monotonic reads. O(n) and the reads that many sessions share. */
export function monotonicReads(options: RegisterOptions = {}): Checker<Register> {
  return checkerOf(GUARANTEES[1], options);
}

/** Checks monotonic writes together with monotonic reads. O(n k) for k sessions. */
export function monotonicWrites(options: RegisterOptions = {}): Checker<Register> {
  return checkerOf(GUARANTEES[2], options);
}

/** Checks that writes follow reads, together with monotonic reads. O(n k) for k sessions. */
export function writesFollowReads(options: RegisterOptions = {}): Checker<Register> {
  return checkerOf(GUARANTEES[3], options);
}

function checkerOf({ name, anomaly, means, violation }: Guarantee, options: RegisterOptions): Checker<Register> {
  const describe = (found: SessionViolation, say: Speaker) => describeGuarantee(found, anomaly, means, say);
  return sessionChecker(name, (rows) => refutationOf(violation(rows), describe), options);
}

function describeGuarantee(violation: SessionViolation, anomaly: string, means: string, say: Speaker) {
  if (violation.kind === 'causality-cycle') return causalityCycleAnomaly();
  if (violation.kind === 'initial') {
    return { name: anomaly, message: `${say(violation.reader, 'read')}, the initial value, although ${means}.` };
  }
  const conflicts = violation.links.filter((link) => link.by === 'conflict');
  const reads = conflicts.map((link) => say(link.reader, 'read'));
  return {
    name: anomaly,
    message:
      reads.length === 1
        ? `${reads[0]}, although ${means}.`
        : `No order of the writes explains these reads: ${reads.join('; ')}.`,
  };
}

/** The same for every model: nothing can have happened before itself. */
export function causalityCycleAnomaly(): { readonly name: string; readonly message: string } {
  return {
    name: 'causality-cycle',
    message:
      'Each of these operations happened before itself, by the order of the sessions and by who read what from whom.',
  };
}
