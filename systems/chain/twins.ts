/** Chains with one step wrong. */
import { twin } from '../twin.ts';
import { anyMember, type Chain, chain } from './chain.ts';
import type { Steps } from './member.ts';

const broken = (name: string, replaced: Partial<Steps>, says: string, at: string): Chain =>
  twin(chain, { name: `chain/${name}`, flaw: { says, anomaly: 'stale-read', at } }, replaced);

const always = () => true;

export const brokenChains: readonly Chain[] = [
  broken(
    'middle-reads',
    {
      ...anyMember,
      async read(key) {
        return this.latest(key, this.stable).value;
      },
    },
    'every node answers reads with what it knows to be acknowledged',
    'return this.latest(key, this.stable).value;',
  ),
  broken(
    'dirty-reads',
    { ...anyMember },
    'every node answers reads with what it has, acknowledged or not',
    '{ ...anyMember }',
  ),
  broken(
    'no-resend',
    {
      goBack: () => undefined,
      /** Whatever comes is put at the end. */
      async agree({ entries, from }) {
        for (const [i, entry] of entries.entries()) if (from + i >= this.log.length) await this.log.append(entry);
        this.synced = true;
        return from + entries.length;
      },
    },
    'a node with a new successor sends it what comes from now on, and not what the old one lost',
    'goBack: () => undefined',
  ),
  broken(
    'epochs-unchecked',
    { listensTo: always, confirm: async () => undefined },
    'nodes listen to every sender, and a tail reads without asking whether it still is one',
    'listensTo: always, confirm: async () => undefined',
  ),
  broken(
    'joins-too-early',
    { isUpToDate: always },
    'a new tail answers reads before it has what the others have',
    'isUpToDate: always',
  ),
];
