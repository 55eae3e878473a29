/**
 * Checkers of transactions: one for each consistency model, and one analysis that places a history among all of them.
 */
import type { Checker, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { Analysis, type TransactionAnalysis, testedModel } from './analysis.ts';
import type { EdgeList } from './edges.ts';
import { ListEvidence } from './evidence.ts';
import { listsOf } from './list-append.ts';
import { listEdges } from './list-edges.ts';
import { readersOf, registerEdges, type VersionReaders, writtenVersions } from './register-edges.ts';
import { RegisterEvidence } from './register-evidence.ts';
import { registersOf } from './registers.ts';
import { RepeatedValues } from './repeated.ts';
import { serialOrder } from './serial.ts';
import { SuccessionAnalysis } from './succession-analysis.ts';
import { mopsOf, type RegisterTransactions, type Transactions } from './transactions-of.ts';
import { knownPairs } from './version-order.ts';
import { isAssumed, type VersionAssumptions } from './version-pairs.ts';

/** What a history does not say. */
export interface TransactionOptions extends VersionAssumptions {
  /** What registers hold before the first write; null by default. */
  readonly initial?: unknown;
  /** Steps that each search may take before it gives up: edges visited and clauses. */
  readonly budget?: number;
  /**
   * Of these, how many for each edge go to a first search for an order of blind writes, before anything is derived; 0
   * for none, and 8 by default. The verdict does not depend on it, except by what is left of the budget.
   */
  readonly early?: number;
  /**
   * Whether a valid verdict of the serializable and snapshot families and of prefix consistency
   * comes with an order that proves it, replayed before it is shown (`TransactionCertificate`).
   */
  readonly certificate?: boolean;
}

const BUDGET = 100_000_000;

/** Analyses a history of transactions once, as it is now, for any number of questions. */
export function analyse(history: History, options: TransactionOptions = {}): TransactionAnalysis {
  const { budget = BUDGET, certificate = false, initial = null } = options;
  const lists = holdsLists(history);
  const byModel = (one: History, model: string, proven: boolean): Verdict =>
    analysed(one, { ...options, certificate: proven }, lists, null).verdict(model);
  const values = new RepeatedValues(history, { budget, certificate, initial, lists }, byModel);
  return analysed(history, options, lists, values);
}

function analysed(
  history: History,
  options: TransactionOptions,
  lists: boolean,
  repeated: RepeatedValues | null,
): TransactionAnalysis {
  return lists ? ofLists(history, options, repeated) : ofRegisters(history, options, repeated);
}

function ofLists(history: History, options: TransactionOptions, repeated: RepeatedValues | null): Analysis {
  const txns = listsOf(history);
  const { edges, unread } = listEdges(txns);
  leaveOutRepeated(txns, edges);
  return new Analysis({
    txns,
    edges,
    written: [...unread.values()],
    registers: null,
    evidence: new ListEvidence(txns),
    repeated: txns.repeated.size > 0 ? repeated : null,
    ...common(options),
  });
}

function ofRegisters(
  history: History,
  options: TransactionOptions,
  repeated: RepeatedValues | null,
): TransactionAnalysis {
  const registers = registersOf(history, options.initial ?? null);
  const readers = readersOf(registers);
  const byGraph = (): Analysis => graphOfRegisters(registers, readers, options, repeated);
  // What is assumed of versions may contradict itself, and with no early search nothing is to be guessed.
  if (options.early === 0 || isAssumed(options)) return byGraph();
  return new SuccessionAnalysis(registers, readers, options, byGraph);
}

function graphOfRegisters(
  registers: RegisterTransactions,
  readers: VersionReaders,
  options: TransactionOptions,
  repeated: RepeatedValues | null,
): Analysis {
  const { pairs, findings } = knownPairs(registers, options);
  const txns = { ...registers, findings: [...registers.findings, ...findings] };
  const edges = registerEdges(registers, pairs, readers);
  leaveOutRepeated(txns, edges);
  const serial = (time: number): Int32Array | null => serialOrder(registers, edges, readers, time);
  return new Analysis({
    txns,
    edges,
    written: writtenVersions(registers),
    registers: { readers, serial },
    evidence: new RegisterEvidence(registers, readers, options),
    repeated: registers.repeated.size > 0 ? repeated : null,
    ...common(options),
  });
}

/**
 * Where one value of a key has several possible writers, nobody
 * knows who depends on whom: the key's dependencies are left out.
 */
function leaveOutRepeated({ repeated, versionKey }: Transactions, edges: EdgeList): void {
  if (repeated.size === 0) return;
  const isKnown = (version: number): boolean => version < 0 || !repeated.has(versionKey[version]);
  edges.keepOnly((edge) => isKnown(edges.seen[edge]) && isKnown(edges.made[edge]));
}

function common({ budget = BUDGET, early, certificate = false, initial = null }: TransactionOptions) {
  return { limits: { budget, ...(early === undefined ? {} : { early }) }, certificate, initial };
}

/** Whether keys hold lists: the first micro-operation from which that can be seen decides. */
function holdsLists(history: History): boolean {
  for (let row = 0; row < history.length; row++)
    for (const mop of mopsOf(history, row) ?? []) {
      if (!Array.isArray(mop)) continue;
      if (mop[0] === 'append' || Array.isArray(mop[2])) return true;
      if (mop[0] === 'w') return false;
    }
  return false;
}

/**
 * Whether transactions satisfy a consistency model, from `read-uncommitted` to `strict-serializable`; the names
 * are those of the lattice, and Adya's. Throws a `RangeError` for a name that is none.
 *
 * Method: version orders from what was read, dependencies as a graph, and the model's own test
 * on it (Adya 1999; Kingsbury, Alvaro 2021). For lists and for registers that are read before
 * they are written, linear in the micro-operations and the lengths of the lists read; for blind
 * writes a bounded search, and `unknown` where it gives up. Exact.
 */
export function transactional(model: string, options: TransactionOptions = {}): Checker {
  const name = testedModel(model);
  return { name, check: (history: History): Verdict => analyse(history, options).verdict(name) };
}
