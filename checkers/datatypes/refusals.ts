/**
 * Failures that are observations: a compare-and-set that found another value, a removal that found nothing, a lock
 * that was held, an element that was there or was not. Every other failure says only that the operation did not happen.
 */

/** What a failed operation observed. The `error` of such an operation is this word. */
export type Reason = 'mismatch' | 'empty' | 'held' | 'present' | 'absent';

/**
 * How formats spell them, besides the word itself: Knossos and Jepsen with keywords,
 * Maelstrom with error codes (20 key-does-not-exist, 22 precondition-failed)
 * and their names. In these an error may be a list that begins with its code.
 */
const SPELLINGS: Readonly<Record<Reason, readonly string[]>> = {
  mismatch: ['precondition-failed', 'key-does-not-exist', '22', '20'],
  empty: [],
  held: ['already-held'],
  present: [],
  absent: [],
};

/** Whether this error of a failed call says that it observed this reason. */
export function tells(error: string, reason: Reason): boolean {
  const word = codeOf(error);
  return word === reason || SPELLINGS[reason].includes(word);
}

/** The error's code: the first item where it is a list, without a keyword's colon. */
function codeOf(error: string): string {
  const first = /^\s*\[\s*"?:?([^",\]\s]+)/.exec(error)?.[1] ?? error;
  return first.replace(/^:/, '').toLowerCase();
}
