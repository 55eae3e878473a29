/**
 * The path by which a transaction had seen another: each transaction
 * on it read from the one before, or came after it in its session.
 */
import type { InitialReadViolation } from './constraints.ts';
import { type CycleStep, compressed } from './cycles.ts';
import { type EdgeList, RW, SO, WR } from './edges.ts';
import { graphOf } from './graph.ts';
import type { VisibilityRule } from './model-conditions.ts';
import { Paths } from './paths.ts';
import { type Transactions, WRITE } from './transactions-of.ts';
import { SESSIONS } from './views.ts';

/** Returns the steps from one transaction to another that had seen it, in the sense of a weak model. */
export type VisibilityPath = (seen: number, reader: number) => readonly CycleStep[];

/**
 * The paths of a model with this rule of visibility, with or
 * without sessions. One search through the edges for each path.
 */
export function visibilityPaths(
  txns: Transactions,
  known: EdgeList,
  sees: VisibilityRule,
  time: number,
): VisibilityPath {
  return (seen, reader) => {
    const read = readStep(txns, seen, reader);
    if (read) return [read];
    const session: CycleStep = { from: seen, to: reader, kind: SO, seen: -1, made: -1 };
    return sees === 'causal' ? shortest(known, seen, reader, time) : [session];
  };
}

/** A transaction that saw another and yet read the initial version of a key that this one writes, as a cycle. */
export function initialReadSteps(
  { reader, seen, version }: InitialReadViolation,
  pathOf: VisibilityPath,
): readonly CycleStep[] {
  return [...pathOf(seen, reader), { from: reader, to: seen, kind: RW, seen: version, made: -1 }];
}

/** What `reader` read from `seen` itself. */
function readStep({ first, version, effect, writer }: Transactions, seen: number, reader: number): CycleStep | null {
  for (let place = first[reader]; place < first[reader + 1]; place++)
    if (effect[place] !== WRITE && version[place] >= 0 && writer[version[place]] === seen)
      return { from: seen, to: reader, kind: WR, seen: version[place], made: version[place] };
  return null;
}

/** A path with the fewest reads. */
function shortest(known: EdgeList, seen: number, reader: number, time: number): readonly CycleStep[] {
  const from = known.from.slice(0, known.length);
  for (let i = 0; i < known.length; i++) {
    const counts = known.kind[i] === WR || (known.kind[i] === SO && time === SESSIONS);
    if (!counts) from[i] = -1;
  }
  const graph = graphOf(known.nodes, known.length, from, known.to);
  const path = new Paths(graph, (edge) => known.kind[edge] === SO).path(seen, reader) ?? [];
  return compressed(
    path.map((edge) => ({
      from: known.from[edge],
      to: known.to[edge],
      kind: known.kind[edge],
      seen: known.seen[edge],
      made: known.made[edge],
    })),
  );
}
