/**
 * One analysis of a history of transactions, from which every model's verdict is read.
 *
 * The strongest model is tried first: if the graph of all data and real-time edges has a topological order, every model
 * holds and nothing else is looked at. Otherwise only its cyclic core is, once for each model that is asked for, and a
 * model without a test of its own takes its verdict from the models around it.
 */
import type { Anomaly, Verdict } from '../checker.ts';
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
import { explainCycle, explainFinding, explainNoOrder, explainOverlook } from './explain.ts';
import { topologicalOrder } from './graph.ts';
import { lattice } from './lattice.ts';
import { fewestRows, findOrder } from './polygraph.ts';
import type { Readers } from './register-edges.ts';
import { weakViolation } from './sight.ts';
import { type ModelTest, modelTests, type Sight } from './tests-of-models.ts';
import { addRealTime, addSessions } from './time-edges.ts';
import type { Transactions } from './transactions-of.ts';
import { ALL_DATA, REAL_TIME, SESSIONS, wholeGraph } from './views.ts';

/** A history's transactions with their data dependencies. */
export interface Subject {
  readonly txns: Transactions;
  readonly edges: EdgeList;
  /** The writes of each key that no observation orders; for lists the appends that nobody read. */
  readonly written: readonly (readonly number[])[];
  /** For registers who read them, and a serial order by running the transactions; for lists null. */
  readonly registers: { readonly readers: Readers; serial(time: number): Int32Array | null } | null;
  /** Steps that each search may take. */
  readonly budget: number;
}

/** The verdicts of all models on one history, computed when they are asked for. */
export class Analysis {
  private readonly subject: Subject;
  /** Whether the history is strictly serializable, for sure. */
  private readonly strict: boolean;
  private readonly core: Core;
  private readonly verdicts = new Map<string, Verdict>();
  private readonly serials = new Map<number, boolean>();
  private readonly found: readonly Anomaly[];
  private readonly overlapping: string | null;
  private gravest: readonly Anomaly[] | null = null;

  constructor(subject: Subject) {
    this.subject = subject;
    const { edges, txns } = subject;
    addRealTime(edges, txns);
    // What one process did in turn follows from real time, so sessions matter only where that fails.
    const order = topologicalOrder(wholeGraph(edges, ALL_DATA | REAL_TIME, false));
    if (!subject.registers || !order) this.serials.set(REAL_TIME, order !== null);
    this.strict = this.serial(REAL_TIME);
    if (!this.strict) addSessions(edges, txns);
    this.core = order
      ? { edges: new EdgeList(0), origin: new Int32Array(0) }
      : coreOf(edges, wholeGraph(edges, ALL_DATA | REAL_TIME));
    this.found = txns.findings.map((finding) => explainFinding(txns, finding));
    this.overlapping = overlappingProcess(txns);
  }

  /** What is wrong in the history: reads and updates that no model explains, and the gravest cycles of each component. */
  anomalies(level: 0 | 1 | 2 = 2): readonly Anomaly[] {
    if (level < 2) return [...this.found, ...gravestCycles(this.core.edges, level).map((cycle) => this.explain(cycle))];
    this.gravest ??= gravestCycles(this.core.edges, 2).map((cycle) => this.explain(cycle));
    return [...this.found, ...this.gravest];
  }

  /** Whether the history has a model's promise. */
  verdict(model: string): Verdict {
    const name = modelName(model, lattice);
    const known = this.verdicts.get(name);
    if (known) return known;
    const verdict = this.judge(name);
    this.verdicts.set(name, verdict);
    return verdict;
  }

  /** The strongest models that hold, and the weakest that do not. */
  boundary(): { readonly holds: string[]; readonly not: string[]; readonly unknown: string[] } {
    const all = Object.keys(lattice.implies);
    const of = (type: Verdict['type']): string[] => all.filter((name) => this.verdict(name).type === type);
    return {
      holds: strongestModels(of('valid'), lattice),
      not: weakestModels(of('invalid'), lattice),
      unknown: of('unknown'),
    };
  }

  private judge(model: string): Verdict {
    const test = modelTests[model];
    const forbidden = new Set(prohibitedAnomalies(model, lattice));
    const found = this.found.filter((anomaly) => forbidden.has(anomaly.name));
    const [first, ...rest] = [...found, ...this.witnesses(test, forbidden)];
    if (first) return { type: 'invalid', anomalies: [first, ...rest] };
    const { problems } = this.subject.txns;
    if (problems.length > 0) return { type: 'unknown', reason: `the history cannot be read: ${problems.join('; ')}` };
    if (this.overlapping !== null && test?.by !== undefined && timeOf(test) === SESSIONS)
      return { type: 'unknown', reason: this.overlapping };
    if (this.strict && this.found.length === 0) return { type: 'valid' };
    return test ? this.settle(model, test) : this.squeeze(model);
  }

  /** The cycles of known dependencies that a model's own test finds, or in their place the gravest ones that it forbids. */
  private witnesses(test: ModelTest | undefined, forbidden: ReadonlySet<string>): Anomaly[] {
    const cycle = test && test.by !== 'weak' ? this.cycleFor(test) : null;
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

  /** The verdict where the known dependencies go in no forbidden circle: is there an order for the writes left open? */
  private settle(model: string, test: ModelTest): Verdict {
    if (test.by === 'weak') return this.weak(model, test.sees, test.time);
    if (test.by === 'single' && this.cycleFor(test) === undefined)
      return { type: 'unknown', reason: 'the search for a cycle with one anti-dependency ran out of steps' };
    const time = timeOf(test);
    if (!this.mustSearch(test) || this.serial(REAL_TIME) || this.serial(SESSIONS, time) || this.serial(0, time))
      return { type: 'valid' };
    const graph = { ...this.subject, readers: this.subject.registers?.readers ?? null };
    const shape = test.by;
    const answer = findOrder(graph, shape, time, this.subject.budget);
    if (answer.type === 'order') return { type: 'valid' };
    if (answer.type === 'unknown') return answer;
    const rows = fewestRows(graph, shape, time, answer.rows, this.subject.budget);
    const only = new Set(rows);
    const needed = [0, SESSIONS, REAL_TIME].find(
      (less) => less === time || findOrder(graph, shape, less, this.subject.budget, only).type === 'none',
    );
    const suffix = needed === 0 ? '' : needed === SESSIONS ? '-process' : '-realtime';
    const name = `${shape === 'whole' ? 'G2' : shape === 'single' ? 'G-single' : 'G-nonadjacent'}-item${suffix}`;
    return { type: 'invalid', anomalies: [explainNoOrder(this.subject.txns, name, model, rows)] };
  }

  /** Whether the known dependencies leave something open that matters to a test. */
  private mustSearch(test: ModelTest): boolean {
    if (!this.subject.written.some((versions) => versions.length > 1)) return false;
    // A test without anti-dependencies holds in any order that agrees with the dependencies; so do lists' unread appends, unless
    // they may not have been concurrent.
    if (test.by === 'whole') return this.subject.registers !== null && (test.kinds & ALL_DATA) === ALL_DATA;
    return this.subject.registers !== null || test.by !== 'prefix';
  }

  /** Whether there is a serial order with at least the edges of `time`, as far as that can be told without a search. */
  private serial(time: number, atLeast = time): boolean {
    if ((time & atLeast) !== atLeast) return false;
    const known = this.serials.get(time);
    if (known !== undefined) return known;
    const { registers, edges } = this.subject;
    const whole = registers ? registers.serial(time) : topologicalOrder(wholeGraph(edges, ALL_DATA | time));
    this.serials.set(time, whole !== null);
    return whole !== null;
  }

  private weak(model: string, sees: Sight, time: number): Verdict {
    if (this.serial(REAL_TIME) || this.serial(SESSIONS, time) || this.serial(0, time)) return { type: 'valid' };
    const { txns, edges, budget } = this.subject;
    const violation = weakViolation(txns, edges, sees, time, budget);
    if (violation === null) return { type: 'valid' };
    if (violation === undefined)
      return { type: 'unknown', reason: `${model} would take more than ${budget} steps to decide` };
    const suffix = time === SESSIONS ? '-process' : '';
    const name = `${WEAK_NAMES[sees]}${suffix}`;
    if ('reader' in violation) return { type: 'invalid', anomalies: [explainOverlook(txns, name, violation)] };
    return {
      type: 'invalid',
      anomalies: [explainCycle(txns, { ...violation, name }, (node) => node, !this.subject.registers)],
    };
  }

  /** The verdict of a model that has no test: a stronger one that holds, or a weaker one that does not, decides it. */
  private squeeze(model: string): Verdict {
    for (const weaker of impliedModels([model], lattice)) {
      if (!modelTests[weaker]) continue;
      const verdict = this.verdict(weaker);
      if (verdict.type === 'invalid') return verdict;
    }
    for (const stronger of impossibleModels([model], lattice))
      if (modelTests[stronger] && this.verdict(stronger).type === 'valid') return { type: 'valid' };
    return {
      type: 'unknown',
      reason: `${model} has no test of its own: the models below it hold, and those above it that could prove it do not`,
    };
  }

  private explain(cycle: Cycle): Anomaly {
    const { txns, registers } = this.subject;
    return explainCycle(txns, cycle, (node) => this.core.origin[node], registers === null);
  }
}

const WEAK_NAMES: Readonly<Record<Sight, string>> = {
  'read-before': 'non-monotonic-view',
  direct: 'fractured-read',
  causal: 'causality-violation',
};

/** The order that a test imposes beside that of data. */
function timeOf(test: ModelTest): number {
  return test.by === 'whole' ? test.kinds & REAL_TIME : test.time;
}

/** Why sessions mean nothing: a process that began an operation before its last had ended. */
function overlappingProcess(txns: Transactions): string | null {
  const { process, start, end } = txns.history.columns;
  const last = new Map<number, number>();
  for (let row = 0; row < txns.rows; row++) {
    if (process[row] < 0) continue;
    const before = last.get(process[row]);
    if (before !== undefined && end[before] > start[row])
      return `process ${process[row]} began operation ${start[row]} while its operation ${start[before]} was open`;
    last.set(process[row], row);
  }
  return null;
}
