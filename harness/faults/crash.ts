import { aimedAtNodes } from './aimed.ts';
import { aim } from './common.ts';
import { isTargets, isWord } from './fields.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning } from './meaning.ts';

/**
 * The targets die at once and start again when the fault ends: with the disk they had, an empty
 * one, or one that has only what had been synced to its device, as after a power failure.
 */
export interface CrashFault extends Interval {
  readonly kind: 'crash';
  readonly targets: Targets;
  readonly disk: 'kept' | 'lost' | 'synced';
}

const LEFT = { kept: '', lost: ', disk lost', synced: ', power lost' };

/** Nodes die at once, and start again when the fault ends. */
export const crash: FaultMeaning<CrashFault> = {
  ...aimedAtNodes,
  kind: 'crash',
  drawnAs: 'down',
  happened: 'died',
  names: {
    crash: {
      says: 'nodes crash and restart with their disks',
      draw: (draw, scene) => ({ kind: 'crash', targets: aim(draw, scene), disk: 'kept' }),
    },
    'crash-lost': {
      says: 'one node dies and starts again with an empty disk',
      draw: () => ({ kind: 'crash', targets: 'one', disk: 'lost' }),
    },
    'crash-all': {
      says: 'all nodes crash and restart',
      draw: () => ({ kind: 'crash', targets: 'all', disk: 'kept' }),
    },
    'power-all': {
      says: 'power fails on all nodes at once: what was not synced is lost (for databases)',
      onlyByName: true,
      draw: () => ({ kind: 'crash', targets: 'all', disk: 'synced' }),
    },
    'power-one': {
      says: 'power fails on one node: what was not synced is lost (for databases)',
      onlyByName: true,
      draw: () => ({ kind: 'crash', targets: 'one', disk: 'synced' }),
    },
  },
  fields: { targets: isTargets, disk: isWord },
  // A crash that takes the disk along is a crash and a disk fault.
  covers: ({ disk }) => (disk === 'kept' ? ['crash'] : ['crash', 'disk']),
  plainest: (node) => ({ kind: 'crash', targets: [node], disk: 'kept' }),
  words: ({ disk }, hit) => `crash ${hit}${LEFT[disk]}`,
  nodeWords: ({ disk }) => `down${LEFT[disk]}`,
  hadEffect: (begun) => (begun.hit ?? begun.pids ?? []).length > 0,
  hindersNodes: true,
  takesNodes: true,
};
