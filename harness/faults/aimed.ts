import { type Aimed, aimedElsewhere, hitAndOthers, problemsOfTargets } from './common.ts';
import { isTargets } from './fields.ts';
import type { FaultMeaning } from './meaning.ts';

type Shared = 'fields' | 'targets' | 'withoutNode' | 'shortestMs' | 'problems' | 'simpler' | 'sides';

/**
 * What most kinds of fault that are aimed at nodes have in common, to be spread into their meanings: `targets` are
 * nodes or a role, the fault lasts as long as any, nothing about it is simpler, and it divides nodes into hit and
 * others. A kind with further fields adds them to `fields`.
 */
export const aimedAtNodes = {
  fields: { targets: isTargets },
  targets: ({ targets }) => targets,
  withoutNode: aimedElsewhere,
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: problemsOfTargets,
  *simpler() {},
  sides: (_, hit, nodes) => hitAndOthers(hit, nodes),
} satisfies Pick<FaultMeaning<Aimed>, Shared>;
