/**
 * From rows that break a model to few rows that break it, and from those to sentences.
 *
 * Rows may be left out, and the reads of what they wrote with them: what is left of a history that satisfies
 * a model satisfies it too, so whatever rows are left and still break the model prove that the history breaks it.
 */

import type { SessionRows } from './rows.ts';

/** How many rows may be looked at in all while shrinking; a longer counterexample is left as it is. */
const SHRINKING = 2_000_000;

/**
 * The rows of a counterexample from which none can be left out, ascending.
 * `breaks` must hold of `witness`. Where the budget ends first, more rows remain.
 */
export function shrink(witness: readonly number[], breaks: (some: readonly number[]) => boolean): number[] {
  let kept = [...witness];
  let budget = SHRINKING;
  const without = (from: number, size: number): boolean => {
    const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
    budget -= fewer.length + 1;
    if (fewer.length === 0 || !breaks(fewer)) return false;
    kept = fewer;
    return true;
  };
  for (let size = kept.length >> 1; size >= 1 && budget > 0; size >>= 1) {
    let again = true;
    while (again) {
      again = false;
      for (let from = kept.length - size; from >= 0 && budget > 0; from -= size) {
        if (without(from, size)) again = size === 1;
      }
    }
  }
  return kept;
}

/** What the row of a counterexample did, in words: all of it, or its read, or its write. */
export type Speaker = (row: number, as?: 'read' | 'write') => string;

/** What the reads among the rows returned; for counterexamples, which are small. */
export function readsOf(rows: SessionRows, say: Speaker): string[] {
  return [...rows.sessionOf.keys()]
    .filter((row) => rows.readAt[row + 1] > rows.readAt[row])
    .map((row) => say(row, 'read'));
}
