import { Refused } from '../node.ts';

/** Who holds a lock. `renewals` counts what has prolonged this lease. */
export interface Lease {
  readonly token: number;
  readonly session: string;
  readonly ttlMs: number;
  readonly renewals: number;
}

type Acquire = { readonly f: 'acquire'; readonly session: string; readonly ttlMs: number; readonly wait: boolean };
type Renew = { readonly f: 'renew'; readonly token: number; readonly ttlMs: number };
type Release = { readonly f: 'release'; readonly token: number };
type Expire = { readonly f: 'expire'; readonly token: number; readonly renewals: number };

export type LockCommand = { readonly key: string } & (Acquire | Renew | Release | Expire);
/** The commands of one kind. */
export type LockCommandOf<F extends LockCommand['f']> = Extract<LockCommand, { readonly f: F }>;

/**
 * Locks with leases, tokens and queues, as a deterministic machine: it knows no clock.
 * Who runs it measures leases and says when one is over; that of a session that waits
 * for another lock is never over, so a cycle of waiting sessions would last for ever.
 *
 * @see Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006.
 * @see Coffman, Elphick & Shoshani, "System Deadlocks", ACM Computing
 *   Surveys 1971: the cycle in the graph of who waits for whom.
 */
export interface LockTable extends TableSteps {
  readonly leases: Map<string, Lease>;
  readonly queues: Map<string, LockCommandOf<'acquire'>[]>;
  /** Told of every lease, also of those that were waited for. */
  readonly granted: (key: string, lease: Lease) => void;
  tokens: number;
}

export type TableSteps = typeof tableSteps;

export const tableSteps = {
  /** Throws `Refused`, and changes nothing, where the command is not allowed. */
  apply(this: LockTable, command: LockCommand): void {
    const lease = this.leases.get(command.key);
    if (command.f === 'acquire') this.acquire(command, lease);
    else if (command.f === 'renew') this.renew(command, lease);
    else if (command.f === 'release') this.release(command, lease);
    else if (lease && this.isOver(lease, command)) this.free(command.key);
  },

  acquire(this: LockTable, command: LockCommandOf<'acquire'>, lease: Lease | undefined): void {
    const { key, session, wait } = command;
    if (!lease) {
      this.grant(command);
      return;
    }
    if (!wait) throw new Refused(`held by ${lease.session}`, { answer: true });
    const cycle = this.waitsFrom(lease.session, session);
    if (cycle) throw new Refused(`deadlock: ${[session, ...cycle].join(' waits for ')}`, { answer: true });
    this.queues.set(key, [...(this.queues.get(key) ?? []), command]);
  },

  renew(this: LockTable, { key, token, ttlMs }: LockCommandOf<'renew'>, lease: Lease | undefined): void {
    if (lease?.token !== token) throw new Refused('the lease is over', { answer: true });
    this.leases.set(key, { ...lease, ttlMs, renewals: lease.renewals + 1 });
  },

  release(this: LockTable, { key, token }: LockCommandOf<'release'>, lease: Lease | undefined): void {
    if (lease?.token !== token) throw new Refused('not held', { answer: true });
    this.free(key);
  },

  isOver(this: LockTable, { token, renewals, session }: Lease, command: LockCommandOf<'expire'>): boolean {
    return token === command.token && renewals === command.renewals && !this.waits(session);
  },

  free(this: LockTable, key: string): void {
    this.leases.delete(key);
    const [next, ...rest] = this.queues.get(key) ?? [];
    this.queues.set(key, rest);
    if (next) this.grant(next);
  },

  grant(this: LockTable, command: LockCommandOf<'acquire'>): void {
    const { key, session, ttlMs } = command;
    const lease: Lease = { token: this.tokenFor(command), session, ttlMs, renewals: 0 };
    this.leases.set(key, lease);
    this.granted(key, lease);
  },

  /** Larger than all before. */
  tokenFor(this: LockTable, _command: LockCommandOf<'acquire'>): number {
    return ++this.tokens;
  },

  waits(this: LockTable, session: string): boolean {
    return this.awaited(session).length > 0;
  },

  awaited(this: LockTable, session: string): readonly string[] {
    return [...this.queues].flatMap(([key, queue]) => (queue.some((one) => one.session === session) ? [key] : []));
  },

  /** The sessions from one to another, each of which waits for the next; undefined where there is no such path. */
  waitsFrom(this: LockTable, from: string, to: string, seen: readonly string[] = []): readonly string[] | undefined {
    if (from === to) return [to];
    if (seen.includes(from)) return undefined;
    for (const key of this.awaited(from)) {
      const holder = this.leases.get(key)?.session;
      const rest = holder === undefined ? undefined : this.waitsFrom(holder, to, [...seen, from]);
      if (rest) return [from, ...rest];
    }
    return undefined;
  },
};

export function lockTable(steps: TableSteps, granted: LockTable['granted']): LockTable {
  return { ...steps, leases: new Map(), queues: new Map(), granted, tokens: 0 };
}
