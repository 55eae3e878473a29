/** Timestamp ordering with one rule left out. */
import { twin } from '../twin.ts';
import { type TimestampOrdering, timestampOrdering } from './sound.ts';

export const brokenOrderings: readonly TimestampOrdering[] = [
  twin(
    timestampOrdering,
    {
      name: 'timestamp-ordering/no-thomas-rule',
      flaw: { says: 'a late write overwrites a later one', anomaly: 'G2-item' },
    },
    { isObsolete: () => false },
  ),
  twin(
    timestampOrdering,
    {
      name: 'timestamp-ordering/reads-not-stamped',
      flaw: { says: 'nobody knows who has read, so a late write slips in beneath a read', anomaly: 'lost-update' },
    },
    { stampRead: async () => undefined },
  ),
];
