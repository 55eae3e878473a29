/**
 * Short cycles and cheap paths in a graph of rows: what a counterexample is made from.
 *
 * A step along a session is free, since a person sees at once that one operation
 * is later than another in the same session; one along a read costs an operation;
 * one along a conflict costs the three operations that it takes to explain.
 */

import { componentsOf, READ, type RowGraph, SESSION } from './graph.ts';

/** A step of a path: along one edge, or along several of one session taken as one. */
export interface PathStep {
  readonly from: number;
  readonly to: number;
  readonly why: number;
}

/**
 * How many edges are tried as the first of a cycle, and how many
 * are looked at, before the cheapest cycle so far is taken.
 */
const STARTS = 64;
const EDGES = 4_000_000;

/** Where a path may go, and how many edges may still be looked at. */
interface Limits {
  /** By node: its component, in which a path must stay; null to go anywhere. */
  readonly component: Int32Array | null;
  /** Conflicts from this one on are not taken: 0 for none at all. */
  readonly below: number;
  edges: number;
}

/** A short cycle, through a conflict if one is on a cycle at all; empty where the graph has no cycle. */
export function shortCycle(graph: RowGraph): PathStep[] {
  const component = componentsOf(graph);
  const starts = startsOf(graph, component, (why) => why >= 0);
  if (starts.length === 0) starts.push(...startsOf(graph, component, (why) => why === READ));
  const limits = { component, below: Number.POSITIVE_INFINITY, edges: EDGES };
  let best: PathStep[] = [];
  let cost = Number.POSITIVE_INFINITY;
  for (const start of starts) {
    if (best.length === 0) limits.edges = Number.POSITIVE_INFINITY;
    const back = cheapestPath(graph, start.to, start.from, limits);
    limits.edges = Math.min(limits.edges, EDGES);
    if (back === null || back.cost + price(start.why) >= cost) continue;
    cost = back.cost + price(start.why);
    best = [start, ...back.steps];
  }
  return best;
}

/** Edges that are on a cycle, the first few of those wanted. */
function startsOf(
  { length, at, to, why }: RowGraph,
  component: Int32Array,
  wanted: (why: number) => boolean,
): PathStep[] {
  const starts: PathStep[] = [];
  for (let from = 0; from < length && starts.length < STARTS; from++) {
    for (let e = at[from]; e < at[from + 1]; e++) {
      if (component[to[e]] === component[from] && wanted(why[e])) starts.push({ from, to: to[e], why: why[e] });
    }
  }
  return starts;
}

function price(why: number): number {
  return why === SESSION ? 0 : why === READ ? 1 : 3;
}

/** The steps of the cheapest path that takes only the first `below` conflicts; empty where there is none. */
export function pathBelow(graph: RowGraph, source: number, target: number, below: number): PathStep[] {
  return cheapestPath(graph, source, target, { component: null, below, edges: Number.POSITIVE_INFINITY })?.steps ?? [];
}

/**
 * Nodes by what they cost: the next cheapest is taken first (Dial,
 * "Shortest-Path Forest with Topological Ordering", CACM 1969).
 */
class Reached {
  private readonly cost = new Map<number, number>();
  private readonly by = new Map<number, PathStep>();
  private readonly buckets: number[][] = [];
  at = 0;

  constructor(source: number) {
    this.cost.set(source, 0);
    this.buckets.push([source]);
  }

  /** The cheapest node not taken yet, or null. */
  take(): number | null {
    for (; this.at < this.buckets.length; this.at++) {
      const bucket = this.buckets[this.at] ?? [];
      for (let node = bucket.pop(); node !== undefined; node = bucket.pop()) {
        if (this.cost.get(node) === this.at) return node;
      }
    }
    return null;
  }

  reach(step: PathStep): void {
    const total = this.at + price(step.why);
    if ((this.cost.get(step.to) ?? Number.POSITIVE_INFINITY) <= total) return;
    this.cost.set(step.to, total);
    this.by.set(step.to, step);
    this.buckets[total] ??= [];
    this.buckets[total].push(step.to);
  }

  /** The steps by which a node was reached, those along one session made one. */
  stepsTo(target: number): PathStep[] {
    const steps: PathStep[] = [];
    for (let step = this.by.get(target); step; step = this.by.get(step.from)) {
      const last = steps.at(-1);
      if (last?.why === SESSION && step.why === SESSION) steps[steps.length - 1] = { ...last, from: step.from };
      else steps.push(step);
    }
    return steps.reverse();
  }
}

function cheapestPath(graph: RowGraph, source: number, target: number, limits: Limits) {
  const { component, below } = limits;
  const reached = new Reached(source);
  for (let from = reached.take(); from !== null; from = reached.take()) {
    if (from === target) return { steps: reached.stepsTo(target), cost: reached.at };
    for (let e = graph.at[from]; e < graph.at[from + 1]; e++) {
      const to = graph.to[e];
      const why = graph.why[e];
      if (limits.edges-- <= 0) return null;
      if (why >= below) continue;
      if (component === null || component[to] === component[source]) reached.reach({ from, to, why });
    }
  }
  return null;
}
