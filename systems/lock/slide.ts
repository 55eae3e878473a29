/**
 * Slide 12, "Distributed Lock Implementation", line by line: the manager is the first node,
 * with its dict in memory as the slide has it and expiries on the wall clock; the others
 * pass on what they are asked. The slide leaves it to callers to name themselves: here the
 * node that is asked names its client. `acquire` with one resource, `refresh` is `renew`.
 *
 * The slide claims mutual exclusion, "deadlock detection and automatic lock release". But a holder
 * that is paused past its lease continues as though it held it, and nothing at the resource stops
 * it; a manager that starts again has forgotten who holds what; a clock that steps ends leases
 * early; and there is no deadlock detection: nobody waits, everybody is told to come again.
 */
import { atMostOnce } from '../blocks/at-most-once.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';
import { ALL, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, trustingResource } from './guarded.ts';

interface Lock {
  readonly owner: string;
  expiry: number;
}
type Request = { readonly resource: string; readonly owner: string; readonly timeout: number };

/** The slide's is a second, where leases last ten or thirty. */
const CLEANUP_MS = 50;

async function start(node: Node) {
  const [manager] = [node.id, ...node.peers].sort() as [NodeId];
  const once = await atMostOnce(node);
  const resource = await trustingResource(node, once);
  const locks: Record<string, Lock> = {};
  const withLock = exclusive();
  let owners = 0;

  const acquire = ({ resource, owner, timeout }: Request) =>
    withLock('the lock', async () => {
      // Check if resources are available
      const current = locks[resource];
      if (current && current.owner !== owner && node.now() < current.expiry) return false;
      // Acquire locks
      locks[resource] = { owner, expiry: node.now() + timeout };
      return true;
    });

  const release = ({ resource, owner }: Request) =>
    withLock('the lock', async () => {
      if (locks[resource] && locks[resource].owner !== owner) return false;
      delete locks[resource];
      return true;
    });

  const refresh = ({ resource, owner, timeout }: Request) =>
    withLock('the lock', async () => {
      const lock = locks[resource];
      if (!lock || lock.owner !== owner) return false;
      lock.expiry = node.now() + timeout;
      return true;
    });

  async function cleanUpExpiredLocks(): Promise<never> {
    for (;;) {
      await withLock('the lock', async () => {
        const currentTime = node.now();
        for (const [resource, lock] of Object.entries(locks)) if (currentTime > lock.expiry) delete locks[resource];
      });
      await node.sleep(CLEANUP_MS);
    }
  }

  once.on('acquire', acquire);
  once.on('release', release);
  once.on('refresh', refresh);
  void cleanUpExpiredLocks();

  async function ask(f: 'acquire' | 'release' | 'refresh', request: Request): Promise<void> {
    const own = { acquire, release, refresh }[f];
    const done = node.id === manager ? await own(request) : await once.call<boolean>(manager, f, request);
    if (!done) throw new Refused(`${f}: False`, { answer: true });
  }

  const ownerOf = (grant: Grant | null) => {
    if (!grant) throw new Refused('no lock was acquired', { answer: true });
    return grant.session;
  };

  return {
    state: locks,
    api: {
      async acquire({ ttlMs, grant }: Parameters<GuardedLocks['acquire']>[0], key = ''): Promise<Grant> {
        const owner = grant?.session ?? `${node.id}/${++owners}/${Math.floor(node.random() * 1e6)}`;
        await ask('acquire', { resource: key, owner, timeout: ttlMs });
        return { session: owner };
      },
      async renew({ ttlMs, grant }: Parameters<GuardedLocks['renew']>[0], key = ''): Promise<null> {
        await ask('refresh', { resource: key, owner: ownerOf(grant), timeout: ttlMs });
        return null;
      },
      async release({ grant }: Parameters<GuardedLocks['release']>[0], key = ''): Promise<null> {
        await ask('release', { resource: key, owner: ownerOf(grant), timeout: 0 });
        return null;
      },
      use: resource.use,
      write: resource.write,
    },
  };
}

export const lockSlide: Design<GuardedLocks> = {
  name: 'lock/slide',
  datatype: 'lease-lock',
  claims: lockClaims(MODELS, ALL, 'primary-side'),
  flaw: {
    says: 'a holder that is paused past its lease still acts, and the resource cannot know',
    anomaly: 'lost-update',
    at: 'await trustingResource(node, once)',
  },
  primary: (states) => [...states.keys()].sort()[0],
  start,
};
