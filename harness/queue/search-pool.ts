/** A search on a queue: batches of seeds, and findings to be shrunk, which come before further batches. */
import { createHash } from 'node:crypto';
import type { Searching } from '../explore/journal.ts';
import type { SearchPool } from '../explore/search.ts';
import type { Order } from '../explore/tasks.ts';
import { moduleHash } from '../setting/module-path.ts';
import { isOwnModule } from '../setting/own-module.ts';
import type { Broker } from './broker.ts';
import { QueuePool } from './queue-pool.ts';

/** What a search's workers must know, beside their orders: hashes of modules of the user's own. */
export interface SharedSearch {
  readonly kind: 'explore';
  readonly modules: Readonly<Record<string, string>>;
}

/** So many batches are out at once. */
const WIDTH = 32;

/** Has a search's batches made by workers. The same search has the same name: one that is resumed finds its results. */
export function searchPool(broker: Broker, searching: Searching): SearchPool {
  const named = searching.subjects.flatMap(({ system, workload }) => [system, workload]).filter(isOwnModule);
  const modules = Object.fromEntries([...new Set(named)].map((says) => [says, moduleHash(says)]));
  const shared: SharedSearch = { kind: 'explore', modules };
  const work = `explore-${hashOf([searching, modules])}`;
  const pool = new QueuePool<Order, Awaited<ReturnType<SearchPool['make']>>, never>({
    ...{ broker, work, shared, width: WIDTH, nameOf: hashOf },
  });
  return {
    width: pool.width,
    make: (order, told) => pool.make(order, told as (found: never) => void, 'shrink' in order ? 1 : 2),
    close: () => pool.close(),
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);
}
