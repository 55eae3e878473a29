/** Every system that comes with splitbrain, by name. A new one is a file and a line here. */
import { noReplication } from './no-replication/no-replication.ts';
import { abd, noWriteBack } from './quorum/abd.ts';
import { singleCopy } from './single-copy/single-copy.ts';
import { syncSlide } from './sync-replication/slide.ts';
import { primaryBackups } from './sync-replication/sound.ts';
import type { System } from './system.ts';

export const systems: readonly System[] = [
  singleCopy,
  noReplication,
  syncSlide,
  ...primaryBackups,
  abd,
  noWriteBack,
] as unknown as readonly System[];
