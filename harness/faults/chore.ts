import { isWord } from './fields.ts';
import type { Interval } from './interval.ts';
import type { FaultMeaning, NamedFault } from './meaning.ts';

/**
 * An operator does what the system calls by this name, such as
 * building its indexes anew, again and again until the fault ends.
 */
export interface ChoreFault extends Interval {
  readonly kind: 'chore';
  readonly chore: string;
}

/** One that some database of ours has; others are drawn by a module of the user's own. */
function named(chore: string, says: string): NamedFault<ChoreFault> {
  return { says, onlyByName: true, draw: () => ({ kind: 'chore', chore }) };
}

/**
 * An operator's task during the run. Which there are is the system's to say: databases have them, designs have none.
 */
export const chore: FaultMeaning<ChoreFault> = {
  kind: 'chore',
  drawnAs: 'chore',
  names: {
    reindex: named('reindex', 'an index is built anew while it is used (for databases)'),
    'cancel-waiting': named('cancel-waiting', 'commits that wait for a standby are cancelled (for databases)'),
  },
  fields: { chore: isWord },
  covers: () => ['chore'],
  targets: () => 'all',
  withoutNode: (fault) => fault,
  // What it meets by chance it must have time for.
  shortestMs: ({ shortestMs, durationMs }) => Math.max(shortestMs, durationMs * 0.6),
  problems: ({ chore }) => (chore === '' ? ['it names no chore'] : []),
  words: ({ chore }) => `chore ${chore}`,
  nodeWords: ({ chore }) => chore,
  *simpler() {},
  hadEffect: (_, ended) => (ended.done ?? 0) > 0,
  hindersNodes: false,
  sides: () => [],
};
