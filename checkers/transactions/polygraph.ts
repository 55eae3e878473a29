/**
 * The search for an order of the writes that nothing orders: one choice for every
 * open pair of writes of a key, each with the dependencies that it would bring.
 *
 * Sources: Papadimitriou, "The serializability of concurrent database updates" (JACM 1979), for polygraphs;
 * Tan et al., "Cobra" (OSDI 2020); Huang et al., "PolySI" (PVLDB 2023), for snapshot isolation; here both on
 * one acyclicity search, the latter over starts and commits. NP-complete, so bounded by a number of steps.
 */

import { NEVER_COLUMN } from '../history.ts';
import { Choices } from './choices.ts';
import { EdgeList, RW, WW } from './edges.ts';
import { orderByKey } from './graph.ts';
import { Order } from './order.ts';
import type { VersionReaders } from './register-edges.ts';
import { ChoiceSolver, type Conflict, type Extra, type SolverOutcome } from './search.ts';
import { type Transactions, WRITE } from './transactions-of.ts';
import { ALL_DATA, DEPENDENCIES, REAL_TIME, SESSIONS, splitGraph, wholeGraph } from './views.ts';

/**
 * What must have no cycle: the graph of transactions, of starts
 * and commits, or of transactions with one anti-dependency.
 */
export type GraphShape = 'whole' | 'snapshot' | 'prefix' | 'single';

/** Dependencies that are known, and the writes of each key among which some order must be found. */
export interface Polygraph {
  readonly txns: Transactions;
  readonly edges: EdgeList;
  readonly written: readonly (readonly number[])[];
  /** Who read each of those writes; null where nobody did. */
  readonly readers: VersionReaders | null;
}

/** What the search said: whether there is an order, and which rows show that there is none. */
export type OrderResult =
  | { readonly type: 'order'; readonly place: Int32Array }
  | { readonly type: 'none'; readonly rows: readonly number[] }
  | { readonly type: 'unknown'; readonly reason: string };

/** Pairs of writes above which the search is not begun, and edges that the choices may bring. */
const MAX_EDGES = 6_000_000;

/**
 * Looks for an order in `budget` steps. `only` restricts it to
 * some rows: no order for a part is no order for the whole.
 */
export function findOrder(
  graph: Polygraph,
  shape: GraphShape,
  time: number,
  budget: number,
  only: ReadonlySet<number> | null = null,
): OrderResult {
  const problem = new Problem(graph, shape, time, only);
  if (problem.tooLarge)
    return {
      type: 'unknown',
      reason: `more than ${MAX_EDGES} dependencies would have to be weighed: too many writes of one key have no known order`,
    };
  const outcome = problem.solve(budget);
  if (outcome.type === 'order') return { type: 'order', place: outcome.place };
  if (outcome.type === 'exhausted')
    return {
      type: 'unknown',
      reason: `the search for an order of ${problem.choices.count} open pairs of writes took more than ${budget} steps`,
    };
  return { type: 'none', rows: problem.rowsOf(outcome.core) };
}

/**
 * As few rows as possible that still have no order: each is left out in turn.
 * Sound because an order of all rows is an order of a part of them.
 */
export function fewestRows(
  graph: Polygraph,
  shape: GraphShape,
  time: number,
  rows: readonly number[],
  budget: number,
): number[] {
  let kept = [...rows];
  if (kept.length > 200) return kept;
  for (const row of rows) {
    const fewer = kept.filter((other) => other !== row);
    if (findOrder(graph, shape, time, budget, new Set(fewer)).type === 'none') kept = fewer;
  }
  return kept;
}

class Problem {
  readonly choices = new Choices();
  tooLarge = false;
  private readonly graph: Polygraph;
  private readonly shape: GraphShape;
  private readonly time: number;
  private readonly only: ReadonlySet<number> | null;
  private readonly edges: EdgeList;
  /** Anti-dependencies of the shape `single`, with the literal that brings each, or -1. */
  private readonly antiDependencies: [number, number, number][] = [];

  constructor(graph: Polygraph, shape: GraphShape, time: number, only: ReadonlySet<number> | null) {
    this.graph = graph;
    this.shape = shape;
    this.time = time;
    this.only = only;
    this.edges = this.known();
    for (const versions of graph.written) this.addPairs(versions);
  }

  solve(budget: number): SolverOutcome {
    const kinds = (this.shape === 'single' ? DEPENDENCIES : ALL_DATA) | this.time;
    const split = this.shape === 'snapshot' || this.shape === 'prefix';
    const base = split ? splitGraph(this.edges, kinds, this.shape === 'snapshot') : wholeGraph(this.edges, kinds);
    const order = orderByKey(base, this.likelyOrder(base.nodes));
    if (!order) return { type: 'none', core: this.only ?? new Set(this.edges.from.subarray(0, this.edges.length)) };
    const extra = this.shape === 'single' ? this.singles() : null;
    return new ChoiceSolver(new Order(base, order), this.choices, extra).run(budget);
  }

  /**
   * An estimate of when each node came: a transaction, and its start
   * and commit, with its row; virtual nodes as soon as they can.
   */
  private likelyOrder(nodes: number): Int32Array {
    const { rows, nodes: single } = this.edges;
    const key = new Int32Array(nodes).fill(-1);
    for (let row = 0; row < rows; row++) {
      key[row] = row;
      if (nodes > single) key[single + row] = row;
    }
    return key;
  }

  rowsOf(core: ReadonlySet<number>): number[] {
    const { nodes, rows } = this.edges;
    const found = new Set<number>();
    for (const node of core) {
      const row = node >= nodes ? node - nodes : node;
      if (row < rows) found.add(row);
    }
    for (const row of [...found]) for (const author of this.authorsOf(row)) found.add(author);
    return [...found].sort((a, b) => a - b);
  }

  /** Who wrote what a row read: without them it is not known what that was. */
  private authorsOf(row: number): number[] {
    const { first, version, effect, writer } = this.graph.txns;
    const authors: number[] = [];
    for (let place = first[row]; place < first[row + 1]; place++)
      if (effect[place] !== WRITE && version[place] >= 0 && writer[version[place]] >= 0)
        authors.push(writer[version[place]]);
    return authors.filter((author) => this.has(author));
  }

  private has(row: number): boolean {
    return this.only === null || row >= this.graph.txns.rows || this.only.has(row);
  }

  /** The known dependencies between the rows that count, and those that time brings to writes it orders. */
  private known(): EdgeList {
    const { edges, written } = this.graph;
    const copy = new EdgeList(edges.rows, edges.nodes);
    for (let i = 0; i < edges.length; i++)
      if (this.has(edges.from[i]) && this.has(edges.to[i]))
        copy.add(edges.from[i], edges.to[i], edges.kind[i], edges.seen[i], edges.made[i]);
    for (const versions of written) this.addTimedPairs(copy, versions);
    if (this.shape === 'single')
      for (let i = 0; i < copy.length; i++)
        if (copy.kind[i] === RW) this.antiDependencies.push([copy.from[i], copy.to[i], -1]);
    return copy;
  }

  /** Of the writes that time puts after a write, those that no other stands between. */
  private addTimedPairs(copy: EdgeList, versions: readonly number[]): void {
    const { txns } = this.graph;
    const { start, end } = txns.history.columns;
    const mine = this.byStart(versions);
    if (this.time === SESSIONS) {
      const last = new Map<number, number>();
      for (const after of mine) {
        const session = txns.session[txns.writer[after]];
        const before = last.get(session);
        if (before !== undefined && this.timed(before, after) === 1) this.addOverwrite(copy, before, after);
        last.set(session, after);
      }
    }
    if (this.time !== REAL_TIME) return;
    for (const before of mine) {
      let limit = NEVER_COLUMN;
      for (let at = firstAfter(mine, txns, end[txns.writer[before]]); at < mine.length; at++) {
        const row = txns.writer[mine[at]];
        if (start[row] > limit) break;
        this.addOverwrite(copy, before, mine[at]);
        limit = Math.min(limit, end[row]);
      }
    }
  }

  /** The versions that count, in the order in which their writers began. */
  private byStart(versions: readonly number[]): number[] {
    const { writer } = this.graph.txns;
    return versions.filter((version) => this.has(writer[version])).sort((a, b) => writer[a] - writer[b]);
  }

  private addOverwrite(copy: EdgeList, before: number, after: number): void {
    const { txns, readers } = this.graph;
    const writer = txns.writer[after];
    copy.add(txns.writer[before], writer, WW, before, after);
    if (!readers) return;
    for (let i = readers.offset[before]; i < readers.offset[before + 1]; i++)
      if (readers.reader[i] !== writer && this.has(readers.reader[i]))
        copy.add(readers.reader[i], writer, RW, before, after);
  }

  /** 1 where time puts the first write before the second, -1 the other way, 0 where it says nothing. */
  private timed(first: number, second: number): number {
    const { txns } = this.graph;
    const { start, end } = txns.history.columns;
    const { session } = txns;
    const a = txns.writer[first];
    const b = txns.writer[second];
    const counts = this.time === REAL_TIME || (this.time === SESSIONS && session[a] === session[b] && session[a] >= 0);
    if (!counts) return 0;
    if (end[a] < start[b]) return 1;
    return end[b] < start[a] ? -1 : 0;
  }

  private addPairs(versions: readonly number[]): void {
    const { txns } = this.graph;
    const { start, end } = txns.history.columns;
    const mine = this.byStart(versions);
    for (let i = 0; i < mine.length && !this.tooLarge; i++)
      for (let j = i + 1; j < mine.length && !this.tooLarge; j++) {
        const [a, b] = [mine[i], mine[j]];
        if (this.time === REAL_TIME && start[txns.writer[b]] > end[txns.writer[a]]) break;
        if (this.timed(a, b) !== 0) continue;
        const literal = this.choices.count * 2;
        this.choices.add(this.overwriting(a, b, literal), this.overwriting(b, a, literal + 1));
        this.tooLarge = this.choices.from.length + this.antiDependencies.length > MAX_EDGES;
      }
  }

  /** The edges of one order of two writes. */
  private overwriting(before: number, after: number, literal: number): [number, number][] {
    const { txns, readers, edges } = this.graph;
    const a = txns.writer[before];
    const b = txns.writer[after];
    const commit = this.shape === 'snapshot' || this.shape === 'prefix' ? edges.nodes : 0;
    const out: [number, number][] = [[commit + a, this.shape === 'prefix' ? commit + b : b]];
    if (!readers) return out;
    for (let i = readers.offset[before]; i < readers.offset[before + 1]; i++) {
      const reader = readers.reader[i];
      if (reader === b || !this.has(reader)) continue;
      if (this.shape === 'single') this.antiDependencies.push([reader, b, literal]);
      else out.push([reader, commit + b]);
    }
    return out;
  }

  /** The cycles of dependencies with one anti-dependency, once all choices are made. */
  private singles(): Extra {
    return (order, isTrue) => {
      for (const [reader, target, literal] of this.antiDependencies) {
        if (literal >= 0 && !isTrue(literal)) continue;
        const path = order.path(target, reader);
        if (!path) continue;
        return [conflictOf(order, path, literal, [reader, target])];
      }
      return [];
    };
  }
}

/** The place of the first of `versions`, in the order of rows, whose writer began after `moment`. */
function firstAfter(versions: readonly number[], txns: Transactions, moment: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (txns.history.columns.start[txns.writer[versions[middle]]] > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}

function conflictOf(order: Order, path: readonly number[], literal: number, ends: readonly number[]): Conflict {
  const literals = new Set(literal >= 0 ? [literal] : []);
  const nodes = new Set(ends);
  for (const edge of path) {
    if (order.tagOf(edge) >= 0) literals.add(order.tagOf(edge));
    for (const node of order.endsOf(edge)) nodes.add(node);
  }
  return { literals: [...literals], nodes: [...nodes] };
}
