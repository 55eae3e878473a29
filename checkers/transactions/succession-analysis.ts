/**
 * The analysis of registers by one order of the versions of each key, where that proves a model;
 * all else is left to the graph of dependencies, which is made only then.
 */
import type { Anomaly, Verdict } from '../checker.ts';
import { type Boundary, boundaryOf, overlappingProcess, type TransactionAnalysis, testedModel } from './analysis.ts';
import { type ModelTest, modelTests } from './model-conditions.ts';
import { hasCertificate, replayed, timeOf } from './orders.ts';
import type { VersionReaders } from './register-edges.ts';
import type { Question } from './solver/shape.ts';
import { type Succession, successionOf } from './succession.ts';
import { momentsInSuccession } from './succession-run.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import type { TransactionCertificate } from './verify.ts';
import { ALL_DATA, REAL_TIME, SESSIONS } from './views.ts';

/** What is proved is shown where `certificate` asks for it; `initial` is what registers hold at first. */
export interface ProofOptions {
  readonly certificate?: boolean;
  readonly initial?: unknown;
}

/** An order with at least what a model asks for, and whether a transaction has two moments in it. */
interface Proof {
  readonly split: boolean;
  readonly moments: Int32Array;
}

/** Verdicts by a succession of versions first. Linear where it proves them. */
export class SuccessionAnalysis implements TransactionAnalysis {
  private readonly registers: RegisterTransactions;
  private readonly readers: VersionReaders;
  private readonly options: ProofOptions;
  private readonly byGraph: () => TransactionAnalysis;
  private readonly succession: Succession | null;
  private readonly proofs = new Map<string, Proof | null>();
  private readonly verdicts = new Map<string, Verdict>();
  private readonly isInOrder: boolean;
  private graph: TransactionAnalysis | null = null;

  constructor(
    registers: RegisterTransactions,
    readers: VersionReaders,
    options: ProofOptions,
    byGraph: () => TransactionAnalysis,
  ) {
    this.registers = registers;
    this.readers = readers;
    this.options = options;
    this.byGraph = byGraph;
    const { findings, problems, repeated } = registers;
    const isSound = findings.length === 0 && problems.length === 0 && repeated.size === 0;
    this.succession = isSound ? successionOf(registers, readers) : null;
    this.isInOrder = this.succession !== null && overlappingProcess(registers) === null;
  }

  anomalies(level: 0 | 1 | 2 = 2): readonly Anomaly[] {
    return this.proof({ shape: 'whole', time: REAL_TIME }) ? [] : this.whole().anomalies(level);
  }

  verdict(model: string): Verdict {
    const name = testedModel(model);
    const known = this.verdicts.get(name);
    if (known) return known;
    const verdict = this.proven(name) ?? this.whole().verdict(name);
    this.verdicts.set(name, verdict);
    return verdict;
  }

  boundary(): Boundary {
    return boundaryOf((model) => this.verdict(model));
  }

  private whole(): TransactionAnalysis {
    this.graph ??= this.byGraph();
    return this.graph;
  }

  private proven(model: string): Verdict | null {
    const test = modelTests[model] as ModelTest;
    const time = timeOf(test);
    if (!this.succession || (time === SESSIONS && !this.isInOrder)) return null;
    const proof = this.proofOf(test, time);
    if (!proof) return null;
    if (!this.options.certificate || !hasCertificate(model)) return { type: 'valid' };
    return replayed(this.registers.history, model, this.certificate(proof), this.options.initial ?? null);
  }

  /** What proves a test: an order that respects as much of time as it asks for, or of all that is. */
  private proofOf(test: ModelTest, time: number): Proof | null {
    const isSerial = test.by === 'whole' && (test.kinds & ALL_DATA) === ALL_DATA;
    for (const shape of isSerial ? (['whole'] as const) : (['whole', 'snapshot'] as const))
      for (const more of new Set([REAL_TIME, time])) {
        const proof = this.proof({ shape, time: more });
        if (proof) return proof;
      }
    return test.by === 'prefix' ? this.proof({ shape: 'prefix', time }) : null;
  }

  private proof(question: Question): Proof | null {
    const { registers, readers, succession } = this;
    if (!succession) return null;
    const name = `${question.shape} ${question.time}`;
    const known = this.proofs.get(name);
    if (known !== undefined) return known;
    const moments = momentsInSuccession(registers, readers, succession, question);
    const proof = moments && { split: question.shape !== 'whole', moments };
    this.proofs.set(name, proof);
    return proof;
  }

  private certificate({ split, moments }: Proof): TransactionCertificate {
    const { rows, history } = this.registers;
    const { start } = history.columns;
    if (!split) return { kind: 'serial', order: Array.from(moments, (row) => start[row]) };
    return {
      kind: 'snapshot',
      moments: Array.from(moments, (moment) =>
        moment < rows ? (['begin', start[moment]] as const) : (['commit', start[moment - rows]] as const),
      ),
    };
  }
}
