import type { ChoreFault } from './fault.ts';
import type { FaultMeaning } from './meaning.ts';

/**
 * An operator's task during the run. Which there are is the system's to say: databases have them, designs have none.
 */
export const chore: FaultMeaning<ChoreFault> = {
  kind: 'chore',
  drawnAs: 'chore',
  names: {},
  covers: () => ['chore'],
  targets: () => 'all',
  withoutNode: (fault) => fault,
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: ({ chore }) => (chore === '' ? ['it names no chore'] : []),
  words: ({ chore }) => `chore ${chore}`,
  nodeWords: ({ chore }) => chore,
  *simpler() {},
  hadEffect: (_, ended) => (ended.done ?? 0) > 0,
  hindersNodes: false,
  sides: () => [],
};
