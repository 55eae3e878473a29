/**
 * A lock on a majority of nodes that know nothing of each other: who is let in by more
 * than half of them has it until its time runs out. Each node keeps what it let in in
 * memory, and after a restart lets nobody in until whatever it has forgotten is over.
 *
 * @see Kleppmann, "How to do distributed locking", 2016, on the algorithm known as Redlock:
 *   no token orders its holders, so a holder that is paused past its lease writes over
 *   what the next one wrote; and without the wait after a restart, two hold the lock at once.
 *
 * There is no sound variant here: what is wrong is that the resource has nothing to tell an old holder by.
 */
import { majority } from '../blocks/majority.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';
import { ALL, DRIFT, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, trustingResource } from './guarded.ts';

interface Entry {
  readonly owner: string;
  readonly untilMs: number;
}
type Request = { readonly key: string; readonly owner: string; readonly ttlMs: number };

/** No lease is longer: what a node that starts again may have forgotten is over after this. */
const LONGEST_MS = 100;
const PHASE_MS = 80;

/** A node that has started again lets nobody in for `closedMs`. */
async function start(node: Node, closedMs: number) {
  const resource = await trustingResource(node);
  const entries = new Map<string, Entry>();
  const livedBefore = (await node.disk.read<boolean>('lived')) ?? false;
  await node.disk.write('lived', true);
  const fromMs = livedBefore ? node.elapsed() + closedMs : 0;
  let owners = 0;

  const holder = (key: string) => {
    const entry = entries.get(key);
    return entry && node.elapsed() < entry.untilMs ? entry.owner : undefined;
  };
  const take = ({ key, owner, ttlMs }: Request): true => {
    if (node.elapsed() < fromMs) throw new Refused('what was let in before is not over yet');
    if ((holder(key) ?? owner) !== owner) throw new Refused(`${holder(key)} is in`, { answer: true });
    entries.set(key, { owner, untilMs: node.elapsed() + ttlMs * DRIFT });
    return true;
  };
  const prolong = (request: Request): true => {
    if (holder(request.key) !== request.owner) throw new Refused('the lease is over', { answer: true });
    return take(request);
  };
  const drop = ({ key, owner }: Request): true => {
    if (holder(key) === owner) entries.delete(key);
    return true;
  };
  node.on('take', take);
  node.on('prolong', prolong);
  node.on('drop', drop);

  function dropAll(request: Request): void {
    drop(request);
    for (const peer of node.peers) node.send(peer, 'drop', request);
  }

  async function byMajority(kind: 'take' | 'prolong', request: Request): Promise<void> {
    const beganMs = node.elapsed();
    // Own refusals count like anybody's.
    const own = async () => (kind === 'take' ? take : prolong)(request);
    let answer = false;
    const taken = await majority(node, kind, request, own, undefined, PHASE_MS).catch((error: unknown) => {
      answer = error instanceof Refused && error.answer;
    });
    if (taken && node.elapsed() - beganMs < request.ttlMs) return;
    dropAll(request);
    throw new Refused('no majority lets it in', { answer });
  }

  const requestOf = (key: string, grant: Grant | null, ttlMs: number): Request => {
    if (!grant) throw new Refused('no lock was acquired', { answer: true });
    return { key, owner: grant.session, ttlMs };
  };

  return {
    state: {},
    api: {
      async acquire({ ttlMs, grant }: Parameters<GuardedLocks['acquire']>[0], key = ''): Promise<Grant> {
        const session = grant?.session ?? `${node.id}/${++owners}/${Math.floor(node.random() * 1e6)}`;
        await byMajority('take', { key, owner: session, ttlMs });
        return { session };
      },
      async renew({ ttlMs, grant }: Parameters<GuardedLocks['renew']>[0], key = ''): Promise<null> {
        await byMajority('prolong', requestOf(key, grant, ttlMs));
        return null;
      },
      async release({ grant }: Parameters<GuardedLocks['release']>[0], key = ''): Promise<null> {
        dropAll(requestOf(key, grant, 0));
        return null;
      },
      use: resource.use,
      write: resource.write,
    },
  };
}

function independent(name: string, closedMs: number, flaw: NonNullable<Design['flaw']>): Design<GuardedLocks> {
  return {
    name: `lock/${name}`,
    datatype: 'lease-lock',
    claims: lockClaims(MODELS, ALL, 'majority'),
    flaw,
    start: (node) => start(node, closedMs),
  };
}

export const independentLocks: readonly Design<GuardedLocks>[] = [
  independent('majority-without-fencing', LONGEST_MS * DRIFT, {
    says: 'no token orders the holders of a majority, so a former one writes over the next',
    anomaly: 'lost-update',
    at: 'await trustingResource(node)',
  }),
  independent('majority-without-restart-delay', 0, {
    says: 'a node that starts again lets the next holder in while the last one is',
    anomaly: 'mutual-exclusion',
    at: 'livedBefore ? node.elapsed() + closedMs : 0',
  }),
];
