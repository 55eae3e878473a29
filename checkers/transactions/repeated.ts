/**
 * Transactions in which values repeat: each model is decided by a search for whose write each read is of, within which
 * the model's own test judges histories of unique values.
 */
import type { Anomaly, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { counterexample, type Insights } from '../sources/counterexample.ts';
import { decide, NO_INSIGHT, type SourceConflict } from '../sources/decide.ts';
import { type Riddles, SILENT } from '../sources/riddle.ts';
import { rowsOf } from '../sources/rows-of.ts';
import { prohibitedAnomalies } from './boundary.ts';
import { lattice } from './lattice.ts';
import { type ModelTest, modelTests } from './model-conditions.ts';
import { replayed, timeOf } from './orders.ts';
import { listRiddles } from './repeated-lists.ts';
import { registerRiddles } from './repeated-registers.ts';
import { sourceLimits } from './source-limits.ts';
import type { TransactionCertificate } from './verify.ts';
import { SESSIONS } from './views.ts';

/** The verdict of a model, of a history of unique values. */
export type ModelVerdict = (history: History, model: string, certificate: boolean) => Verdict;

type Anomalies = readonly [Anomaly, ...Anomaly[]];

/** What registers hold at first, whether valid verdicts come with a proof, and how many steps there are. */
export interface RepeatedOptions {
  readonly initial: unknown;
  readonly certificate: boolean;
  readonly budget: number;
  readonly lists: boolean;
}

/** One in so many of the steps that a search may take is an operation judged here. */
const SHARE = 250;

/** Decides the models of one history of which values repeat. */
export class RepeatedValues {
  private readonly history: History;
  private readonly options: RepeatedOptions;
  private readonly judge: ModelVerdict;
  private readonly verdicts = new Map<string, Verdict>();

  constructor(history: History, options: RepeatedOptions, judge: ModelVerdict) {
    this.history = history;
    this.options = options;
    this.judge = judge;
  }

  /**
   * What is known of a model by what nobody doubts, with a proof that has all who may have written what was read; where
   * nothing is, what a search says.
   */
  verdict(model: string, known: Verdict): Verdict {
    if (known.type === 'valid') return known;
    if (known.type === 'invalid') return this.withAllSources(model, known.anomalies);
    const verdict = this.verdicts.get(model) ?? this.search(model);
    this.verdicts.set(model, verdict);
    return verdict;
  }

  private withAllSources(model: string, anomalies: Anomalies): Verdict {
    const riddles = this.riddlesOf(model);
    for (const { operations } of anomalies) {
      const rows = rowsOf(this.history.columns, operations);
      // What is about values that do not repeat is a proof already.
      if (riddles.sources(this.history, new Set(rows)).size === new Set(rows).size) continue;
      const anomaly = this.least(model, [{ pairs: [], rows, anomaly: null }]);
      if (anomaly) return { type: 'invalid', anomalies: [anomaly] };
    }
    return { type: 'invalid', anomalies };
  }

  private search(model: string): Verdict {
    const riddles = this.riddlesOf(model);
    const riddle = riddles.of(this.history);
    const check = (history: History): Verdict => this.judge(history, model, false);
    if (!riddle) return check(this.history);
    const insights = this.insightsOf(model, check);
    const patience = { left: this.options.budget / SHARE };
    const decision = decide(riddle, check, patience, insights(riddle, patience));
    if (decision.type === 'unknown') return decision;
    if (decision.type === 'valid') return this.proven(model, decision.history);
    const anomaly = this.least(model, decision.cases);
    if (anomaly) return { type: 'invalid', anomalies: [anomaly] };
    return {
      type: 'unknown',
      reason: 'values repeat, and the operations found to break it do not by themselves: too many for a smaller proof',
    };
  }

  /** The fewest operations that show it. In real time the order of a session follows from that of all. */
  private least(model: string, cases: readonly SourceConflict[]): Anomaly | null {
    const check = (history: History): Verdict => this.judge(history, model, false);
    const hasSessions = timeOf(modelTests[model] as ModelTest) === SESSIONS;
    const insights = this.insightsOf(model, check);
    return counterexample(this.history, this.riddlesOf(model), check, cases, insights, hasSessions);
  }

  /** What the reads of unique values say of those of others, for registers. */
  private insightsOf(model: string, check: (history: History) => Verdict): Insights {
    if (this.options.lists) return () => NO_INSIGHT;
    return (riddle, patience) => {
      const verdict = check(riddle.told(new Int32Array(riddle.readings.length).fill(SILENT)));
      if (verdict.type !== 'invalid')
        return sourceLimits(riddle, modelTests[model] as ModelTest, this.options.initial, patience);
      const [anomaly] = verdict.anomalies;
      const rows = rowsOf(riddle.history.columns, anomaly.operations);
      return { ...NO_INSIGHT, impossible: [{ pairs: [], rows, anomaly }] };
    };
  }

  private riddlesOf(model: string): Riddles {
    if (this.options.lists) return listRiddles;
    const prohibited = new Set(prohibitedAnomalies(model, lattice));
    const rules = { intermediate: !prohibited.has('G1b'), fuzzy: !prohibited.has('internal') };
    return registerRiddles(this.options.initial, rules);
  }

  /** Valid, with an order of the history as it is where one is asked for. */
  private proven(model: string, unique: History): Verdict {
    if (!this.options.certificate) return { type: 'valid' };
    const verdict = this.judge(unique, model, true);
    if (verdict.type !== 'valid' || !verdict.certificate) return verdict;
    return replayed(this.history, model, verdict.certificate as TransactionCertificate, this.options.initial);
  }
}
