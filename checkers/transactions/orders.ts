/**
 * Orders that prove a model: of whole transactions, or of their starts and commits;
 * found once and kept, and shown as a certificate where one is asked for.
 */
import type { Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import type { EdgeList } from './edges.ts';
import type { Evidence } from './evidence.ts';
import { topologicalOrder } from './graph.ts';
import { type ModelTest, modelTests } from './model-conditions.ts';
import type { VersionReaders } from './register-edges.ts';
import { type Polygraph, polygraphOf } from './solver/polygraph.ts';
import type { Question } from './solver/shape.ts';
import { findOrder, type OrderLimits, type OrderResult } from './solver/solve.ts';
import { COMMITTED, type Transactions } from './transactions-of.ts';
import { refute, type TransactionCertificate } from './verify.ts';
import { ALL_DATA, REAL_TIME, SESSIONS, splitGraph, wholeGraph } from './views.ts';

/** A history's transactions with their data dependencies. */
export interface TransactionGraph {
  readonly txns: Transactions;
  readonly edges: EdgeList;
  /** The writes of each key that no observation orders; for lists the appends that nobody read. */
  readonly written: readonly (readonly number[])[];
  /** For registers who read them, and a serial order by running the transactions; for lists null. */
  readonly registers: { readonly readers: VersionReaders; serial(time: number): Int32Array | null } | null;
  /** What shows each dependency. */
  readonly evidence: Evidence;
  /** What each search may use. */
  readonly limits: OrderLimits;
  /** Whether valid verdicts should come with a proof. */
  readonly certificate: boolean;
  /** What registers hold in the beginning. */
  readonly initial: unknown;
  /** What becomes of a verdict where values repeat: by search whose writes were read, and all of these in a proof. */
  readonly repeated: { verdict(model: string, known: Verdict): Verdict } | null;
}

/** The order that a test imposes beside that of data. */
export function timeOf(test: ModelTest): number {
  return test.by === 'whole' ? test.kinds & REAL_TIME : test.time;
}

/** What a test asks of an order; weak ones ask nothing of it. */
export function questionOf(test: Exclude<ModelTest, { by: 'weak' }>): Question {
  return { shape: test.by, time: timeOf(test) };
}

/** Whether what proves a model can be shown as an order. */
export function hasCertificate(model: string): boolean {
  const test = modelTests[model];
  if (model === 'repeatable-read') return false;
  if (test?.by === 'whole') return (test.kinds & ALL_DATA) === ALL_DATA;
  return test?.by === 'snapshot' || test?.by === 'prefix';
}

/** The verdict valid with its certificate, if an independent replay accepts it. */
export function replayed(
  history: History,
  model: string,
  certificate: TransactionCertificate,
  initial: unknown,
): Verdict {
  const test = modelTests[model] as ModelTest;
  const time = timeOf(test) === 0 ? 'none' : timeOf(test) === SESSIONS ? 'session' : 'real';
  const wrong = refute(history, certificate, { time, conflicts: test.by === 'snapshot' }, initial);
  if (wrong === null) return { type: 'valid', certificate };
  return { type: 'unknown', reason: `the order found for ${model} does not stand up to a replay: ${wrong}` };
}

/** The orders of one history. */
export class Orders {
  private readonly subject: TransactionGraph;
  private readonly serials = new Map<number, boolean>();
  private readonly searched = new Map<string, OrderResult>();
  private graph: Polygraph | null = null;

  /** `ordered` says whether all known edges, with real time, form no cycle. */
  constructor(subject: TransactionGraph, ordered: boolean) {
    this.subject = subject;
    if (!subject.registers || !ordered) this.serials.set(REAL_TIME, ordered);
  }

  /** Whether some serial order keeps at least the edges of `time`. */
  isSerial(time: number): boolean {
    return this.serial(REAL_TIME) || this.serial(SESSIONS, time) || this.serial(0, time);
  }

  /** The subject as a problem of ordering its open writes. */
  get polygraph(): Polygraph {
    this.graph ??= polygraphOf({ ...this.subject, readers: this.subject.registers?.readers ?? null });
    return this.graph;
  }

  /**
   * An order that a question asks for. One that respects more of time, or is of starts and commits, is looked for
   * first: where there is one it is found sooner, for more is known of it.
   */
  search({ shape, time }: Question): OrderResult {
    const snapshot = shape === 'single' ? this.search({ shape: 'snapshot', time }) : null;
    if (snapshot?.type === 'order') return snapshot;
    const { realTime } = this.subject.txns.history;
    const stricter = [REAL_TIME, SESSIONS].filter((more) => more > time && (more !== REAL_TIME || realTime));
    for (const more of stricter) {
      const found = this.searchOnce({ shape, time: more });
      if (found.type === 'order') return found;
    }
    return this.searchOnce({ shape, time });
  }

  private searchOnce(question: Question): OrderResult {
    const name = `${question.shape} ${question.time}`;
    const known = this.searched.get(name);
    if (known) return known;
    const { limits, txns } = this.subject;
    const found = findOrder(this.polygraph, question, limits, txns.history.realTime);
    this.searched.set(name, found);
    return found;
  }

  /** Whether the known dependencies leave something open that matters to a test. */
  mustSearch(test: ModelTest): boolean {
    if (!this.subject.written.some((versions) => versions.length > 1)) return false;
    // A test without anti-dependencies holds in any order that agrees with the dependencies;
    // so do lists' unread appends, unless they may not have been concurrent.
    if (test.by === 'whole') return this.subject.registers !== null && (test.kinds & ALL_DATA) === ALL_DATA;
    return this.subject.registers !== null || test.by !== 'prefix';
  }

  /** Whether there is a serial order with at least the edges of `time`, as far as that is known without a search. */
  serial(time: number, atLeast = time): boolean {
    if ((time & atLeast) !== atLeast) return false;
    const known = this.serials.get(time);
    if (known !== undefined) return known;
    const { registers, edges } = this.subject;
    const whole = registers ? registers.serial(time) : topologicalOrder(wholeGraph(edges, ALL_DATA | time));
    this.serials.set(time, whole !== null);
    return whole !== null;
  }

  /**
   * The verdict valid with a certificate, for the models that
   * have one; only after an independent replay has accepted it.
   */
  certify(model: string): Verdict {
    const test = modelTests[model];
    if (!test || !hasCertificate(model)) return { type: 'valid' };
    const { txns, initial } = this.subject;
    const certificate = this.serialCertificate(timeOf(test)) ?? this.momentsCertificate(test);
    return certificate ? replayed(txns.history, model, certificate, initial) : { type: 'valid' };
  }

  private serialCertificate(time: number): TransactionCertificate | null {
    const { txns, edges, registers } = this.subject;
    const enough = [REAL_TIME, SESSIONS, 0].find((one) => this.serial(one, time));
    if (enough === undefined) return null;
    const order = registers ? registers.serial(enough) : topologicalOrder(wholeGraph(edges, ALL_DATA | enough));
    const { start } = txns.history.columns;
    const rows = [...(order ?? [])].filter((row) => row < txns.rows && txns.status[row] === COMMITTED);
    return { kind: 'serial', order: rows.map((row) => start[row]) };
  }

  private momentsCertificate(test: ModelTest): TransactionCertificate | null {
    const { txns, edges } = this.subject;
    const split = test.by === 'snapshot' || test.by === 'prefix';
    const found = this.places(test);
    if (!found) return null;
    const { start } = txns.history.columns;
    const nodes = [...found.keys()].sort((a, b) => found[a] - found[b]);
    const rows = nodes.filter((v) => v < txns.rows && txns.status[v] === COMMITTED);
    if (!split) return { kind: 'serial', order: rows.map((row) => start[row]) };
    const moments = nodes.flatMap((v): (readonly ['begin' | 'commit', number])[] => {
      const row = v >= edges.nodes ? v - edges.nodes : v;
      if (row >= txns.rows || txns.status[row] !== COMMITTED) return [];
      return [[v >= edges.nodes ? 'commit' : 'begin', start[row]]];
    });
    return { kind: 'snapshot', moments };
  }

  /** The places of the nodes of a test's graph, with every open pair of writes in some order. */
  private places(test: ModelTest): Int32Array | null {
    const { edges } = this.subject;
    if (this.mustSearch(test) && test.by !== 'weak') {
      const answer = this.search(questionOf(test));
      return answer.type === 'order' ? answer.place : null;
    }
    const graph =
      test.by === 'whole'
        ? wholeGraph(edges, test.kinds, false)
        : splitGraph(edges, ALL_DATA | timeOf(test), test.by === 'snapshot');
    const order = topologicalOrder(graph);
    const place = order && new Int32Array(order.length);
    order?.forEach((node, at) => {
      if (place) place[node] = at;
    });
    return place;
  }
}
