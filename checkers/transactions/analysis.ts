/**
 * One analysis of a history of transactions, from which every model's verdict is read.
 *
 * The strongest model is tried first: if the graph of all data and real-time edges has a topological order, every model
 * holds and nothing else is looked at. Otherwise only its cyclic core is searched, once for each model that is asked
 * for. A model that its own test does not decide takes its verdict from the models around it.
 */

import type { Anomaly, Verdict } from '../checker.ts';
import { overlapIn } from '../session-numbers.ts';
import {
  impliedModels,
  impossibleModels,
  modelName,
  prohibitedAnomalies,
  strongestModels,
  weakestModels,
} from './boundary.ts';
import { type Cycle, gravestCycles, singleCycle, splitCycle, wholeCycle } from './classify.ts';
import { type Core, coreOf } from './core.ts';
import { EdgeList } from './edges.ts';
import { explainCycle, explainFinding } from './explain.ts';
import { explainNoOrder } from './explain-no-order.ts';
import { topologicalOrder } from './graph.ts';
import { lattice } from './lattice.ts';
import { type ModelTest, modelTests, type VisibilityRule } from './model-conditions.ts';
import { Orders, questionOf, type TransactionGraph, timeOf } from './orders.ts';
import { addRealTime, addSessions, timedOf } from './real-time-edges.ts';
import { fewestRows } from './solver/fewest.ts';
import { findOrder } from './solver/solve.ts';
import type { TransactionFinding, Transactions } from './transactions-of.ts';
import { ALL_DATA, REAL_TIME, SESSIONS, wholeGraph } from './views.ts';
import { weakViolation } from './visibility.ts';
import { initialReadSteps, visibilityPaths } from './visibility-paths.ts';

/** The verdicts of all models on one history, computed when they are asked for. */
export interface TransactionAnalysis {
  /**
   * What is wrong in the history: reads and updates that no model explains, and the gravest cycles of each component.
   */
  anomalies(level?: 0 | 1 | 2): readonly Anomaly[];
  /** Whether the history satisfies a model. */
  verdict(model: string): Verdict;
  /** The strongest models that hold, and the weakest that do not. */
  boundary(): Boundary;
}

/** Models by their verdicts. */
export interface Boundary {
  readonly holds: string[];
  readonly not: string[];
  readonly unknown: string[];
}

/** The strongest models that hold, and the weakest that do not, from the verdict on each. */
export function boundaryOf(verdict: (model: string) => Verdict): Boundary {
  const all = Object.keys(modelTests);
  const of = (type: Verdict['type']): string[] => all.filter((name) => verdict(name).type === type);
  return {
    holds: strongestModels(of('valid'), lattice),
    not: weakestModels(of('invalid'), lattice),
    unknown: of('unknown'),
  };
}

/** By the graph of dependencies. */
export class Analysis implements TransactionAnalysis {
  private readonly subject: TransactionGraph;
  /** Whether the history is known to be strictly serializable. */
  private readonly strict: boolean;
  private readonly core: Core;
  private readonly own = new Map<string, Verdict>();
  private readonly verdicts = new Map<string, Verdict>();
  private readonly orders: Orders;
  private readonly found: readonly Anomaly[];
  private readonly overlapping: string | null;
  private gravest: readonly Anomaly[] | null = null;

  constructor(subject: TransactionGraph) {
    this.subject = subject;
    const { edges, txns } = subject;
    addRealTime(edges, timedOf(txns));
    // The order of a process follows from real time, so sessions matter only where that fails.
    const order = topologicalOrder(wholeGraph(edges, ALL_DATA | REAL_TIME, false));
    this.orders = new Orders(subject, order !== null);
    this.strict = this.orders.serial(REAL_TIME);
    if (!this.strict) addSessions(edges, timedOf(txns));
    this.core = order
      ? { edges: new EdgeList(0), origin: new Int32Array(0) }
      : coreOf(edges, wholeGraph(edges, ALL_DATA | REAL_TIME));
    this.found = txns.findings
      .filter((finding) => isCertain(subject, finding))
      .map((finding) => explainFinding(subject, finding));
    this.overlapping = overlappingProcess(txns);
  }

  anomalies(level: 0 | 1 | 2 = 2): readonly Anomaly[] {
    if (level < 2) return [...this.found, ...gravestCycles(this.core.edges, level).map((cycle) => this.explain(cycle))];
    this.gravest ??= gravestCycles(this.core.edges, 2).map((cycle) => this.explain(cycle));
    return [...this.found, ...this.gravest];
  }

  verdict(model: string): Verdict {
    const name = testedModel(model);
    const before = this.verdicts.get(name);
    if (before) return before;
    const own = this.alone(name);
    const settled = own.type === 'unknown' ? this.neighbours(name) : own;
    const { repeated } = this.subject;
    const known = settled ? this.proven(name, settled) : own;
    const verdict = repeated ? repeated.verdict(name, known) : known;
    this.verdicts.set(name, verdict);
    return verdict;
  }

  private proven(model: string, verdict: Verdict): Verdict {
    return verdict.type === 'valid' && this.subject.certificate ? this.orders.certify(model) : verdict;
  }

  /** What a model's own test says. */
  private alone(model: string): Verdict {
    const verdict = this.own.get(model) ?? this.judge(model);
    this.own.set(model, verdict);
    return verdict;
  }

  /**
   * What follows for a model from its neighbours: a weaker one that does
   * not hold refutes it, and a stronger one that holds proves it.
   */
  private neighbours(model: string): Verdict | undefined {
    for (const weaker of impliedModels([model], lattice)) {
      if (!modelTests[weaker]) continue;
      const verdict = this.alone(weaker);
      if (verdict.type === 'invalid') return verdict;
    }
    for (const stronger of impossibleModels([model], lattice))
      if (modelTests[stronger] && this.alone(stronger).type === 'valid') return { type: 'valid' };
    return undefined;
  }

  boundary(): Boundary {
    return boundaryOf((model) => this.verdict(model));
  }

  private judge(model: string): Verdict {
    const test = modelTests[model] as ModelTest;
    const forbidden = new Set(prohibitedAnomalies(model, lattice));
    const found = this.found.filter(({ name }) => forbidden.has(name));
    const [first, ...rest] = [...found, ...this.witnesses(test, forbidden)];
    if (first) return { type: 'invalid', anomalies: [first, ...rest] };
    const { problems } = this.subject.txns;
    if (problems.length > 0) return { type: 'unknown', reason: problems.join('; ') };
    if (this.overlapping !== null && timeOf(test) === SESSIONS) return { type: 'unknown', reason: this.overlapping };
    if (this.strict && this.found.length === 0) return { type: 'valid' };
    return this.settle(model, test);
  }

  /**
   * The cycles of known dependencies that a model's own test finds, or in their place the gravest ones that it forbids.
   */
  private witnesses(test: ModelTest, forbidden: ReadonlySet<string>): Anomaly[] {
    const cycle = test.by !== 'weak' ? this.cycleFor(test) : null;
    if (!cycle) return [];
    const gravest = this.anomalies().filter((anomaly) => forbidden.has(anomaly.name) && !this.found.includes(anomaly));
    return gravest.length > 0 ? gravest : [this.explain(cycle)];
  }

  private cycleFor(test: ModelTest): Cycle | null | undefined {
    const { edges } = this.core;
    if (edges.length === 0 || test.by === 'weak') return null;
    if (test.by === 'whole') return wholeCycle(edges, test.kinds);
    if (test.by === 'single') return singleCycle(edges, test.time);
    return splitCycle(edges, ALL_DATA | test.time, test.by === 'snapshot');
  }

  /** The verdict where the known dependencies form no forbidden cycle: is there an order for the writes left open? */
  private settle(model: string, test: ModelTest): Verdict {
    if (test.by === 'weak') return this.weak(model, test.sees, test.time);
    if (test.by === 'single' && this.cycleFor(test) === undefined)
      return { type: 'unknown', reason: 'the search for a cycle with one anti-dependency ran out of steps' };
    const time = timeOf(test);
    if (!this.orders.mustSearch(test) || this.orders.isSerial(time)) return { type: 'valid' };
    const question = questionOf(test);
    const answer = this.orders.search(question);
    if (answer.type === 'order') return { type: 'valid' };
    if (answer.type === 'unknown') return answer;
    const { shape } = question;
    const limits = { ...this.subject.limits, budget: CORE_BUDGET };
    const core = fewestRows(this.orders.polygraph, question, answer.rows, limits);
    const needed = [0, SESSIONS, REAL_TIME].find(
      (less) => less === time || findOrder(core, { shape, time: less }, limits).type === 'none',
    );
    const suffix = needed === 0 ? '' : needed === SESSIONS ? '-process' : '-realtime';
    const name = `${shape === 'whole' ? 'G2' : shape === 'single' ? 'G-single' : 'G-nonadjacent'}-item${suffix}`;
    return { type: 'invalid', anomalies: [explainNoOrder(this.subject.txns, name, model, core, question)] };
  }

  private weak(model: string, sees: VisibilityRule, time: number): Verdict {
    if (this.orders.isSerial(time)) return { type: 'valid' };
    const { txns, edges, limits } = this.subject;
    const { budget } = limits;
    const violation = weakViolation(txns, edges, sees, time, budget);
    if (violation === null) return { type: 'valid' };
    if (violation === undefined)
      return { type: 'unknown', reason: `${model} would take more than ${budget} steps to decide` };
    const suffix = time === SESSIONS ? '-process' : '';
    const name = `${WEAK_NAMES[sees]}${suffix}`;
    const pathOf = visibilityPaths(txns, edges, sees, time);
    const steps = 'reader' in violation ? initialReadSteps(violation, pathOf) : violation.steps;
    return { type: 'invalid', anomalies: [explainCycle(this.subject, { name, steps }, (node) => node, pathOf)] };
  }

  private explain(cycle: Cycle): Anomaly {
    return explainCycle(this.subject, cycle, (node) => this.core.origin[node], null);
  }
}

/** Steps of each search for a smaller counterexample. */
const CORE_BUDGET = 1_000_000;

const WEAK_NAMES: Readonly<Record<VisibilityRule, string>> = {
  'read-before': 'non-monotonic-view',
  direct: 'fractured-read',
  causal: 'causality-violation',
};

/** The name of a model of transactions; a `RangeError` for a name that is none. */
export function testedModel(model: string): string {
  const name = modelName(model, lattice);
  if (modelTests[name]) return name;
  throw new RangeError(
    `${name} is a model of single objects; those of transactions are ${Object.keys(modelTests).sort().join(', ')}`,
  );
}

/**
 * Whether a finding is certain. Where a value has several possible writers it must be wrong whichever of them
 * wrote it; in lists the places of such elements are not known either. Of a key whose values repeat it is
 * not claimed that nobody wrote what was read, since such a history breaks the assumption of unique values.
 */
function isCertain({ txns, registers }: TransactionGraph, { name, about = [] }: TransactionFinding): boolean {
  if (txns.repeated.size === 0 || name === 'internal' || name === 'G1a') return true;
  return (
    registers !== null &&
    name === 'garbage-read' &&
    !about.some((version) => txns.repeated.has(txns.versionKey[version]))
  );
}

/** Why sessions mean nothing: a process that began an operation before its last had ended. */
export function overlappingProcess({ history: { columns }, session }: Transactions): string | null {
  const found = overlapIn(columns, session);
  if (!found) return null;
  const { process, start } = columns;
  return `process ${process[found.row]} began operation ${start[found.row]} while its operation ${start[found.before]} was open`;
}
