/**
 * How each model of transactions is decided once the dependencies
 * are known: which edges count, and which cycles must not exist.
 */
import { ALL_DATA, DEPENDENCIES, REAL_TIME, SESSIONS, WRITES } from './views.ts';

/**
 * `whole`: no cycle of the edges of `kinds`. `snapshot` and `prefix`: no cycle over starts and commits. `single`: no
 * cycle with at most one anti-dependency. `weak`: an axiom on which writes a read must not miss (see `visibility.ts`).
 */
export type ModelTest =
  | { readonly by: 'whole'; readonly kinds: number }
  | { readonly by: 'snapshot' | 'prefix' | 'single'; readonly time: number }
  | { readonly by: 'weak'; readonly sees: VisibilityRule; readonly time: number };

/**
 * What counts as seen by a transaction, whose writes it must not miss: what it has
 * read from before, what it depends on directly, or in any number of steps.
 */
export type VisibilityRule = 'read-before' | 'direct' | 'causal';

/** The test of each model of transactions. */
export const modelTests: Readonly<Record<string, ModelTest>> = {
  'read-uncommitted': { by: 'whole', kinds: WRITES },
  'strong-session-read-uncommitted': { by: 'whole', kinds: WRITES | SESSIONS },
  'strong-read-uncommitted': { by: 'whole', kinds: WRITES | REAL_TIME },
  'read-committed': { by: 'whole', kinds: DEPENDENCIES },
  'strong-session-read-committed': { by: 'whole', kinds: DEPENDENCIES | SESSIONS },
  'strong-read-committed': { by: 'whole', kinds: DEPENDENCIES | REAL_TIME },
  'monotonic-atomic-view': { by: 'weak', sees: 'read-before', time: 0 },
  'strong-session-monotonic-atomic-view': { by: 'weak', sees: 'read-before', time: SESSIONS },
  'read-atomic': { by: 'weak', sees: 'direct', time: 0 },
  'strong-session-read-atomic': { by: 'weak', sees: 'direct', time: SESSIONS },
  'causal-cerone': { by: 'weak', sees: 'causal', time: 0 },
  causal: { by: 'weak', sees: 'causal', time: SESSIONS },
  'consistent-view': { by: 'single', time: 0 },
  'parallel-snapshot-isolation': { by: 'single', time: 0 },
  'strong-session-parallel-snapshot-isolation': { by: 'single', time: SESSIONS },
  prefix: { by: 'prefix', time: 0 },
  'strong-session-prefix': { by: 'prefix', time: SESSIONS },
  'snapshot-isolation': { by: 'snapshot', time: 0 },
  'strong-session-snapshot-isolation': { by: 'snapshot', time: SESSIONS },
  'strong-snapshot-isolation': { by: 'snapshot', time: REAL_TIME },
  'repeatable-read': { by: 'whole', kinds: ALL_DATA },
  serializable: { by: 'whole', kinds: ALL_DATA },
  'strong-session-serializable': { by: 'whole', kinds: ALL_DATA | SESSIONS },
  'strict-serializable': { by: 'whole', kinds: ALL_DATA | REAL_TIME },
};
