/**
 * Finds, in each strongly connected component, the gravest cycles there are, in polynomial time.
 *
 * Classes are searched from the gravest on: G0, G1c, G-single, G-nonadjacent, G2;
 * first over data alone, then with session and with real-time edges. What a cycle
 * already found implies, or outweighs, is not searched for in its component.
 */
import { type CycleStep, cycleName, simpleCycle, stepsOf } from './cycles.ts';
import { type EdgeList, RW, VIA_RT, VIA_RW } from './edges.ts';
import { type Components, components, type Graph } from './graph.ts';
import { anomalyImplies, graverThan } from './lattice.ts';
import { Paths } from './paths.ts';
import { closingEdges } from './single.ts';
import { ALL_DATA, DEPENDENCIES, REAL_TIME, SESSIONS, splitGraph, WRITES, wholeGraph } from './views.ts';

/** A cycle and its class. */
export interface Cycle {
  readonly name: string;
  readonly steps: readonly CycleStep[];
}

/** Edges that a search may visit before it gives up on a class. */
const BUDGET = 400_000_000;
/** Cycles that are tried from different starts, to show a short one. */
const TRIES = 48;

const LEVELS = [
  { suffix: '', time: 0 },
  { suffix: '-process', time: SESSIONS },
  { suffix: '-realtime', time: REAL_TIME },
];

const isFree = (edges: EdgeList) => (edge: number) =>
  edge >= edges.length || edges.kind[edge] === VIA_RW || edges.kind[edge] === VIA_RT;

/** One component's findings: what was found, and all classes that need no search any more because of it. */
class Ledger {
  readonly cycles: Cycle[] = [];
  private readonly covered = new Map<number, Set<string>>();

  has(component: number, name: string): boolean {
    return this.covered.get(component)?.has(name) ?? false;
  }

  enter(component: number, steps: readonly CycleStep[]): void {
    const name = cycleName(steps);
    this.cycles.push({ name, steps });
    const covered = this.covered.get(component) ?? new Set<string>();
    covered.add(name);
    for (const one of covered)
      for (const other of [...(anomalyImplies[one] ?? []), ...(graverThan[one] ?? [])]) covered.add(other);
    this.covered.set(component, covered);
  }
}

/**
 * The gravest cycles of each component over data and, up to `level` 1, session edges or,
 * up to 2, real-time edges as well. At least one for every component that has a cycle.
 */
export function gravestCycles(edges: EdgeList, level: 0 | 1 | 2): Cycle[] {
  const top = components(wholeGraph(edges, ALL_DATA | LEVELS[level].time));
  const ledger = new Ledger();
  for (const { suffix, time } of LEVELS.slice(0, level + 1)) {
    searchWhole(edges, top, ledger, `G0${suffix}`, WRITES | time);
    searchWhole(edges, top, ledger, `G1c${suffix}`, DEPENDENCIES | time);
    searchSingle(edges, top, ledger, `G-single-item${suffix}`, time);
    searchSplit(edges, top, ledger, `G-nonadjacent-item${suffix}`, time);
    searchWhole(edges, top, ledger, `G2-item${suffix}`, ALL_DATA | time);
  }
  return ledger.cycles;
}

function searchWhole(edges: EdgeList, top: Components, ledger: Ledger, name: string, kinds: number): void {
  const graph = wholeGraph(edges, kinds);
  const strong = components(graph);
  const paths = new Paths(graph, isFree(edges));
  for (const nodes of cyclic(graph, strong)) {
    const component = top.of[nodes[0]];
    if (ledger.has(component, name)) continue;
    const path = shortest(paths, starts(nodes, edges), strong);
    if (path) ledger.enter(component, stepsOf(edges, path));
  }
}

/** The nodes of each component with more than one. */
function cyclic(graph: Graph, strong: Components): number[][] {
  const lists = new Map<number, number[]>();
  for (let v = 0; v < graph.nodes; v++) {
    const c = strong.of[v];
    if (strong.size[c] < 2) continue;
    const list = lists.get(c);
    if (list) list.push(v);
    else lists.set(c, [v]);
  }
  return [...lists.values()];
}

/**
 * Some nodes of a component, spread over it: every cycle has one
 * that is not virtual, a row or in a split graph its commit.
 */
function starts(nodes: readonly number[], edges: EdgeList): number[] {
  const real = nodes.filter((v) => v < edges.rows || v >= edges.nodes);
  const stride = Math.max(1, Math.floor(real.length / TRIES));
  return real.filter((_, i) => i % stride === 0).slice(0, TRIES);
}

function shortest(paths: Paths, from: readonly number[], strong: Components): number[] | null {
  let best: number[] | null = null;
  for (const v of from) {
    const path = paths.path(v, v, strong);
    if (!path || (best !== null && paths.cost(path) >= paths.cost(best))) continue;
    best = path;
    if (paths.cost(best) <= 2) return best;
  }
  return best;
}

function searchSingle(edges: EdgeList, top: Components, ledger: Ledger, name: string, time: number): void {
  const within = components(wholeGraph(edges, ALL_DATA | time));
  const topOf = new Int32Array(within.count);
  for (let v = 0; v < edges.nodes; v++) topOf[within.of[v]] = top.of[v];
  const wanted = (component: number): boolean => within.size[component] > 1 && !ledger.has(topOf[component], name);
  const closing = closingEdges(edges, DEPENDENCIES | time, within, wanted, BUDGET);
  const best = new Map<number, CycleStep[]>();
  const paths = new Paths(wholeGraph(edges, DEPENDENCIES | time), isFree(edges));
  for (const edge of closing ?? []) {
    const component = top.of[edges.from[edge]];
    const back = paths.path(edges.to[edge], edges.from[edge]);
    if (!back) continue;
    const steps = stepsOf(edges, [edge, ...back]);
    const known = best.get(component);
    if (!known || steps.length < known.length) best.set(component, steps);
  }
  for (const [component, steps] of best) ledger.enter(component, steps);
}

function searchSplit(edges: EdgeList, top: Components, ledger: Ledger, name: string, time: number): void {
  const graph = splitGraph(edges, ALL_DATA | time, true);
  const strong = components(graph);
  const paths = new Paths(graph, isFree(edges));
  const tried = new Map<number, number>();
  const best = new Map<number, readonly CycleStep[]>();
  for (let edge = 0; edge < edges.length; edge++) {
    const a = edges.from[edge];
    if (edges.kind[edge] !== RW || ledger.has(top.of[a], name)) continue;
    const b = edges.to[edge];
    const end = b < edges.rows ? edges.nodes + b : b;
    if (strong.of[a] !== strong.of[end] || (tried.get(top.of[a]) ?? 0) >= TRIES) continue;
    tried.set(top.of[a], (tried.get(top.of[a]) ?? 0) + 1);
    const back = paths.path(end, a, strong);
    if (!back) continue;
    const steps = simpleCycle(stepsOf(edges, [edge, ...back]));
    const known = best.get(top.of[a]);
    if (steps.some((step) => step.kind === RW) && (!known || steps.length < known.length)) best.set(top.of[a], steps);
  }
  for (const [component, steps] of best) ledger.enter(component, steps);
}

/** A short cycle of a graph over starts and commits, or null where there is none. */
export function splitCycle(edges: EdgeList, kinds: number, snapshot: boolean): Cycle | null {
  const graph = splitGraph(edges, kinds, snapshot);
  return cycleIn(edges, graph, snapshot);
}

/** A short cycle of the edges of `kinds`, or null where there is none. */
export function wholeCycle(edges: EdgeList, kinds: number): Cycle | null {
  return cycleIn(edges, wholeGraph(edges, kinds));
}

function cycleIn(edges: EdgeList, graph: Graph, snapshot = true): Cycle | null {
  const strong = components(graph);
  const [nodes] = cyclic(graph, strong).sort((a, b) => a.length - b.length);
  if (!nodes) return null;
  const path = shortest(new Paths(graph, isFree(edges)), starts(nodes, edges), strong);
  if (!path) return null;
  const steps = stepsOf(edges, path);
  const simple = graph.nodes > edges.nodes ? simpleCycle(steps, snapshot) : steps;
  return { name: cycleName(simple), steps: simple };
}

/** A short cycle with at most one anti-dependency, `null` where there is none, `undefined` where the budget ran out. */
export function singleCycle(edges: EdgeList, time: number): Cycle | null | undefined {
  const whole = wholeCycle(edges, DEPENDENCIES | time);
  if (whole) return whole;
  const within = components(wholeGraph(edges, ALL_DATA | time));
  const closing = closingEdges(edges, DEPENDENCIES | time, within, (c) => within.size[c] > 1, BUDGET, 4);
  if (closing === null) return undefined;
  const paths = new Paths(wholeGraph(edges, DEPENDENCIES | time), isFree(edges));
  let best: CycleStep[] | null = null;
  for (const edge of closing) {
    const back = paths.path(edges.to[edge], edges.from[edge]);
    const steps = back ? stepsOf(edges, [edge, ...back]) : null;
    if (steps && (!best || steps.length < best.length)) best = steps;
  }
  return best && { name: cycleName(best), steps: best };
}
