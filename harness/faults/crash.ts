import { aim, aimedElsewhere, hitAndOthers, problemsOfTargets } from './common.ts';
import type { CrashFault } from './fault.ts';
import type { FaultMeaning } from './meaning.ts';

/** Nodes die at once, and start again when the fault ends. */
export const crash: FaultMeaning<CrashFault> = {
  kind: 'crash',
  drawnAs: 'down',
  happened: 'died',
  names: {
    crash: {
      says: 'nodes die and start again with their disks',
      draw: (draw, scene) => ({ kind: 'crash', targets: aim(draw, scene), disk: 'kept' }),
    },
    'crash-lost': {
      says: 'one node dies and starts again with an empty disk',
      draw: () => ({ kind: 'crash', targets: 'one', disk: 'lost' }),
    },
    'crash-all': {
      says: 'all nodes die and start again',
      draw: () => ({ kind: 'crash', targets: 'all', disk: 'kept' }),
    },
  },
  // A crash that takes the disk along is a crash and a disk fault.
  covers: ({ disk }) => (disk === 'lost' ? ['crash', 'disk'] : ['crash']),
  targets: ({ targets }) => targets,
  plainest: (node) => ({ kind: 'crash', targets: [node], disk: 'kept' }),
  withoutNode: aimedElsewhere,
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: problemsOfTargets,
  words: ({ disk }, hit) => `crash ${hit}${disk === 'lost' ? ', disk lost' : ''}`,
  nodeWords: ({ disk }) => (disk === 'lost' ? 'down, disk lost' : 'down'),
  *simpler() {},
  hadEffect: (begun) => (begun.hit ?? begun.pids ?? []).length > 0,
  hindersNodes: true,
  sides: (_, hit, nodes) => hitAndOthers(hit, nodes),
};
