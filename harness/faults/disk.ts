import { aim, aimedElsewhere, hitAndOthers, isNoShare, problemsOfTargets } from './common.ts';
import type { DiskFault } from './fault.ts';
import type { FaultMeaning, NamedFault } from './meaning.ts';

function bad(how: DiskFault['how'], says: string): NamedFault<DiskFault> {
  const draw: NamedFault<DiskFault>['draw'] = (draw, scene) => ({
    kind: 'disk',
    targets: aim(draw, scene),
    how,
    chance: 0.2 + 0.6 * draw(),
  });
  return { says, draw };
}

/** Writes are lost, torn, unreadable, refused or late. */
export const disk: FaultMeaning<DiskFault> = {
  kind: 'disk',
  drawnAs: 'disk',
  names: {
    lose: bad('lose', 'acknowledged writes that the next crash forgets'),
    tear: bad('tear', 'writes that a crash leaves half done'),
    corrupt: bad('corrupt', 'entries that cannot be read back'),
    full: bad('full', 'writes refused for want of space'),
    slow: bad('slow', 'writes that take long'),
  },
  covers: () => ['disk'],
  targets: ({ targets }) => targets,
  withoutNode: aimedElsewhere,
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: (fault) => [
    ...problemsOfTargets(fault),
    ...(isNoShare(fault.chance) || fault.chance === 0 ? ['its chance is not above 0 and up to 1'] : []),
  ],
  words: ({ how }, hit) => `disk of ${hit}: ${how}`,
  nodeWords: ({ how }) => `disk: ${how}`,
  *simpler() {},
  hadEffect: (_, ended) => (ended.writes ?? 0) > 0,
  hindersNodes: true,
  sides: (_, hit, nodes) => hitAndOthers(hit, nodes),
};
