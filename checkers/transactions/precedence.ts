/**
 * Which versions came before which, if each key is linearizable: all of whose operations one had ended before some
 * operation on the other began. One operation of each is enough, so a version that is read again and again spans all
 * the time between, and two such versions may each precede the other: that is a contradiction, which must be kept.
 */

/** When the first operation on a version ended, and when the last one on it began. */
export interface Span {
  readonly version: number;
  readonly ended: number;
  readonly begun: number;
}

/**
 * Pairs of different versions of which the first precedes the second, so few that no other can be left out cheaply, and
 * so many that all others follow from them: their transitive closure is that of all pairs (first.ended < second.begun).
 *
 * A pair is left out where it follows from a version `next` in between that ended later
 * than the first: what follows from it was, by induction from the last end on, kept or
 * follows in turn. Without "later", two versions could each rely on the other for a pair.
 *
 * O(n log n + pairs); a version has about as many pairs as there are versions in use at the same time.
 */
export function precedence<S extends Span>(spans: readonly S[]): [before: S, after: S][] {
  const byEnd = [...spans].sort((a, b) => a.ended - b.ended);
  const byBegin = [...spans].sort((a, b) => a.begun - b.begun);
  const pairs: [S, S][] = [];
  byEnd.forEach((span, at) => {
    const next = nextAfter(byEnd, at);
    const limit = next?.ended ?? Number.POSITIVE_INFINITY;
    for (let i = firstBegunAfter(byBegin, span.ended); i < byBegin.length && byBegin[i].begun <= limit; i++)
      if (byBegin[i] !== span) pairs.push([span, byBegin[i]]);
    if (next && next.begun > limit) pairs.push([span, next]);
  });
  return pairs;
}

/** The first of those that ended after the one at `at` that it precedes. */
function nextAfter<S extends Span>(byEnd: readonly S[], at: number): S | undefined {
  for (let i = at + 1; i < byEnd.length; i++) if (byEnd[i].begun > byEnd[at].ended) return byEnd[i];
  return undefined;
}

function firstBegunAfter(byBegin: readonly Span[], moment: number): number {
  let low = 0;
  let high = byBegin.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byBegin[middle].begun > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
