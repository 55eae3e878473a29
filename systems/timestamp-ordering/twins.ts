/** Timestamp ordering with one rule left out. */
import type { Disk } from '../node.ts';
import { twin } from '../twin.ts';
import { type TimestampOrdering, timestampOrdering } from './sound.ts';

/** A disk that keeps nothing. */
const NO_DISK: Disk = { read: async () => undefined, write: async () => undefined };

export const brokenOrderings: readonly TimestampOrdering[] = [
  twin(
    timestampOrdering,
    {
      name: 'timestamp-ordering/no-thomas-rule',
      flaw: { says: 'a late write overwrites a later one', anomaly: 'G2-item', at: 'isObsolete: () => false' },
    },
    { isObsolete: () => false },
  ),
  twin(
    timestampOrdering,
    {
      name: 'timestamp-ordering/reads-not-stamped',
      flaw: {
        says: 'no record is kept of who has read, so a late write slips in beneath a read',
        anomaly: 'lost-update',
        at: 'stampRead: async () => undefined',
      },
    },
    { stampRead: async () => undefined },
  ),
  twin(
    timestampOrdering,
    {
      name: 'timestamp-ordering/reads-forgotten',
      flaw: {
        says: 'a shard that has started again has forgotten who has read, so a late write slips in beneath a read',
        anomaly: 'lost-update',
        at: 'openReads({ disk: NO_DISK }, clock)',
      },
    },
    { openReads: (_, clock) => timestampOrdering.steps.openReads({ disk: NO_DISK }, clock) },
  ),
];
