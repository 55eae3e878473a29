/**
 * Orders that follow from reads: edges found one after the other, each from
 * what the earlier ones order, and the few of them that a contradiction needs.
 *
 * There are two rules, both because nothing of the key may come between a read and
 * the write that it read. `overwritten`: a write that is before the read is before
 * what was read. `overwriting`: a write that is after what was read is after the read.
 */

import { CAUSALITY } from './columns.ts';
import type { Speaker } from './counterexample.ts';
import { type PathStep, pathBelow, shortCycle } from './cycles.ts';
import { graphOf, READ, SESSION } from './graph.ts';
import type { RowEdge } from './judge.ts';
import { INITIAL, type SessionRows } from './rows.ts';
import { initialEdge, readReason, rowOfRead, sessionReason } from './violation.ts';

/** Edges in the order in which they were derived; `read` is the place of the read that each follows from. */
export interface Derived {
  readonly before: number[];
  readonly after: number[];
  readonly read: number[];
  readonly rule: ('overwritten' | 'overwriting')[];
}

/** A derivation that ends in a contradiction: a cycle, or a write before a read of the initial value. */
export interface Contradiction {
  readonly derived: Derived;
  /** The session whose reads alone are considered, or null for all. */
  readonly session: number | null;
  /** Whether reads of other sessions order as well; they do in everything but PRAM. */
  readonly causal: boolean;
  /** A read of the initial value, and the write before it; null for a cycle. */
  readonly stale: { readonly read: number; readonly write: number } | null;
}

/**
 * What a contradiction needs: the derived edges, ascending, the paths
 * that each follows from, and the cycle or path that it ends in.
 */
export interface Proof {
  readonly edges: readonly { readonly edge: number; readonly because: readonly PathStep[] }[];
  readonly end: readonly PathStep[];
  readonly rows: readonly number[];
}

/** A derivation without any edge yet. */
export function noneDerived(): Derived {
  return { before: [], after: [], read: [], rule: [] };
}

/** The part of a derivation that leads to its contradiction. A search of the graph for each edge of the proof. */
export function proofOf(rows: SessionRows, contradiction: Contradiction): Proof {
  const { derived, stale, causal, session } = contradiction;
  const graph = graphOf(rows, CAUSALITY, derived, causal ? null : session);
  const end = stale
    ? pathBelow(graph, stale.write, rowOfRead(rows, stale.read), derived.before.length)
    : shortCycle(graph);
  const because = new Map<number, readonly PathStep[]>();
  const needed = new Set<number>();
  const involved = new Set<number>();
  const todo: number[] = [];
  const need = (steps: readonly PathStep[]): void => {
    for (const { from, to, why } of steps) {
      involved.add(from).add(to);
      if (why < 0 || needed.has(why)) continue;
      needed.add(why);
      todo.push(why);
    }
  };
  if (stale) involved.add(rowOfRead(rows, stale.read));
  need(end);
  for (let edge = todo.pop(); edge !== undefined; edge = todo.pop()) {
    const reader = rowOfRead(rows, derived.read[edge]);
    const source = rows.readFrom[derived.read[edge]];
    involved.add(reader);
    if (source !== INITIAL) involved.add(source);
    const steps =
      derived.rule[edge] === 'overwritten'
        ? pathBelow(graph, derived.before[edge], reader, edge)
        : source === INITIAL
          ? []
          : pathBelow(graph, source, derived.after[edge], edge);
    because.set(edge, steps);
    need(steps);
  }
  const edges = [...because.keys()].sort((a, b) => a - b).map((edge) => ({ edge, because: because.get(edge) ?? [] }));
  return { edges, end, rows: [...involved].sort((a, b) => a - b) };
}

/** A proof in sentences. */
export function tellProof(rows: SessionRows, { derived, stale }: Contradiction, proof: Proof, say: Speaker): string[] {
  const tellSteps = (steps: readonly PathStep[]): string[] =>
    steps.flatMap(({ from, to, why }) => {
      if (why === SESSION) return [sessionReason({ from, to }, say)];
      if (why === READ) return [readReason({ from, to }, say)];
      return [];
    });
  const lines = proof.edges.flatMap(({ edge, because }) => [...tellSteps(because), tellEdge(rows, derived, edge, say)]);
  lines.push(...tellSteps(proof.end));
  if (stale)
    lines.push(
      `${say(rowOfRead(rows, stale.read), 'read')}, the initial value, although that came after ${say(stale.write, 'write')}`,
    );
  else lines.push(`so ${say(proof.end[0].from)} would have to come before itself`);
  return lines;
}

/** The cycle that a proof ends in, edge by edge. */
export function cycleOfProof(
  rows: SessionRows,
  { derived, stale }: Contradiction,
  proof: Proof,
  say: Speaker,
): RowEdge[] {
  const because = new Map(proof.edges.map(({ edge, because }) => [edge, because]));
  const edges = proof.end.map((step): RowEdge => {
    const { from, to, why } = step;
    if (why === SESSION) return { from, to, kind: 'process', why: sessionReason(step, say) };
    if (why === READ) return { from, to, kind: 'wr', why: readReason(step, say) };
    const witnesses = new Set([
      rowOfRead(rows, derived.read[why]),
      ...(because.get(why) ?? []).flatMap((other) => [other.from, other.to]),
    ]);
    witnesses.delete(from);
    witnesses.delete(to);
    const kind = derived.rule[why] === 'overwritten' ? 'ww' : 'rw';
    return { from, to, kind, why: tellEdge(rows, derived, why, say), via: [...witnesses] };
  });
  return stale ? [...edges, initialEdge(rowOfRead(rows, stale.read), edges, say)] : edges;
}

function tellEdge(rows: SessionRows, derived: Derived, edge: number, say: Speaker): string {
  const read = say(rowOfRead(rows, derived.read[edge]), 'read');
  const before = say(derived.before[edge], 'write');
  const after = say(derived.after[edge], 'write');
  if (derived.rule[edge] === 'overwritten') return `${read} after ${before}, so that had been overwritten: ${after}`;
  if (rows.readFrom[derived.read[edge]] === INITIAL) return `${read}, the initial value, so this came later: ${after}`;
  return `${read}, so what overwrote that came later: ${after}`;
}
