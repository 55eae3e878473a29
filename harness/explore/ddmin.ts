/**
 * The smallest part of a list that still fails, by leaving out ever smaller pieces.
 *
 * @see Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002. The answer is
 * 1-minimal: leaving out any one more entry passes. Cost: about n log n tests where few entries matter, n² at worst.
 */
export function ddmin<T>(items: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  if (items.length === 0 || fails([])) return [];
  let kept = items;
  let pieces = 2;
  while (kept.length > 1) {
    const smaller = withoutOnePiece(kept, pieces, fails);
    if (smaller) {
      kept = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (pieces >= kept.length) break;
    else pieces = Math.min(kept.length, pieces * 2);
  }
  return kept;
}

function withoutOnePiece<T>(
  items: readonly T[],
  pieces: number,
  fails: (part: readonly T[]) => boolean,
): readonly T[] | undefined {
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * items.length) / pieces);
    const to = Math.floor(((piece + 1) * items.length) / pieces);
    const rest = [...items.slice(0, from), ...items.slice(to)];
    if (rest.length < items.length && rest.length > 0 && fails(rest)) return rest;
  }
  return undefined;
}
