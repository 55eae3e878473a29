/** The caches with one step wrong. */
import { majority } from '../blocks/majority.ts';
import { type Twin, twin } from '../twin.ts';
import { type LeasedCache, type Steps as LeasedSteps, leasedCache } from './lease.ts';
import {
  type Entry,
  NOTHING,
  PATIENCE_MS,
  type ReplicatedCache,
  type Steps as ReplicatedSteps,
  replicatedCache,
} from './sound.ts';

const replicated = (name: string, replaced: Partial<ReplicatedSteps>, flaw: Twin['flaw']): ReplicatedCache =>
  twin(replicatedCache, { name: `cache/${name}`, flaw }, replaced);

const { steps } = replicatedCache;

/** An entry with the wall clock of the node that set it. */
type Dated = Entry & { readonly setAt: number };

export const brokenReplicatedCaches: readonly ReplicatedCache[] = [
  replicated(
    'slow-set-wins',
    { kept: (entry) => entry },
    {
      says: 'a node keeps what comes last, so a slow set brings back what was replaced or invalidated',
      anomaly: 'stale-read',
      at: 'kept: (entry) => entry',
    },
  ),
  replicated(
    'no-tombstone',
    { kept: (entry, held) => (entry.value === null ? NOTHING : steps.kept(entry, held)) },
    {
      says: 'an invalidation leaves nothing behind, so a node that missed it brings the value back',
      anomaly: 'stale-read',
      at: 'entry.value === null ? NOTHING',
    },
  ),
  replicated(
    'partial-invalidation',
    {
      spread(message) {
        if (message.entry.value !== null) return steps.spread.call(this, message);
        return majority(this.node, 'store', message, () => this.store(message), 1, PATIENCE_MS);
      },
    },
    {
      says: 'an invalidation is acknowledged once one node has it',
      anomaly: 'stale-read',
      at: 'this.store(message), 1, PATIENCE_MS',
    },
  ),
  replicated(
    'expiry-by-wall-clock',
    {
      next(answers, value, ttlMs): Dated {
        return { ...steps.next.call(this, answers, value, ttlMs), setAt: this.node.now() };
      },
      isAlive(entry) {
        return entry.ttlMs === undefined || this.node.now() - (entry as Dated).setAt <= entry.ttlMs;
      },
    },
    {
      says: 'an age is the difference of two wall clocks, one of which may be behind',
      anomaly: 'expired-read',
      at: 'this.node.now() - (entry as Dated).setAt <= entry.ttlMs',
    },
  ),
  replicated(
    'no-allowance-for-drift',
    { atMostMs: (ms) => ms },
    {
      says: 'an age is taken for exact, though the clock that tells it may run slow',
      anomaly: 'expired-read',
      at: 'atMostMs: (ms) => ms',
    },
  ),
];

const leased = (name: string, replaced: Partial<LeasedSteps>, flaw: Twin['flaw']): LeasedCache =>
  twin(leasedCache, { name: `cache/${name}`, flaw }, replaced);

const { cache, filled } = leasedCache.steps;

export const brokenLeasedCaches: readonly LeasedCache[] = [
  leased(
    'fill-without-lease',
    {
      cache: {
        ...cache,
        fill(message) {
          this.put(message, this.leases.get(message.key)?.sinceMs ?? this.node.elapsed());
          return true;
        },
      },
    },
    {
      says: 'a slow read fills the cache with what it loaded before the key was invalidated',
      anomaly: 'stale-read',
      at: 'this.put(message, this.leases.get(message.key)?.sinceMs ?? this.node.elapsed());',
    },
  ),
  leased(
    'answers-without-lease',
    {
      filled(message) {
        return filled.call(this, message).then(() => true);
      },
    },
    {
      says: 'a read answers what it loaded though its lease was gone, and another fills in what was there before',
      anomaly: 'stale-read',
      at: 'filled.call(this, message).then(() => true)',
    },
  ),
  leased(
    'invalidates-first',
    {
      async write(message) {
        const row = this.rowOf(message);
        await this.invalidate(message.key);
        await this.rows.update(message.key, () => row);
        return true;
      },
    },
    {
      says: 'the cache is invalidated before the database is written, and filled with the old value in between',
      anomaly: 'stale-read',
      at: 'await this.invalidate(message.key);',
      in: 'cache/twins.ts',
    },
  ),
];
