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
import { explainCycle, explainFinding } from './explain.ts';
import { topologicalOrder } from './graph.ts';
import { lattice } from './lattice.ts';
import { type ModelTest, modelTests } from './tests-of-models.ts';
import { addRealTime, addSessions } from './time-edges.ts';
import type { Transactions } from './transactions-of.ts';
import { ALL_DATA, REAL_TIME, wholeGraph } from './views.ts';

/** A history's transactions with their data dependencies. */
export interface Subject {
  readonly txns: Transactions;
  readonly edges: EdgeList;
  /** Whether some appends that nobody read have no known order among themselves. */
  readonly open: boolean;
  /** Whether the keys hold lists (and not registers): for the words of explanations. */
  readonly lists: boolean;
}

/** The verdicts of all models on one history, computed when they are asked for. */
export class Analysis {
  private readonly subject: Subject;
  private readonly order: Int32Array | null;
  private readonly core: Core;
  private readonly verdicts = new Map<string, Verdict>();
  private readonly found: readonly Anomaly[];
  private gravest: readonly Anomaly[] | null = null;

  constructor(subject: Subject) {
    this.subject = subject;
    const { edges, txns } = subject;
    addSessions(edges, txns);
    addRealTime(edges, txns);
    const whole = wholeGraph(edges, ALL_DATA | REAL_TIME);
    this.order = topologicalOrder(whole);
    this.core = this.order ? { edges: new EdgeList(0), origin: new Int32Array(0) } : coreOf(edges, whole);
    this.found = txns.findings.map((finding) => explainFinding(txns, finding));
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
    const { problems } = this.subject.txns;
    const forbidden = new Set(prohibitedAnomalies(model, lattice));
    const found = this.found.filter((anomaly) => forbidden.has(anomaly.name));
    const [first, ...rest] = [...found, ...this.witnesses(model, forbidden)];
    if (first) return { type: 'invalid', anomalies: [first, ...rest] };
    if (problems.length > 0) return { type: 'unknown', reason: `the history cannot be read: ${problems.join('; ')}` };
    if (this.order && this.found.length === 0) return { type: 'valid' };
    const test = modelTests[model];
    return test ? this.settle(test) : this.squeeze(model);
  }

  /** The cycles that a model's own test finds, and with them the gravest ones it forbids. */
  private witnesses(model: string, forbidden: ReadonlySet<string>): Anomaly[] {
    const test = modelTests[model];
    if (this.order || !test) return [];
    const cycle = this.cycleFor(test);
    if (!cycle) return [];
    const gravest = this.anomalies().filter((anomaly) => forbidden.has(anomaly.name) && !this.found.includes(anomaly));
    return gravest.length > 0 ? gravest : [this.explain(cycle)];
  }

  private cycleFor(test: ModelTest): Cycle | null | undefined {
    const { edges } = this.core;
    if (test.by === 'whole') return wholeCycle(edges, test.kinds);
    if (test.by === 'single') return singleCycle(edges, test.time);
    return splitCycle(edges, ALL_DATA | test.time, test.by === 'snapshot');
  }

  private settle(test: ModelTest): Verdict {
    if (test.by === 'single' && !this.order && this.cycleFor(test) === undefined)
      return { type: 'unknown', reason: 'the search for a cycle with one anti-dependency ran out of steps' };
    if (this.subject.open && !this.order && (test.by === 'single' || test.by === 'snapshot'))
      return {
        type: 'unknown',
        reason: 'appends that nobody read have no known order; a read of every key at the end would show it',
      };
    return { type: 'valid' };
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
    const { txns, lists } = this.subject;
    return explainCycle(txns, cycle, (node) => this.core.origin[node], lists);
  }
}
