/** The partitioned log with one step wrong. */
import { type Replaced, type Twin, twin } from '../twin.ts';
import type { Steps } from './broker.ts';
import { type Log, partitionedLog } from './sound.ts';

const broken = (name: string, replaced: Replaced<Steps>, flaw: Twin['flaw']): Log =>
  twin(partitionedLog, { name: `log/${name}`, flaw }, replaced);

/** A leader knows what it has taken itself since it leads, and not what is in its log. */
function ownTable(): Partial<Steps> {
  const taken = new WeakMap<object, Map<string, number>>();
  return {
    async take(partition, leadership, message) {
      const table = taken.get(leadership) ?? new Map<string, number>();
      taken.set(leadership, table);
      const still = () => this.leadership(partition) === leadership;
      const place = await partition.append(message, still, (id) => table.get(id));
      table.set(message.id, place);
      return place;
    },
  };
}

export const brokenLogs: readonly Log[] = [
  broken(
    'unclean-election',
    { mayLead: () => true },
    {
      says: 'a replica that is not in sync may lead, and the others cut their logs down to its',
      anomaly: 'inconsistent-offsets',
      at: 'mayLead: () => true',
    },
  ),
  broken('table-lost', ownTable, {
    says: 'a new leader does not know what the last one has taken, and takes it again',
    anomaly: 'duplicate',
    at: 'partition.append(message, still, (id) => table.get(id))',
  }),
  broken(
    'early-acknowledgement',
    { whenSafe: () => undefined, shown: (partition) => partition.length },
    {
      says: 'a message is acknowledged, and polled, once the leader has it',
      anomaly: 'inconsistent-offsets',
      at: 'whenSafe: () => undefined, shown: (partition) => partition.length',
    },
  ),
];
