/** What fences say on behalf of a node whose design is built on a library, and what other designs are told to ask. */
import { type Ambient, fillByChance, uuidByChance } from '../node/ambient.ts';
import type { Anything } from './platform.ts';

/** What the platform says on behalf of a node. */
export type Answer = (ambient: Ambient, args: readonly Anything[]) => unknown;

/** What a design asks in place of the platform's clocks. */
export const NOW = 'node.now() or node.elapsed()';

export const fill: Answer = ({ random }, [view]) => fillByChance(view, random);
export const uuid: Answer = ({ random }) => uuidByChance(random);
