/**
 * The kinds of fault there are: a line each. One that a cluster has no injector for is refused before the run.
 */
import { chore } from './chore.ts';
import { clock } from './clock.ts';
import { crash } from './crash.ts';
import { disk } from './disk.ts';
import { link } from './link.ts';
import { membership } from './membership.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { services } from './services.ts';

export const kinds = { partition, link, crash, pause, clock, disk, membership, chore, services };
