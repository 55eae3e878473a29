/**
 * PRAM and causal memory of registers: each session has an order
 * of all writes and its own reads, and the sessions need not agree.
 *
 * Definitions. PRAM (Lipton and Sandberg, "PRAM: A Scalable Shared Memory", Princeton 1988): for each
 * session there is an order of all writes and its own reads that keeps the order of every session,
 * in which its reads return the last value written. Causal memory, CM (Ahamad, Neiger, Burns, Kohli
 * and Hutto, "Causal Memory", Distributed Computing 1995; as in Bouajjani, Enea, Guerraoui and Hamza,
 * POPL 2017): the same for what is in the causal past of the session, and the order keeps causality.
 *
 * Method: the one rule of views.ts. Exact where what was read has one
 * possible writer. Time O(n k) a round of the rule for k sessions.
 */

import type { Checker } from '../checker.ts';
import type { Register } from '../models/register.ts';
import { readsOf } from './counterexample.ts';
import { type Contradiction, cycleOfProof, proofOf, tellProof } from './derivation.ts';
import { causalityCycleAnomaly } from './guarantees.ts';
import { type EngineVerdict, sessionChecker } from './judge.ts';
import { causalReaders, readersBySession } from './readers.ts';
import type { RegisterOptions } from './registers.ts';
import type { SessionRows } from './rows.ts';
import { viewViolation } from './views.ts';
import { causalityCycle, plainViolationOf, refutationOf } from './violation.ts';

/** Checks PRAM, also called FIFO consistency. */
export function pram(options: RegisterOptions = {}): Checker<Register> {
  return sessionChecker('PRAM', (rows) => judgeViews(rows, false), options);
}

/**
 * Checks causal memory, CM. Where values repeat it is refuted only if CC or PRAM is, too. Needs
 * a clock for each read, and is `unknown` where those would take more than a gigabyte.
 */
export function causalMemory(options: RegisterOptions = {}): Checker<Register> {
  const cc = (rows: SessionRows) => refutationOf(plainViolationOf(rows), causalityCycleAnomaly);
  const weaker = [cc, (rows: SessionRows) => judgeViews(rows, false)];
  return sessionChecker('CM', (rows) => judgeViews(rows, true), options, undefined, weaker);
}

function judgeViews(rows: SessionRows, causal: boolean): EngineVerdict | null {
  const readers = causal ? causalReaders(rows) : readersBySession(rows);
  if (readers === null) {
    return refutationOf({ kind: 'causality-cycle', links: causalityCycle(rows) }, causalityCycleAnomaly);
  }
  const found = viewViolation(rows, readers, causal);
  if (found === 'too large') {
    return { unknown: 'the clocks of causal memory would take more than a gigabyte; PRAM and causal (CCv) need none' };
  }
  return found && refuted(rows, found);
}

function refuted(rows: SessionRows, found: Contradiction): EngineVerdict {
  const proof = proofOf(rows, found);
  return {
    rows: proof.rows,
    tell: (say) => ({
      name: found.stale ? 'view-stale-initial-read' : 'view-order-cycle',
      message: `No order of the writes explains what one session read, not even an order of its own: ${readsOf(rows, say).join('; ')}.`,
      steps: tellProof(rows, found, proof, say),
      cycle: cycleOfProof(rows, found, proof, say),
    }),
  };
}
