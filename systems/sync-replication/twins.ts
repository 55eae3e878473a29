/** The primary-backup protocol with one step wrong. */
import { volatileMap } from '../blocks/durable-map.ts';
import { type Replaced, twin } from '../twin.ts';
import type { Steps } from './server.ts';
import { type PrimaryBackup, primaryBackup } from './sound.ts';

const broken = (
  name: string,
  replaced: Replaced<Steps>,
  says: string,
  at: string,
  anomaly = 'stale-read',
): PrimaryBackup =>
  twin(
    primaryBackup,
    { name: `sync-replication/${name}`, flaw: { says, anomaly, at, in: 'sync-replication/twins.ts' } },
    replaced,
  );

const { steps } = primaryBackup;
const always = () => true;

/** Whoever failed to form a view never misses the primary again. */
function givingUp(): Partial<Steps> {
  let gaveUp = false;
  return {
    async tryToForm() {
      const formed = await steps.tryToForm.call(this).catch(() => false);
      if (!formed) gaveUp = true;
      return formed;
    },
    missesPrimary(patienceMs) {
      return !gaveUp && steps.missesPrimary.call(this, patienceMs);
    },
  };
}

export const brokenBackups: readonly PrimaryBackup[] = [
  broken(
    'read-any-replica',
    {
      async read(key) {
        return this.entries.get(key)?.value ?? null;
      },
    },
    'every replica answers reads from its own copy',
    'return this.entries.get(key)?.value ?? null;',
  ),
  broken(
    'early-acknowledgement',
    { acknowledged: (copies) => Promise.any(copies) },
    'the primary acknowledges a write once it has it itself, before the last replica',
    'Promise.any(copies)',
  ),
  broken(
    'two-primaries',
    { confirmed: async () => undefined, isCurrent: always, isMajority: always },
    'each side of a partition has its own primary: neither majorities nor views are asked for',
    'confirmed: async () => undefined, isCurrent: always, isMajority: always',
  ),
  broken(
    'volatile',
    { openEntries: async () => volatileMap() },
    'a replica acknowledges what is in its memory alone',
    'openEntries: async () => volatileMap()',
  ),
  broken(
    'newest-by-length',
    { wins: (a, b) => a[1] > b[1] },
    'a new view takes over the longest log and not that of the newest view',
    'wins: (a, b) => a[1] > b[1]',
  ),
  broken(
    'no-new-election',
    givingUp,
    'who failed once to form a view never tries again',
    'if (!formed) gaveUp = true;',
    'no-recovery',
  ),
];
