/** Every system that comes with splitbrain, by name. A new one is a file and a line here. */

import { asyncSlide } from './async-replication/slide.ts';
import { logShippings } from './async-replication/sound.ts';
import { noReplication } from './no-replication/no-replication.ts';
import { abd, brokenRegisters } from './quorum/abd.ts';
import { quorumSlide } from './quorum/slide.ts';
import { singleCopy } from './single-copy/single-copy.ts';
import { syncSlide } from './sync-replication/slide.ts';
import { primaryBackups } from './sync-replication/sound.ts';
import type { System } from './system.ts';

export const systems: readonly System[] = [
  singleCopy,
  noReplication,
  syncSlide,
  ...primaryBackups,
  asyncSlide,
  ...logShippings,
  quorumSlide,
  abd,
  ...brokenRegisters,
] as unknown as readonly System[];
