/**
 * A lock service on a replicated log: every lease has a token larger than all before it, and the resource that
 * the lock guards refuses a token that is smaller than one it has seen. A lease makes exclusion likely; the token
 * makes it safe. Sessions may wait for several locks; one whose waiting would close a cycle is refused at once.
 *
 * @see Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006: leases, sequencers.
 * @see Gray & Cheriton, "Leases: An Efficient Fault-Tolerant
 *   Mechanism for Distributed File Cache Consistency", SOSP 1989.
 *
 * Claims, under partition, crash, pause, bad links and skewed clocks, available to a majority: no two leases
 * at once, as long as no node's clock runs more than `DRIFT` times as fast as it should; growing tokens, and
 * a resource at which no former holder gets in between, whatever clocks do; and no deadlock that lasts.
 */
import { agreement, type Decided, SOUND_SYNOD, type StateMachine, stateMachine } from '../blocks/state-machine.ts';
import { type Node, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { ALL, DRIFT, lockClaims, MODELS } from './claims.ts';
import { type Grant, type GuardedLocks, guardedResource } from './guarded.ts';
import { type Lease, type LockCommand, type LockTable, lockTable, tableSteps } from './lock-table.ts';

/** A node of the service: it runs the replicated lock table, and measures leases. */
interface Server extends ServerSteps {
  readonly node: Node;
  /** Who waits for a lease, by session and key. */
  readonly awaiting: Map<string, (lease: Lease) => void>;
  table: LockTable;
  machine: StateMachine<LockCommand, void>;
  sessions: number;
}

type ServerSteps = typeof serverSteps;
export type Steps = typeof steps;
type Input<F extends 'acquire' | 'renew' | 'release'> = Parameters<GuardedLocks[F]>[0];

const serverSteps = {
  async acquire(this: Server, key: string, { ttlMs, wait, grant }: Input<'acquire'>): Promise<Grant> {
    // What this node knows may be old, but a refusal is never wrong.
    const holder = this.table.leases.get(key);
    if (!wait && holder) throw new Refused(`held by ${holder.session}`, { answer: true });
    const session = grant?.session ?? `${this.node.id}/${++this.sessions}/${Math.floor(this.node.random() * 1e6)}`;
    const { token } = await this.acquired(key, session, ttlMs, wait);
    return { session, token };
  },

  /** Resolves once this session has the lock. The machine may grant it at once, or when others have let it go. */
  async acquired(this: Server, key: string, session: string, ttlMs: number, wait: boolean): Promise<Lease> {
    const name = `${session} ${key}`;
    const lease = new Promise<Lease>((resolve) => {
      this.awaiting.set(name, resolve);
    });
    try {
      await this.submit({ f: 'acquire', key, session, ttlMs, wait });
      return await lease;
    } finally {
      this.awaiting.delete(name);
    }
  },

  async renew(this: Server, key: string, { ttlMs, grant }: Input<'renew'>): Promise<null> {
    await this.submit({ f: 'renew', key, token: tokenOf(grant), ttlMs });
    return null;
  },

  async release(this: Server, key: string, { grant }: Input<'release'>): Promise<null> {
    await this.submit({ f: 'release', key, token: tokenOf(grant) });
    return null;
  },

  submit(this: Server, command: LockCommand): Promise<void> {
    return this.machine.submit(command);
  },

  granted(this: Server, key: string, lease: Lease): void {
    this.awaiting.get(`${lease.session} ${key}`)?.(lease);
    void this.guard(key, lease);
  },

  /** What this node has seen for longer than it can last is over, unless it was prolonged meanwhile. */
  async guard(this: Server, key: string, { token, ttlMs, renewals: first }: Lease): Promise<void> {
    const { node, table } = this;
    const longest = DRIFT * (1 + 0.2 * [node.id, ...node.peers].sort().indexOf(node.id));
    let sinceMs = node.elapsed();
    let renewals = first;
    let leftMs = ttlMs * longest;
    for (;;) {
      await node.sleep(leftMs < 0 ? this.watchMs : Math.min(this.watchMs, leftMs + 1));
      const lease = table.leases.get(key);
      if (lease?.token !== token) return;
      if (lease.renewals !== renewals || table.waits(lease.session)) sinceMs = node.elapsed();
      renewals = lease.renewals;
      leftMs = lease.ttlMs * longest - this.ageMs(key, sinceMs);
      if (leftMs < 0) void this.submit({ f: 'expire', key, token, renewals }).catch(() => undefined);
    }
  },

  /** How often a lease is looked at. */
  watchMs: 150,

  /** How old a lease is that this node has seen since then. */
  ageMs(this: Server, _key: string, sinceMs: number): number {
    return this.node.elapsed() - sinceMs;
  },

  openResource: guardedResource,
};

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = { ...serverSteps, table: tableSteps };

function tokenOf(grant: Grant | null): number {
  if (grant?.token === undefined) throw new Refused('no lease was granted', { answer: true });
  return grant.token;
}

async function start(node: Node, { table, ...given }: Steps) {
  const resource = await given.openResource(node);
  // The machine applies what was chosen before it is there.
  const server = { ...given, node, awaiting: new Map(), sessions: 0 } as unknown as Server;
  server.table = lockTable(table, (key, lease) => server.granted(key, lease));
  server.machine = await stateMachine<LockCommand, void>(node, SOUND_SYNOD, (command) => server.table.apply(command));
  void server.machine.follow(600);
  return {
    get state(): Decided {
      return server.machine.decided;
    },
    api: {
      acquire: (input: Input<'acquire'>, key = ''): Promise<Grant> => server.acquire(key, input),
      renew: (input: Input<'renew'>, key = ''): Promise<null> => server.renew(key, input),
      release: (input: Input<'release'>, key = ''): Promise<null> => server.release(key, input),
      use: resource.use,
      write: resource.write,
    },
  };
}

export type FencedLocks = Stepped<GuardedLocks, Decided, Steps>;

export const fencedLocks: FencedLocks = stepped<GuardedLocks, Decided, Steps>({
  name: 'lock/fenced',
  datatype: 'lease-lock',
  claims: lockClaims([...MODELS, 'fencing-tokens'], ALL, 'majority'),
  invariants: { agreement },
  steps,
  startWith: start,
});
