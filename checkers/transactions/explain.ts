/**
 * Cycles in words: a sentence for each step, with what was read and written, and the operations that prove it.
 * Those operations stand alone: a history of only them, with what they read from others left out, has the same anomaly.
 */
import type { Anomaly, CycleEdge } from '../checker.ts';
import { INFO } from '../history.ts';
import type { Cycle } from './classify.ts';
import type { CycleStep } from './cycles.ts';
import { EDGE_KINDS, SEEN } from './edges.ts';
import type { Evidence } from './evidence.ts';
import { reasonOf, wroteText } from './reasons.ts';
import { straightened } from './shorten.ts';
import { show, type TransactionFinding, type Transactions } from './transactions-of.ts';
import type { VisibilityPath } from './visibility-paths.ts';

/** What explanations are drawn from. */
export interface ExplanationContext {
  readonly txns: Transactions;
  readonly evidence: Evidence;
  /** For registers anything, for lists null. */
  readonly registers: unknown;
}

const meanings: readonly (readonly [string, string])[] = [
  ['G0', 'each overwrites what the one before wrote'],
  ['G1c', 'circular information flow'],
  ['G-single', 'a transaction sees one write of another and misses a second'],
  ['G-nonadjacent', "transactions miss one another's writes without having been concurrent"],
  ['G2', 'each of these transactions misses what the next wrote'],
  ['non-monotonic-view', 'a transaction reads from another and then misses what else that one wrote'],
  ['fractured-read', 'a transaction sees another and misses what else that one wrote'],
  ['causality-violation', 'a transaction misses what happened before it'],
];

/** A step with the operations that witness it and the sentences about it. */
interface Edge {
  readonly step: CycleStep;
  readonly via: number[];
  readonly says: string[];
}

/**
 * A cycle as an anomaly; `rowOf` maps the cycle's nodes to rows of
 * the history, `pathOf` returns how a third transaction had seen one.
 */
export function explainCycle(
  told: ExplanationContext,
  cycle: Cycle,
  rowOf: (node: number) => number,
  pathOf: VisibilityPath | null,
): Anomaly {
  const { txns, evidence } = told;
  const { start } = txns.history.columns;
  const lists = told.registers === null;
  const found = cycle.steps.map((step) => ({ ...step, from: rowOf(step.from), to: rowOf(step.to) }));
  const steps = evidence.shortened(straightened(txns, found));
  const places = new Map(steps.map(({ from }, at) => [from, at + 1]));
  const nameOf = (row: number): string => (places.has(row) ? `T${places.get(row)}` : `operation ${start[row]}`);
  const edges = witnessed(told, steps, nameOf, pathOf);
  const why = ({ step, says }: Edge): string =>
    [`${nameOf(step.from)} is before ${nameOf(step.to)}: ${reasonOf(txns, step, lists, nameOf)}`, ...says].join('; ');
  const who = [...places].map(([row, place]) => `T${place} is operation ${start[row]}`).join(', ');
  const meaning = meanings.find(([prefix]) => cycle.name.startsWith(prefix))?.[1] ?? 'each is before the next';
  const all = new Set([...places.keys(), ...edges.flatMap(({ via }) => via)]);
  return {
    name: cycle.name,
    message: `${places.size} transactions form a cycle: ${meaning} (${who})`,
    steps: [...edges.map(why), `so ${nameOf(steps[0].from)} would precede itself`],
    operations: [...all].map((row) => start[row]),
    cycle: edges.map((edge) => edgeOf(txns, edge, why(edge))),
  };
}

function edgeOf(txns: Transactions, { step, via }: Edge, why: string): CycleEdge {
  const { start } = txns.history.columns;
  const witnesses = [...new Set(via)].filter((row) => row !== step.from && row !== step.to);
  return {
    from: start[step.from],
    to: start[step.to],
    kind: EDGE_KINDS[step.kind],
    ...(step.seen >= 0 ? { key: show(txns.keys[txns.versionKey[step.seen]]) } : {}),
    why,
    ...(witnesses.length > 0 ? { via: witnesses.map((row) => start[row]) } : {}),
  };
}

/** The steps with the operations that show them. */
function witnessed(
  told: ExplanationContext,
  steps: readonly CycleStep[],
  nameOf: (row: number) => string,
  pathOf: VisibilityPath | null,
): Edge[] {
  const { txns, evidence } = told;
  const named = new Set(steps.map(({ from }) => from));
  const name = (rows: Iterable<number>): void => {
    for (const row of rows) named.add(row);
  };
  const edges = steps.map((step): Edge => {
    const heard = step.kind === SEEN && pathOf ? pathOf(step.from, step.made) : [];
    const shown = evidence.of(step, named);
    const via = step.kind === SEEN ? [...heard.slice(1).map(({ from }) => from), step.made] : [...shown.rows];
    name(via);
    const way = heard.map((hop) => reasonOf(txns, hop, told.registers === null, nameOf));
    return { step, via, says: [...way, ...shown.says] };
  });
  // Only a reader shows that a transaction without a completion happened.
  for (const row of named) {
    if (txns.history.columns.type[row] !== INFO) continue;
    const reader = evidence.readerOf(row, named);
    if (reader < 0 || named.has(reader)) continue;
    const edge = edges.find(({ step, via }) => step.from === row || via.includes(row)) ?? edges[0];
    edge.via.push(reader);
    edge.says.push(`${nameOf(row)} was never answered, and ${nameOf(reader)} read what it wrote`);
    name([reader]);
  }
  return edges;
}

/** A finding as an anomaly, with the operations that wrote what it is about. */
export function explainFinding({ txns, registers }: ExplanationContext, finding: TransactionFinding): Anomaly {
  const { start } = txns.history.columns;
  const { name, message, steps, rows, about = [], cycle } = finding;
  const authors = [...new Set(about)].filter((version) => version >= 0 && txns.writer[version] >= 0);
  const more = authors.filter((version) => !rows.includes(txns.writer[version]));
  const says = more.map(
    (version) => `operation ${start[txns.writer[version]]} ${wroteText(txns, version, registers === null)}`,
  );
  return {
    name,
    message,
    steps: [...says, ...steps],
    operations: [...new Set([...more.map((version) => txns.writer[version]), ...rows])].map((row) => start[row]),
    ...(cycle
      ? {
          cycle: cycle.map((edge) => ({
            ...edge,
            from: start[edge.from],
            to: start[edge.to],
            via: edge.via.map((row) => start[row]),
          })),
        }
      : {}),
  };
}
