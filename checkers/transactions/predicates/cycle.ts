/** The shortest cycle of known dependencies between transactions over rows, and what it is called. */

import type { KnownEdge } from './known.ts';
import type { Before } from './order.ts';
import type { RowRule } from './rules.ts';

/** A step of a cycle: a dependency, or the order of time. */
export type RowStep = KnownEdge | { readonly from: number; readonly to: number; readonly kind: 'time' };

const isAnti = ({ kind }: RowStep): boolean => kind === 'rw' || kind === 'rwp';

/** The shortest cycle; under snapshot isolation one in which no two anti-dependencies follow each other. O(n e). */
export function rowCycle(count: number, edges: readonly KnownEdge[], time: Before, rule: RowRule): RowStep[] | null {
  const out = Array.from({ length: count }, (): RowStep[] => []);
  for (const edge of edges) out[edge.from]?.push(edge);
  for (let from = 0; from < count; from++)
    for (let to = 0; to < count; to++) if (from !== to && time(from, to)) out[from]?.push({ from, to, kind: 'time' });
  let best: RowStep[] | null = null;
  for (const first of edges) {
    const found = closing(first, out, rule, best?.length ?? Number.POSITIVE_INFINITY);
    if (found) best = found;
  }
  return best;
}

/** The shortest cycle through an edge that is shorter than `limit`, by breadth. */
function closing(
  first: RowStep,
  out: readonly (readonly RowStep[])[],
  { snapshot }: RowRule,
  limit: number,
): RowStep[] | null {
  // A place is a transaction, and whether an anti-dependency led to it.
  const place = (step: RowStep): number => 2 * step.to + (snapshot && isAnti(step) ? 1 : 0);
  const came = new Map<number, RowStep[]>([[place(first), [first]]]);
  const queue = [first];
  for (const step of queue) {
    const path = came.get(place(step)) as RowStep[];
    if (path.length >= limit) return null;
    if (step.to === first.from && !(snapshot && isAnti(step) && isAnti(first))) return path;
    for (const next of out[step.to] ?? []) {
      if ((snapshot && isAnti(step) && isAnti(next)) || came.has(place(next))) continue;
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
  const adjacent = steps.some((step, at) => isAnti(step) && isAnti(steps[(at + 1) % steps.length] as RowStep));
  return `${adjacent ? 'G2' : 'G-nonadjacent'}${item}${suffix}`;
}
