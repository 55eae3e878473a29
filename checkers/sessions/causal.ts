/**
 * Causal consistency of registers, in its two polynomial forms without views: CC and CCv.
 *
 * Definitions (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017).
 * Causality is the order of the sessions together with "was read from", closed. CC: every read is
 * explained by some order of what is in its causal past. CCv, causal convergence, which the field also
 * calls causal+ and which `causal` means here: the same with one order of all writes for all sessions.
 *
 * Method: their bad patterns, by session columns (conflicts.ts). Exact where what was read
 * has one possible writer. Time O(n k) for k sessions, memory O(n) and the conflicts.
 */

import type { Checker } from '../checker.ts';
import type { Register } from '../models/register.ts';
import { showsConvergence } from './certificate.ts';
import { CAUSALITY } from './columns.ts';
import type { Speaker } from './counterexample.ts';
import { brokenGuarantees, causalityCycleAnomaly } from './guarantees.ts';
import { type Refutation, sessionChecker } from './judge.ts';
import type { RegisterOptions } from './registers.ts';
import type { SessionRows } from './rows.ts';
import { convergentOrder, plainViolationOf, refutationOf, type SessionViolation, violationOf } from './violation.ts';

/**
 * Checks causal convergence, CCv: the strongest of the causal models that has one order of writes for all. O(n k).
 * Its certificate is an order of all operations that keeps causality and the conflicts.
 */
export function causal(options: RegisterOptions = {}): Checker<Register> {
  const engine = (rows: SessionRows) =>
    convergence(rows) ?? (options.certificate ? { order: convergentOrder(rows) } : null);
  return sessionChecker('causal', engine, options, showsConvergence);
}

/** Checks plain causal consistency, CC: sessions may disagree about the order of unrelated writes. O(n k). */
export function causalConsistency(options: RegisterOptions = {}): Checker<Register> {
  const judge = (rows: SessionRows) =>
    refutationOf(plainViolationOf(rows), (violation, say) => describe(violation, rows, say));
  return sessionChecker('CC', judge, options);
}

/** What refutes CCv of these rows, or null. */
export function convergence(rows: SessionRows): Refutation | null {
  return refutationOf(violationOf(rows, CAUSALITY), (violation, say) => describe(violation, rows, say));
}

function describe(violation: SessionViolation, rows: SessionRows, say: Speaker) {
  if (violation.kind === 'causality-cycle') return causalityCycleAnomaly();
  const broken = brokenGuarantees(rows);
  const breaks =
    broken.length === 0 ? '' : ` This breaks ${broken.map((name) => name.replaceAll('-', ' ')).join(' and ')}.`;
  if (violation.kind === 'initial') {
    return {
      name: 'causally-stale-initial-read',
      message: `${say(violation.reader, 'read')}, the initial value, although a write of it was in its causal past.${breaks}`,
    };
  }
  const conflicts = violation.links.filter((link) => link.by === 'conflict');
  if (conflicts.length === 1) {
    const [{ reader, from }] = conflicts;
    return {
      name: 'causally-stale-read',
      message: `${say(reader, 'read')}, although it had been overwritten in the causal past of that read: ${say(from, 'write')}.${breaks}`,
    };
  }
  const reads = conflicts.map((link) => say(link.reader, 'read'));
  return {
    name: 'conflict-order-cycle',
    message: `No single order of the writes explains what the sessions read: ${reads.join('; ')}.${breaks}`,
  };
}
