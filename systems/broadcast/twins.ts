/** Broadcast with one step wrong. */
import { log } from '../blocks/log.ts';
import type { Node } from '../node.ts';
import { twin } from '../twin.ts';
import { type Broadcast, broadcast, type Steps } from './sound.ts';

const broken = (name: string, replaced: Partial<Steps>, says: string, at: string, anomaly = 'divergence'): Broadcast =>
  twin(broadcast, { name: `broadcast/${name}`, flaw: { says, anomaly, at } }, replaced);

/** A disk that keeps nothing. */
const forgetful: Node['disk'] = { read: async () => undefined, write: async () => undefined };

export const brokenBroadcasts: readonly Broadcast[] = [
  broken(
    'first-acknowledgement',
    {
      lacks(length) {
        const all = this.heard.length;
        return length < all && ![...this.told.values()].some((told) => told >= all);
      },
    },
    'gossip stops once one peer has acknowledged it',
    '[...this.told.values()].some((told) => told >= all)',
  ),
  broken('no-retry', { isTold: () => true }, 'a peer is told once, and never again', 'isTold: () => true'),
  broken(
    'volatile',
    { openLog: () => log(forgetful, 'heard') },
    'a node acknowledges what is in its memory alone',
    "openLog: () => log(forgetful, 'heard')",
    'lost',
  ),
];
