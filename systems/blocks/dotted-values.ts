import type { NodeId } from '../node.ts';
import { type Context, type Dot, dotsOf, hasDot, NO_DOTS, withDots } from './dots.ts';
import type { Lattice } from './replicated-states.ts';

/**
 * Values, each with the dot of the event that put it there, and the dots
 * of all events that are known: what is known and not there was taken away.
 */
export interface Dotted<V> {
  readonly values: readonly (readonly [dot: Dot, value: V])[];
  readonly known: Context;
}

/**
 * The lattice of such values: no tombstone is ever needed. Of two states' values
 * stays what both have, and what one has and the other does not know yet.
 *
 * @see Bieniusa, Zawirski, Preguiça, Shapiro, Baquero, Balegas & Duarte,
 * "An Optimized Conflict-free Replicated Set", INRIA RR-8083, 2012.
 */
export function dottedValues<V>(): Lattice<Dotted<V>> {
  return {
    empty: { values: [], known: NO_DOTS },
    merge(ours, theirs) {
      const has = ({ values }: Dotted<V>, [node, count]: Dot) =>
        values.some(([dot]) => dot[0] === node && dot[1] === count);
      const mine = ours.values.filter(([dot]) => has(theirs, dot) || !hasDot(theirs.known, dot));
      const others = theirs.values.filter(([dot]) => !has(ours, dot) && !hasDot(ours.known, dot));
      return { values: [...mine, ...others], known: withDots(ours.known, theirs.known) };
    },
  };
}

/**
 * The delta that takes away the values that `takes` names and, where one is given, puts a new one there.
 * Either is the next event of this node: a removal has a dot too, so that states with equal dots are equal.
 */
export function replacement<V>(
  node: NodeId,
  { values, known }: Dotted<V>,
  takes: (value: V, dot: Dot) => boolean,
  put?: { readonly value: V },
): Dotted<V> {
  const taken = values.filter(([dot, value]) => takes(value, dot)).map(([dot]) => dot);
  const dot: Dot = [node, (known.seen[node] ?? 0) + 1];
  return { values: put ? [[dot, put.value]] : [], known: dotsOf([...taken, dot]) };
}
