/**
 * A lock service on a replicated log: every lease has a token larger than all before it, and the resource that the lock guards refuses a token
 * that is smaller than one it has seen. A lease makes exclusion likely; the token makes it safe. Sessions may wait for several locks;
 * one whose waiting would close a circle is refused at once.
 *
 * @see Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006: leases, sequencers.
 * @see Gray & Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", SOSP 1989.
 *
 * Claims, under partition, crash, pause, bad links and skewed clocks, available to a majority: no two leases at once, as long as no node's clock runs
 * more than `DRIFT` times as fast as it should; growing tokens, and a resource at which no former holder gets in between, whatever clocks
 * do; and no deadlock that lasts.
 */
import { agreement, type Decided, SOUND_SYNOD, stateMachine } from '../blocks/state-machine.ts';
import { type Node, Refused } from '../node.ts';
import type { System } from '../system.ts';
import { ALL, DRIFT, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, guardedResource } from './guarded.ts';
import { type Lease, type LockCommand, LockTable, type LockTableOptions } from './lock-table.ts';

/** How often a lease is looked at. Wall clocks jump, so who trusts them has to look more often. */
const WATCH_MS = 150;
const WATCH_WALL_CLOCK_MS = 30;

interface Options extends LockTableOptions {
  /** The resource looks at tokens. */
  readonly fencing: boolean;
  /** A lease is measured from when a node first saw it, on that node's monotonic clock; otherwise from when it was asked for, on wall clocks. */
  readonly monotonic: boolean;
  /** Tokens are given out by the replicated machine; otherwise by the node that is asked, from its memory. */
  readonly replicatedTokens: boolean;
}

const SOUND: Options = {
  fencing: true,
  monotonic: true,
  replicatedTokens: true,
  detectDeadlocks: true,
  checkRelease: true,
  checkRenewal: true,
};

async function start(node: Node, options: Options) {
  const resource = await guardedResource(node, options.fencing);
  const granted = new Map<string, (lease: Lease) => void>();
  const table = new LockTable(options, (key, lease) => {
    granted.get(`${lease.session} ${key}`)?.(lease);
    void guard(key, lease);
  });
  const machine = await stateMachine<LockCommand, void>(node, SOUND_SYNOD, (command) => table.apply(command));
  let sessions = 0;
  let tokens = 0;

  /** Resolves once this session has the lock. The machine may grant it at once, or when others have let it go. */
  async function acquired(key: string, session: string, ttlMs: number, wait: boolean): Promise<Lease> {
    const name = `${session} ${key}`;
    const lease = new Promise<Lease>((resolve) => {
      granted.set(name, resolve);
    });
    const token = options.replicatedTokens ? {} : { token: ++tokens };
    try {
      await machine.submit({ f: 'acquire', key, session, ttlMs, wait, askedMs: node.now(), ...token });
      return await lease;
    } finally {
      granted.delete(name);
    }
  }

  /** What this node has seen for longer than it can last is over, unless it was prolonged meanwhile. */
  async function guard(key: string, { token, ttlMs, renewals: first }: Lease): Promise<void> {
    const longest = DRIFT * (1 + 0.2 * [node.id, ...node.peers].sort().indexOf(node.id));
    const watchMs = options.monotonic ? WATCH_MS : WATCH_WALL_CLOCK_MS;
    let sinceMs = node.elapsed();
    let renewals = first;
    let leftMs = ttlMs * longest;
    for (;;) {
      await node.sleep(leftMs < 0 ? watchMs : Math.min(watchMs, leftMs + 1));
      const lease = table.leases.get(key);
      if (lease?.token !== token) return;
      if (lease.renewals !== renewals || table.waits(lease.session)) sinceMs = node.elapsed();
      renewals = lease.renewals;
      const ageMs = options.monotonic ? node.elapsed() - sinceMs : node.now() - lease.askedMs;
      leftMs = lease.ttlMs * longest - ageMs;
      if (leftMs < 0) void machine.submit({ f: 'expire', key, token, renewals }).catch(() => undefined);
    }
  }

  void machine.follow(600);

  return {
    get state(): Decided {
      return machine.decided;
    },
    api: {
      async acquire({ ttlMs, wait, grant }: Parameters<GuardedLocks['acquire']>[0], key = ''): Promise<Grant> {
        // What this node knows may be old, but a refusal is never wrong.
        if (!wait && table.leases.has(key))
          throw new Refused(`held by ${table.leases.get(key)?.session}`, { answer: true });
        const session = grant?.session ?? `${node.id}/${++sessions}/${Math.floor(node.random() * 1e6)}`;
        const { token } = await acquired(key, session, ttlMs, wait);
        return { session, token };
      },
      async renew({ ttlMs, grant }: Parameters<GuardedLocks['renew']>[0], key = ''): Promise<null> {
        await machine.submit({ f: 'renew', key, token: tokenOf(grant), ttlMs, askedMs: node.now() });
        return null;
      },
      async release({ grant }: Parameters<GuardedLocks['release']>[0], key = ''): Promise<null> {
        await machine.submit({ f: 'release', key, token: tokenOf(grant) });
        return null;
      },
      use: resource.use,
      write: resource.write,
    },
  };
}

function tokenOf(grant: Grant | null): number {
  if (grant?.token === undefined) throw new Refused('no lease was granted', { answer: true });
  return grant.token;
}

function fenced(name: string, options: Partial<Options>, flaw?: System['flaw']): System<GuardedLocks, Decided> {
  return {
    name: `lock/${name}`,
    datatype: 'lease-lock',
    claims: lockClaims([...MODELS, 'fencing-tokens'], ALL, 'majority'),
    ...(flaw ? { flaw } : {}),
    invariants: { agreement },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const fencedLocks: readonly System<GuardedLocks, Decided>[] = [
  fenced('fenced', {}),
  fenced(
    'no-fencing',
    { fencing: false },
    { says: 'the guarded resource does not look at tokens', anomaly: 'stale-fencing-token' },
  ),
  fenced(
    'wall-clock',
    { monotonic: false },
    { says: 'leases are measured on wall clocks, of which no two agree', anomaly: 'mutual-exclusion' },
  ),
  fenced(
    'release-by-former-holder',
    { checkRelease: false },
    { says: 'a release takes the lock from whoever holds it by now', anomaly: 'mutual-exclusion' },
  ),
  fenced(
    'renewal-after-expiry',
    { checkRenewal: false },
    { says: 'a lease that is over can be renewed, whoever holds the lock by now', anomaly: 'mutual-exclusion' },
  ),
  fenced(
    'tokens-by-node',
    { replicatedTokens: false },
    {
      says: 'the node that is asked gives out the token, so it may shrink when another takes over',
      anomaly: 'nonmonotonic-token',
    },
  ),
  fenced(
    'no-deadlock-detection',
    { detectDeadlocks: false },
    { says: 'nobody looks for circles among those who wait', anomaly: 'deadlock' },
  ),
];
