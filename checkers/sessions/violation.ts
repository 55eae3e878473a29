/**
 * Whether rows satisfy session guarantees or causal consistency, and if not, the links that show it.
 *
 * The patterns are those of Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency",
 * POPL 2017: a cycle of sessions and reads (CyclicCO), a read of the initial value with a write
 * in its past (WriteCOInitRead), a conflict against the causal order (WriteCORead) and a cycle
 * of conflicts (CyclicCF). They are complete for rows whose reads have one known writer.
 */

import { CAUSALITY, type Guarantees } from './columns.ts';
import { type Conflicts, conflictsOf, firstAgainstCausality } from './conflicts.ts';
import type { Speaker } from './counterexample.ts';
import { type PathStep, pathBelow, shortCycle } from './cycles.ts';
import { graphOf, isWhole, READ, type RowGraph, SESSION, topologicalOrder } from './graph.ts';
import type { Refutation, RowEdge } from './judge.ts';
import { canMerge } from './merge.ts';
import { causalReaders, type Readers, readersBySession } from './readers.ts';
import type { SessionRows } from './rows.ts';

/** One row before another: in the same session, because `to` read from `from`, or because of a conflict. */
export type Link =
  | { readonly by: 'session'; readonly from: number; readonly to: number }
  | { readonly by: 'read'; readonly from: number; readonly to: number }
  | {
      readonly by: 'conflict';
      readonly from: number;
      readonly to: number;
      /** The row that read what `to` wrote, and the key. */
      readonly reader: number;
      readonly key: number;
      /** How `from` is in the past of `reader`. */
      readonly path: readonly Link[];
    };

/** What breaks session guarantees or causal consistency, with the links that show it. */
export type SessionViolation =
  | { readonly kind: 'causality-cycle' | 'conflict-cycle'; readonly links: readonly Link[] }
  | { readonly kind: 'initial'; readonly reader: number; readonly key: number; readonly links: readonly Link[] };

const NO_CONFLICTS = { before: [], after: [] };

/**
 * What breaks the guarantees (with all four: causal convergence,
 * CCv), or null. Time O(n k) for k sessions, memory O(n).
 */
export function violationOf(rows: SessionRows, guarantees: Guarantees): SessionViolation | null {
  const readers = readersFor(rows, guarantees);
  if (readers === null) return { kind: 'causality-cycle', links: causalityCycle(rows) };
  const conflicts = conflictsOf(rows, readers, guarantees);
  if (conflicts.stale) return staleInitial(rows, guarantees, conflicts.stale);
  if (isWhole(guarantees) && canMerge(rows, conflicts)) return null;
  const graph = graphOf(rows, guarantees, conflicts);
  const order = topologicalOrder(graph);
  if (order.length === graph.length) return null;
  return { kind: 'conflict-cycle', links: linksOf(rows, guarantees, graph, conflicts, shortCycle(graph)) };
}

/**
 * The readers, or null where they form a cycle that the guarantees forbid. Only where writes
 * follow reads is the past of what was read in the past of the read: without that, two sessions
 * may each have read what the other wrote only later, and one what it wrote later itself.
 */
function readersFor(rows: SessionRows, guarantees: Guarantees): Readers | null {
  return guarantees.readWrite ? causalReaders(rows) : readersBySession(rows);
}

/**
 * An order of all rows that keeps sessions, reads and conflicts,
 * of rows that `violationOf` finds nothing in. As costly.
 */
export function convergentOrder(rows: SessionRows): Int32Array {
  const readers = causalReaders(rows);
  const conflicts = readers ? conflictsOf(rows, readers, CAUSALITY) : NO_CONFLICTS;
  return topologicalOrder(graphOf(rows, CAUSALITY, conflicts));
}

/**
 * What breaks plain causal consistency (CC), or null. As `violationOf`, and up to as much again where CCv is broken.
 */
export function plainViolationOf(rows: SessionRows): SessionViolation | null {
  const readers = causalReaders(rows);
  if (readers === null) return { kind: 'causality-cycle', links: causalityCycle(rows) };
  const conflicts = conflictsOf(rows, readers, CAUSALITY);
  if (conflicts.stale) return staleInitial(rows, CAUSALITY, conflicts.stale);
  if (canMerge(rows, conflicts)) return null;
  const graph = graphOf(rows, CAUSALITY, conflicts);
  const order = topologicalOrder(graph);
  if (order.length === graph.length) return null;
  const onCycles = new Uint8Array(graph.length).fill(1);
  for (const node of order) onCycles[node] = 0;
  const candidates = [...conflicts.before.keys()].filter(
    (c) => onCycles[conflicts.before[c]] === 1 && onCycles[conflicts.after[c]] === 1,
  );
  const c = firstAgainstCausality(rows, readers, conflicts, candidates);
  if (c < 0) return null;
  const [from, to] = [conflicts.before[c], conflicts.after[c]];
  const steps = [{ from, to, why: c }, ...pathBelow(graph, to, from, 0)];
  return { kind: 'conflict-cycle', links: linksOf(rows, CAUSALITY, graph, conflicts, steps) };
}

/** A short cycle of sessions and reads alone; the rows must have one. */
export function causalityCycle(rows: SessionRows): Link[] {
  const graph = graphOf(rows, CAUSALITY, NO_CONFLICTS);
  return linksOf(rows, CAUSALITY, graph, null, shortCycle(graph));
}

function staleInitial(
  rows: SessionRows,
  guarantees: Guarantees,
  stale: { readonly read: number; readonly write: number },
) {
  const graph = graphOf(rows, guarantees, NO_CONFLICTS);
  const reader = rowOfRead(rows, stale.read);
  const links = pathTo(rows, guarantees, graph, stale.write, reader);
  return { kind: 'initial' as const, reader, key: rows.readKey[stale.read], links };
}

/** The row whose read is in place `e` of `readFrom`. */
export function rowOfRead(rows: SessionRows, e: number): number {
  let low = 0;
  let high = rows.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rows.readAt[middle] <= e) low = middle;
    else high = middle;
  }
  return low;
}

function pathTo(rows: SessionRows, guarantees: Guarantees, graph: RowGraph, write: number, reader: number): Link[] {
  const target = isWhole(guarantees) ? reader : rows.length + reader;
  return linksOf(rows, guarantees, graph, null, pathBelow(graph, write, target, 0));
}

/**
 * The steps of a path or cycle of the graph in terms of rows. Without `conflicts` there must be none among the steps.
 */
function linksOf(
  rows: SessionRows,
  guarantees: Guarantees,
  graph: RowGraph,
  conflicts: Conflicts | null,
  steps: readonly PathStep[],
): Link[] {
  const links: Link[] = [];
  for (const step of steps) {
    const from = step.from % rows.length;
    const to = step.to % rows.length;
    if (step.why === READ) links.push({ by: 'read', from, to });
    else if (step.why === SESSION) pushSession(links, from, to);
    else if (conflicts) {
      const e = conflicts.because[step.why];
      const reader = rowOfRead(rows, e);
      const path = pathTo(rows, guarantees, graph, from, reader);
      links.push({ by: 'conflict', from, to, reader, key: rows.readKey[e], path });
    }
  }
  return links;
}

function pushSession(links: Link[], from: number, to: number): void {
  if (from === to) return;
  const last = links.at(-1);
  if (last?.by === 'session') links[links.length - 1] = { by: 'session', from: last.from, to };
  else links.push({ by: 'session', from, to });
}

/** The rows that a violation speaks of, ascending. */
function rowsOf(violation: SessionViolation): number[] {
  const rows = new Set<number>();
  const add = (links: readonly Link[]): void => {
    for (const link of links) {
      rows.add(link.from).add(link.to);
      if (link.by !== 'conflict') continue;
      rows.add(link.reader);
      add(link.path);
    }
  };
  add(violation.links);
  if (violation.kind === 'initial') rows.add(violation.reader);
  return [...rows].sort((a, b) => a - b);
}

/** The violation as a judgement, named and summed up by `describe`. */
export function refutationOf(
  violation: SessionViolation | null,
  describe: (violation: SessionViolation, say: Speaker) => { readonly name: string; readonly message: string },
): Refutation | null {
  if (violation === null) return null;
  const tell = (say: Speaker) => {
    const steps = narrate(violation.links, say);
    if (violation.kind === 'initial') {
      steps.push(initialReason(violation.reader, say));
    }
    return { ...describe(violation, say), steps, cycle: cycleOf(violation, say) };
  };
  return { rows: rowsOf(violation), tell };
}

/** The links of a path or a cycle, a sentence each, behind those that say how a write is in a read's past. */
function narrate(links: readonly Link[], say: Speaker): string[] {
  return links.flatMap((link) => [...(link.by === 'conflict' ? narrate(link.path, say) : []), reasonOf(link, say)]);
}

function reasonOf(link: Link, say: Speaker): string {
  if (link.by === 'session') return sessionReason(link, say);
  if (link.by === 'read') return readReason(link, say);
  return `${say(link.reader, 'read')} with another write of that key in its past, so that write came first: ${say(link.from, 'write')} before ${say(link.to, 'write')}`;
}

/** Why an operation comes before another one of its session, in words. */
export function sessionReason({ from, to }: Pick<Link, 'from' | 'to'>, say: Speaker): string {
  return `${say(to)} after, in the same session, ${say(from)}`;
}

/** Why a write comes before a read of what it wrote, in words. */
export function readReason({ from, to }: Pick<Link, 'from' | 'to'>, say: Speaker): string {
  return `${say(to, 'read')}: that is what ${say(from, 'write')}`;
}

/** The edges of the violation's cycle. A read of the initial value is before the write in its own past. */
function cycleOf(violation: SessionViolation, say: Speaker): RowEdge[] {
  const edges = violation.links.map((link): RowEdge => {
    const { from, to } = link;
    const why = reasonOf(link, say);
    if (link.by === 'session') return { from, to, kind: 'process', why };
    if (link.by === 'read') return { from, to, kind: 'wr', why };
    return { from, to, kind: 'ww', why, via: witnessesOf(link) };
  });
  return violation.kind === 'initial' ? [...edges, initialEdge(violation.reader, edges, say)] : edges;
}

/** From a read of the initial value back to the write that its path begins with. */
export function initialEdge(reader: number, path: readonly RowEdge[], say: Speaker): RowEdge {
  return { from: reader, to: path[0].from, kind: 'rw', why: initialReason(reader, say) };
}

function initialReason(reader: number, say: Speaker): string {
  return `${say(reader, 'read')}, as if no write of that key had been there`;
}

/**
 * The rows that only show the order of two writes: the read of the later one, and what put the earlier one in its past.
 */
function witnessesOf({ from, to, reader, path }: Link & { readonly by: 'conflict' }): number[] {
  const rows = new Set([reader, ...path.flatMap((link) => [link.from, link.to])]);
  rows.delete(from);
  rows.delete(to);
  return [...rows];
}
