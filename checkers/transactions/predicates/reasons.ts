/**
 * Which transactions a conclusion rests on: a dependency follows from what is ordered already, which follows from time
 * and earlier dependencies, and so on. Without these a counterexample would not stand alone.
 */

import type { Known, KnownEdge, Ordered } from './known.ts';
import type { Before } from './rules.ts';

/** The transactions behind some dependencies and some pairs of moments, with the dependencies' own. */
export type Reasons = (edges: readonly KnownEdge[], pairs: readonly Ordered[]) => readonly number[];

/** The moment before one on the way to it, and the dependency between them, if it is one. */
interface Came {
  readonly before: number;
  readonly edge?: KnownEdge;
}

/** The paths that show what is ordered. O(n^2) for each pair that is asked for. */
export function reasons({ edges, moments, reach }: Known, time: Before): Reasons {
  const count = moments.snapshot ? reach.count / 2 : reach.count;
  const out = new Map<number, KnownEdge[]>();
  for (const edge of edges) {
    const [leaves] = moments.ordered(edge);
    out.set(leaves, [...(out.get(leaves) ?? []), edge]);
  }

  /** The moments right after one: its transaction's commit, what began after that, and what depends on it. */
  function* after(at: number, known: number): Generator<{ readonly next: number; readonly edge?: KnownEdge }> {
    const txn = moments.of(at);
    const commit = moments.commit(txn);
    if (at !== commit) yield { next: commit };
    else for (let other = 0; other < count; other++) if (time(txn, other)) yield { next: moments.start(other) };
    for (const edge of out.get(at) ?? []) if (edge.known < known) yield { next: moments.ordered(edge)[1], edge };
  }

  /** How each moment up to the one that is looked for was first come to, by breadth. */
  function search(from: number, to: number, known: number): ReadonlyMap<number, Came> {
    const came = new Map<number, Came>([[from, { before: -1 }]]);
    for (const at of came.keys()) {
      if (came.has(to)) break;
      for (const { next, edge } of after(at, known))
        if (!came.has(next)) came.set(next, edge ? { before: at, edge } : { before: at });
    }
    return came;
  }

  /** A shortest path from one moment to another by what was known then: the transactions, and the dependencies. */
  function path(from: number, to: number, known: number): { readonly txns: number[]; readonly edges: KnownEdge[] } {
    const came = search(from, to, known);
    const found = { txns: [] as number[], edges: [] as KnownEdge[] };
    for (let at = to; at >= 0; at = came.get(at)?.before ?? -1) {
      found.txns.push(moments.of(at));
      const edge = came.get(at)?.edge;
      if (edge) found.edges.push(edge);
    }
    return found;
  }

  return (first, pairs) => {
    const txns = new Set<number>();
    const open = pairs.map((pair) => ({ pair, known: Number.POSITIVE_INFINITY }));
    const seen = new Set<KnownEdge>();
    const add = (edge: KnownEdge) => {
      if (seen.has(edge)) return;
      seen.add(edge);
      for (const txn of [edge.from, edge.to, edge.reader]) txns.add(txn);
      open.push(...edge.because.map((pair) => ({ pair, known: edge.known })));
    };
    for (const edge of first) add(edge);
    for (const { pair, known } of open) {
      const { txns: through, edges: by } = path(pair[0], pair[1], known);
      for (const txn of through) txns.add(txn);
      for (const edge of by) add(edge);
    }
    return [...txns];
  };
}
