/**
 * Sequential consistency of registers: one order of all operations, which keeps the order of every
 * session, and in which every read returns the last value written (Lamport, "How to Make a Multiprocessor
 * Computer That Correctly Executes Multiprocess Programs", IEEE Transactions on Computers 1979).
 *
 * NP-complete even where it is known who read from whom (Gibbons and Korach, "Testing Shared Memories",
 * SIAM J. Comput. 1997), so in steps, until one decides: causal convergence refutes it (causal.ts); a short
 * search finds an order near real time; derived orders refute it (saturation.ts); a long search (schedule.ts)
 * decides or is `unknown`. Where values repeat, those that do not may refute it at once (written-once.ts). Very many
 * sessions are first a matter of transactions (as-transactions.ts).
 * Refused swaps are fitted into the order (refused.ts). Sequential consistency
 * is not local, so keys are never judged apart. Exact, or `unknown` where the limits of the search are met.
 */

import type { Checker, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { sequentialObjects } from '../interleaving/sequential.ts';
import { verifyInterleaving } from '../interleaving/verify.ts';
import { type Register, register } from '../models/register.ts';
import { asTransactions } from './as-transactions.ts';
import { convergence } from './causal.ts';
import { showsSequential } from './certificate.ts';
import { CAUSALITY } from './columns.ts';
import { readsOf, type Speaker } from './counterexample.ts';
import { type Contradiction, cycleOfProof, proofOf, tellProof } from './derivation.ts';
import { graphOf } from './graph.ts';
import { type EngineVerdict, type SessionCertificate, sessionChecker } from './judge.ts';
import { refusedSwaps, refutedRefusal, withRefusals } from './refused.ts';
import type { RegisterOptions } from './registers.ts';
import type { SessionRows } from './rows.ts';
import { saturate } from './saturation.ts';
import { type SearchLimits, scheduleOf } from './schedule.ts';
import { refutedByOnce } from './written-once.ts';

/** How to judge sequential consistency of registers, and what the search may use. */
export interface SequentialOptions extends RegisterOptions {
  /** Steps of the long search; default 50 million, and 2 million where values repeat, whose steps are longer. */
  readonly maxSteps?: number;
  /**
   * Operations times sessions from which on an order of them as transactions is looked for first; default 2 million.
   * The verdict does not depend on it, except by what is left of the budget.
   */
  readonly many?: number;
  /** Memory of the long search in bytes; default 512 MB. */
  readonly maxBytes?: number;
}

/** Steps a row of the short search: enough where the order of the starts is nearly right. */
const SHORT = 8;
/** From so many operations on, what takes little time is tried before what explains best. */
const LONG = 1000;
const STEPS = 50_000_000;
const STEPS_WITH_REPEATED_VALUES = 2_000_000;

/** Checks sequential consistency. Its certificate is the order, by `start`. */
export function sequential(options: SequentialOptions = {}): Checker<Register> {
  const maxSteps = options.maxSteps ?? STEPS;
  const limits = { steps: maxSteps, numbers: (options.maxBytes ?? 1 << 29) / 4 };
  const engine = (rows: SessionRows, time: Int32Array) => judgeSequential(rows, time, limits);
  const checker = sessionChecker('sequential', engine, options, showsSequential);
  const ordered = sessionChecker('sequential', engine, { ...options, certificate: true }, showsSequential);
  return {
    name: 'sequential',
    check(history) {
      const { initial = null, certificate = false } = options;
      const early = history.length >= LONG ? refutedByOnce(history, initial) : null;
      if (early) return early;
      const refused = refusedSwaps(history);
      const many = refused.length === 0 ? ofManySessions(history, checker, options) : null;
      if (many) return many;
      const plain = (refused.length === 0 ? checker : ordered).check(history);
      const verdict = refused.length > 0 && plain.type === 'valid' ? fitted(history, plain, refused, options) : plain;
      if (verdict.type !== 'unknown') return verdict;
      // Values that repeat, a search that ran out, or refusals that need another
      // order: a search that does not need to know who read from whom may still decide.
      const once = refutedByOnce(history, initial);
      if (once) return once;
      const steps = options.maxSteps ?? STEPS_WITH_REPEATED_VALUES;
      const searched = sequentialObjects(register, { initial, certificate, maxSteps: steps }).check(history);
      if (searched.type !== 'unknown') return searched;
      return { type: 'unknown', reason: `${verdict.reason}; ${searched.reason}` };
    },
  };
}

/** The verdict on a history of many sessions by an order of transactions; null where that does not tell. */
function ofManySessions(history: History<Register>, checker: Checker<Register>, options: SequentialOptions) {
  const { initial = null, certificate = false, many } = options;
  const found = asTransactions(history, initial, many);
  if (!found) return null;
  if ('order' in found)
    return { type: 'valid', ...(certificate ? { certificate: { order: found.order } } : {}) } as const;
  const verdict = checker.check(found.part);
  return verdict.type === 'invalid' ? verdict : null;
}

/** Fits refused swaps into the order of all else. */
function fitted(
  history: History<Register>,
  { certificate }: Verdict & { type: 'valid' },
  refused: readonly number[],
  options: SequentialOptions,
): Verdict {
  const { initial = null } = options;
  const order = withRefusals(history, (certificate as SessionCertificate).order, refused, initial);
  if (order && verifyInterleaving(history, register, order, initial) === undefined)
    return options.certificate ? { type: 'valid', certificate: { order } } : { type: 'valid' };
  const anomaly = refutedRefusal(history, refused, options);
  if (anomaly) return { type: 'invalid', anomalies: [anomaly] };
  return { type: 'unknown', reason: 'all else has an order, but in that one a refused swap has no place' };
}

function judgeSequential(rows: SessionRows, time: Int32Array, limits: SearchLimits): EngineVerdict {
  const refuted = convergence(rows);
  if (refuted) return refuted;
  const sure = graphOf(rows, CAUSALITY, { before: [], after: [] });
  const steps = Math.min(limits.steps, SHORT * rows.length * rows.sessionAt.length);
  const early = scheduleOf(rows, sure, time, { ...limits, steps });
  if (early instanceof Int32Array) return { order: early };
  const found = saturate(rows);
  if ('derived' in found) return contradicted(rows, found);
  if (early === null) return nothingExplains(rows);
  const schedule = scheduleOf(rows, found, time, limits);
  if (schedule instanceof Int32Array) return { order: schedule };
  if (schedule === null) return nothingExplains(rows);
  const what = schedule === 'out of steps' ? `${limits.steps} steps` : `${limits.numbers * 4} bytes`;
  return {
    unknown: `causal (CCv) holds and no derived order is cyclic, but the search for one order of all ${rows.length} operations ended undecided after ${what}; a larger budget or fewer sessions would help`,
  };
}

function contradicted(rows: SessionRows, found: Contradiction): EngineVerdict {
  const proof = proofOf(rows, found);
  return {
    rows: proof.rows,
    tell: (say) => ({
      ...named(rows, say),
      steps: tellProof(rows, found, proof, say),
      cycle: cycleOfProof(rows, found, proof, say),
    }),
  };
}

/** The search has tried everything, and no derived order shows why in fewer words. */
function nothingExplains(rows: SessionRows): EngineVerdict {
  const all = [...rows.sessionOf.keys()];
  const tell = (say: Speaker) => ({
    ...named(rows, say),
    steps: [...all.map((row) => say(row)), 'every order of these was tried, and in each some read is wrong'],
  });
  return { rows: all, tell };
}

/** By the reads among the rows, which are few in a counterexample. */
function named(rows: SessionRows, say: Speaker): { readonly name: string; readonly message: string } {
  return {
    name: 'not-sequential',
    message: `No single order of the operations keeps the order of each session and explains these reads: ${readsOf(rows, say).join('; ')}.`,
  };
}
