/**
 * Locks in Redis, and what they guard (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/). At
 * one instance a key that expires; over five that know nothing of each other the algorithm called Redlock. The page
 * promises that "at any given moment, only one client can hold a lock", and asks for clocks that run at about the same
 * rate. That a lock protects what it guards is what applications commonly take for granted of it; what is wrong with
 * that: Kleppmann, "How to do distributed locking", 2016.
 */
import { randomUUID } from 'node:crypto';
import type { GuardedLocks } from '../../systems/lock/guarded.ts';
import { type NodeId, Refused } from '../../systems/node.ts';
import type { Claim, FaultKind } from '../../systems/system.ts';
import type { Database, DatabaseSession, Host, Staged } from '../database.ts';
import { definitely } from '../definitely.ts';
import { exclusionClaims, granted, guardedClaims, sessionIn, tooOld } from '../locks.ts';
import { type Reply, RespError } from '../wire/resp.ts';
import { Connections } from './connections.ts';
import { ACQUIRE, NEXT, REACH, RELEASE, RENEW } from './lock-scripts.ts';
import { ask, clock, redisServer } from './state.ts';

/** How long an instance may take to answer a connection, and a request of Redlock: short beside a lease. */
const CONNECT_MS = 100;
const EACH_MS = 100;
/** What the page takes off for clocks that run apart: a hundredth of the lease, and 2 ms. */
const driftOf = (ttlMs: number) => ttlMs / 100 + 2;
/** Errors with which Redis answers before it has run anything of a script. */
const NOT_RUN = /^(READONLY|OOM|LOADING|BUSY|NOAUTH|NOPERM|MISCONF)\b/;

/** Scripts at any of the instances, a connection each. */
class Instances {
  private readonly host: Host;
  private readonly connections: Connections;

  constructor(host: Host) {
    this.host = host;
    this.connections = new Connections(host, CONNECT_MS);
  }

  get nodes(): readonly NodeId[] {
    return this.host.nodes;
  }

  /** Runs a script at a node. Rejects with `Refused` where it certainly was not run. */
  async run(node: NodeId, script: string, keys: readonly string[], ...args: (string | number)[]): Promise<Reply> {
    const resp = await this.connections.to(node);
    const wasNotRun = (error: unknown) => error instanceof RespError && NOT_RUN.test(error.message);
    return definitely(resp.ask('EVAL', script, keys.length, ...keys, ...args), wasNotRun);
  }

  /** Runs a script at all nodes, each with a count of its own that orders nothing. */
  async atAll(script: string, key: string, ...args: (string | number)[]): Promise<Votes> {
    const answers = await Promise.all(
      this.nodes.map((node) => this.inTime(this.run(node, script, [key, `${key}/at`], ...args))),
    );
    const count = (wanted: Vote) => answers.filter((answer) => answer === wanted).length;
    const [done, not] = [count('done'), count('not')];
    return { done, byMost: done > this.nodes.length / 2, notByMost: not > this.nodes.length / 2 };
  }

  /** The node that has what the lock guards. */
  homeOf(key: string): NodeId {
    const sum = [...key].reduce((total, letter) => total + letter.charCodeAt(0), 0);
    return this.nodes[sum % this.nodes.length]!;
  }

  close(): void {
    this.connections.close();
  }

  private inTime(asked: Promise<Reply>): Promise<Vote> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Vote>((resolve) => {
      timer = setTimeout(() => resolve('open'), EACH_MS);
    });
    const vote = asked.then(
      (answer): Vote => (answer !== null && answer !== 0 ? 'done' : 'not'),
      (error): Vote => (error instanceof Refused ? 'not' : 'open'),
    );
    return Promise.race([vote, late]).finally(() => clearTimeout(timer));
  }
}

/** What a node says of a script: what has not answered in time may have run it, and may still run it. */
type Vote = 'done' | 'not' | 'open';

interface Votes {
  /** How many did it. */
  readonly done: number;
  /** Whether more than half did it, or certainly did not. */
  readonly byMost: boolean;
  readonly notByMost: boolean;
}

/** How a lock is taken, prolonged and let go. */
interface Locking {
  /** The token of the grant; nothing where another has the lock. */
  take(instances: Instances, lock: string, session: string, ttlMs: number): Promise<number | undefined>;
  prolong(instances: Instances, lock: string, session: string, ttlMs: number): Promise<boolean>;
  drop(instances: Instances, lock: string, session: string): Promise<boolean>;
}

const oneInstance: Locking = {
  async take(instances, lock, session, ttlMs) {
    const token = await instances.run(instances.homeOf(lock), ACQUIRE, [lock, `${lock}/token`], session, ttlMs);
    return token === null ? undefined : Number(token);
  },
  prolong: async (instances, lock, session, ttlMs) =>
    (await instances.run(instances.homeOf(lock), RENEW, [lock], session, ttlMs)) === 1,
  drop: async (instances, lock, session) =>
    (await instances.run(instances.homeOf(lock), RELEASE, [lock], session)) === 1,
};

/** The votes, of which those count as most alone that came in so little time that the lease was still good then. */
async function inLease(ttlMs: number, task: () => Promise<Votes>): Promise<Votes> {
  const beganMs = performance.now();
  const votes = await task();
  return { ...votes, byMost: votes.byMost && performance.now() - beganMs < ttlMs - driftOf(ttlMs) };
}

/** Throws an error that leaves open what happened unless more than half say that nothing did. */
function refusedByMost({ done, notByMost }: Votes): false {
  if (!notByMost) throw new Error(`${done} instances did it, and too few of the others answered in time`);
  return false;
}

/** Redlock orders its holders by nothing: a counter beside what the lock guards gives the tokens. */
const redlock: Locking = {
  async take(instances, lock, session, ttlMs) {
    const ttl = Math.ceil(ttlMs);
    try {
      const { byMost } = await inLease(ttlMs, () => instances.atAll(ACQUIRE, lock, session, ttl));
      if (byMost) return Number(await instances.run(instances.homeOf(lock), NEXT, [`${lock}/token`]));
    } catch (error) {
      await instances.atAll(RELEASE, lock, session);
      throw error;
    }
    // What is asked for later over the same connection is done later: nothing of it stays.
    await instances.atAll(RELEASE, lock, session);
    return undefined;
  },
  async prolong(instances, lock, session, ttlMs) {
    const votes = await inLease(ttlMs, () => instances.atAll(RENEW, lock, session, Math.ceil(ttlMs)));
    return votes.byMost || refusedByMost(votes);
  },
  async drop(instances, lock, session) {
    const votes = await instances.atAll(RELEASE, lock, session);
    return votes.done > 0 || refusedByMost(votes);
  },
};

function sessionOf(host: Host, locking: Locking, looks: boolean): DatabaseSession<GuardedLocks> {
  const instances = new Instances(host);

  async function reach(key: string, token: number | null, value: number | ''): Promise<number | null> {
    const resource = `resource/${key}`;
    const shown = token ?? 0;
    const args = [shown, looks ? 'looks' : 'trusts', value];
    const [before, newest] = (await instances.run(
      instances.homeOf(resource),
      REACH,
      [resource],
      ...args,
    )) as readonly Reply[];
    if (looks && shown < Number(newest)) throw tooOld(shown, Number(newest));
    return before === null ? null : Number(before);
  }

  return {
    close: () => instances.close(),
    api: {
      acquire: ({ ttlMs, wait, grant }, key = '') =>
        granted(wait, async () => {
          const session = grant?.session ?? randomUUID();
          const token = await locking.take(instances, `lock/${key}`, session, ttlMs);
          return token === undefined ? undefined : { session, token };
        }),
      async renew({ ttlMs, grant }, key = '') {
        if (await locking.prolong(instances, `lock/${key}`, sessionIn(grant), ttlMs)) return null;
        throw new Refused('the lease has run out', { answer: true });
      },
      async release({ grant }, key = '') {
        if (await locking.drop(instances, `lock/${key}`, sessionIn(grant))) return null;
        throw new Refused('the lock is not held', { answer: true });
      },
      use: async ({ grant, token }, key = '') => {
        sessionIn(grant);
        return { value: await reach(key, token, '') };
      },
      write: async ({ grant, token, value }, key = '') => {
        sessionIn(grant);
        return { replaced: await reach(key, token, value) };
      },
    },
  };
}

const FULL: Staged = {
  ...{ says: 'no memory for it', to: '\r\nEVAL\r\n', is: 'fail' },
  response: () => "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
};

interface Variant {
  readonly name: string;
  readonly nodes: number;
  readonly locking: Locking;
  /** Whether the resource rejects a token that is older than what it was shown, or trusts whoever comes. */
  readonly looks: boolean;
  readonly claims: readonly Claim[];
}

const locks = ({ name, nodes, locking, looks, claims }: Variant): Database<GuardedLocks> => ({
  ...{ name, datatype: 'lease-lock', claims, clock, staged: [FULL] },
  programs: { 'redis-server': redisServer },
  ports: { redis: 'peers' },
  networks: ['proxies', 'namespaces'],
  fixed: { nodes },
  noticesMs: 2000,
  readyMs: 20_000,
  commands: (host) => [
    {
      program: 'redis-server',
      args: [
        ...['--port', host.port('redis'), '--bind', host.address(), '--protected-mode', 'no', '--dir', host.folder],
        ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
      ],
    },
  ],
  async form(hosts) {
    for (const host of hosts) await ask(host, 'redis', 'PING');
  },
  connect: async (host) => sessionOf(host, locking, looks),
});

const ONE = { nodes: 1, locking: oneInstance } as const;
const FIVE = { nodes: 5, locking: redlock } as const;
const ALWAYS: readonly FaultKind[] = ['link', 'crash', 'pause', 'clock', 'disk'];
/** A crash that comes while the lock is away, or a clock that jumps, lets another in: the page says so. */
const exclusion = exclusionClaims(['link', 'pause']);

export const redisLocks = [
  locks({ name: 'redis/lock', ...ONE, looks: false, claims: [...guardedClaims(ALWAYS), ...exclusion] }),
  locks({ name: 'redis/lock-fenced', ...ONE, looks: true, claims: [...guardedClaims(ALWAYS), ...exclusion] }),
  locks({ name: 'redis/redlock', ...FIVE, looks: false, claims: [...guardedClaims(ALWAYS), ...exclusion] }),
  locks({ name: 'redis/redlock-fenced', ...FIVE, looks: true, claims: [...guardedClaims(ALWAYS), ...exclusion] }),
] as const;
