import { aimedAtNodes } from './aimed.ts';
import { aim, isNoShare, problemsOfTargets } from './common.ts';
import { isNumber, isTargets, isWord } from './fields.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning, NamedFault } from './meaning.ts';

/**
 * With this chance a write is forgotten at the next crash though it was acknowledged
 * (lose), leaves an unreadable entry if a crash meets it half done (tear), is
 * unreadable (corrupt), is refused for want of space (full), fails (io-error), or takes long (slow).
 * Of databases it is the syncs that lie (lose), fail or take long. There power fails when a lie or a tear ends, so that
 * it comes out, and a disk that lies or is full is so for all.
 */
export interface DiskFault extends Interval {
  readonly kind: 'disk';
  readonly targets: Targets;
  readonly how: 'lose' | 'tear' | 'corrupt' | 'full' | 'slow' | 'io-error';
  readonly chance: number;
}

function bad(how: DiskFault['how'], says: string): NamedFault<DiskFault> {
  const draw: NamedFault<DiskFault>['draw'] = (draw, scene) => ({
    ...aimedAtNodes,
    kind: 'disk',
    targets: aim(draw, scene),
    how,
    chance: 0.2 + 0.6 * draw(),
  });
  return { says, draw };
}

/** Writes are lost, torn, unreadable, refused or late. */
export const disk: FaultMeaning<DiskFault> = {
  ...aimedAtNodes,
  kind: 'disk',
  drawnAs: 'disk',
  names: {
    lose: bad('lose', 'acknowledged writes that the next crash forgets'),
    tear: bad('tear', 'writes that a crash leaves half done'),
    corrupt: bad('corrupt', 'entries that cannot be read back'),
    full: bad('full', 'writes refused for want of space'),
    slow: bad('slow', 'writes that take long'),
    'io-error': { ...bad('io-error', 'writes that fail (of databases: syncs)'), onlyByName: true },
  },
  fields: { targets: isTargets, how: isWord, chance: isNumber },
  covers: () => ['disk'],
  problems: (fault) => [
    ...problemsOfTargets(fault),
    ...(Object.hasOwn(disk.names, fault.how) ? [] : [`a disk is bad by ${Object.keys(disk.names).join(', ')}`]),
    ...(isNoShare(fault.chance) || fault.chance === 0 ? ['its chance is not above 0 and up to 1'] : []),
  ],
  words: ({ how }, hit) => `disk of ${hit}: ${how}`,
  nodeWords: ({ how }) => `disk: ${how}`,
  hadEffect: (_, ended) => (ended.writes ?? 0) > 0,
  hindersNodes: true,
};
