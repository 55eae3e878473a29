/** The shortest cycle of known dependencies between transactions over rows, and what it is called. */

import type { Known, KnownEdge } from './known.ts';
import { isAnti } from './reach.ts';
import type { Before, RowRule } from './rules.ts';

/** A step of a cycle: a dependency, or the order of time. */
export type RowStep = KnownEdge | { readonly from: number; readonly to: number; readonly kind: 'time' };

/**
 * The shortest cycle through a dependency that contradicts the others; under snapshot isolation one in which no two
 * anti-dependencies follow each other. O(n^2) for each of these.
 */
export function rowCycle(count: number, known: Known, time: Before, rule: RowRule): RowStep[] | null {
  const out = Array.from({ length: count }, (): RowStep[] => []);
  for (const edge of [...known.edges, ...known.beside, ...known.closing]) out[edge.from]?.push(edge);
  const from = (txn: number): RowStep[] => [
    ...(out[txn] as RowStep[]),
    ...(rule.time === 'none'
      ? []
      : out.flatMap((_, to) => (time(txn, to) ? [{ from: txn, to, kind: 'time' } as const] : []))),
  ];
  let best: RowStep[] | null = null;
  for (const first of known.closing) {
    const found = closing(first, from, rule, best?.length ?? Number.POSITIVE_INFINITY);
    if (found) best = found;
  }
  return best;
}

/** The shortest cycle through an edge that is shorter than `limit`, by breadth. */
function closing(
  first: RowStep,
  out: (txn: number) => readonly RowStep[],
  { snapshot }: RowRule,
  limit: number,
): RowStep[] | null {
  // A place is a transaction, and whether an anti-dependency led to it.
  const place = (step: RowStep): number => 2 * step.to + (snapshot && isAnti(step.kind) ? 1 : 0);
  const came = new Map<number, RowStep[]>([[place(first), [first]]]);
  const queue = [first];
  for (const step of queue) {
    const path = came.get(place(step)) as RowStep[];
    if (path.length >= limit) return null;
    if (step.to === first.from && !(snapshot && isAnti(step.kind) && isAnti(first.kind))) return path;
    for (const next of out(step.to)) {
      if ((snapshot && isAnti(step.kind) && isAnti(next.kind)) || came.has(place(next))) continue;
      came.set(place(next), [...path, next]);
      queue.push(next);
    }
  }
  return null;
}

/** Adya's name of a cycle, with Elle's endings: `-item` without predicates, and what time it needs. */
export function rowCycleName(steps: readonly RowStep[], time: RowRule['time']): string {
  const has = (...kinds: readonly RowStep['kind'][]): number => steps.filter(({ kind }) => kinds.includes(kind)).length;
  const suffix = has('time') === 0 ? '' : time === 'real' ? '-realtime' : '-process';
  const anti = has('rw', 'rwp');
  if (anti === 0) return `${has('wr', 'wrp') > 0 ? 'G1c' : 'G0'}${suffix}`;
  const item = has('rwp') === 0 ? '-item' : '';
  if (anti === 1) return `G-single${item}${suffix}`;
  const adjacent = steps.some(
    (step, at) => isAnti(step.kind) && isAnti((steps[(at + 1) % steps.length] as RowStep).kind),
  );
  return `${adjacent ? 'G2' : 'G-nonadjacent'}${item}${suffix}`;
}
