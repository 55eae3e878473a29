/**
 * Which transactions a conclusion rests on: a dependency follows from what is ordered already, which follows from time
 * and earlier dependencies, and so on. Without these a counterexample would not stand alone.
 */
import type { Known, KnownEdge, Ordered } from './known.ts';
import type { Before } from './order.ts';

/** The transactions behind some dependencies and some pairs of moments, with the dependencies' own. */
export type Reasons = (edges: readonly KnownEdge[], pairs: readonly Ordered[]) => readonly number[];

/** The paths that show what is ordered. O(n^2) for each pair that is asked for. */
export function reasons({ edges, moments, reach }: Known, time: Before): Reasons {
  const count = moments.snapshot ? reach.count / 2 : reach.count;
  const out = new Map<number, KnownEdge[]>();
  const leaves = ({ kind, from }: KnownEdge) => (isAnti(kind) ? moments.start(from) : moments.commit(from));
  for (const edge of edges) out.set(leaves(edge), [...(out.get(leaves(edge)) ?? []), edge]);

  /** A shortest path from one moment to another by what was known then: the transactions, and the dependencies. */
  function path(from: number, to: number, known: number): { readonly txns: number[]; readonly edges: KnownEdge[] } {
    const came = new Map<number, { readonly before: number; readonly edge?: KnownEdge }>([[from, { before: -1 }]]);
    for (const at of came.keys()) {
      if (at === to) break;
      const txn = moments.of(at);
      const go = (next: number, edge?: KnownEdge) => {
        if (!came.has(next)) came.set(next, edge ? { before: at, edge } : { before: at });
      };
      if (at !== moments.commit(txn)) go(moments.commit(txn));
      if (at === moments.commit(txn))
        for (let other = 0; other < count; other++) if (other !== txn && time(txn, other)) go(moments.start(other));
      for (const edge of out.get(at) ?? [])
        if (edge.known < known) go(isAnti(edge.kind) ? moments.commit(edge.to) : moments.start(edge.to), edge);
    }
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

const isAnti = (kind: KnownEdge['kind']): boolean => kind === 'rw' || kind === 'rwp';
