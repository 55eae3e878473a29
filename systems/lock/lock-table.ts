import { Refused } from '../node.ts';

/** Who holds a lock. `renewals` counts what has prolonged this lease. */
export interface Lease {
  readonly token: number;
  readonly session: string;
  readonly ttlMs: number;
  readonly renewals: number;
  /** When it was asked for, by the wall clock of the node that was asked: only the wrong design looks at it. */
  readonly askedMs: number;
}

interface Waiter {
  readonly askedMs: number;
  readonly session: string;
  readonly ttlMs: number;
  readonly token: number | undefined;
}

export type LockCommand = { readonly key: string } & (
  | {
      readonly f: 'acquire';
      readonly session: string;
      readonly ttlMs: number;
      readonly wait: boolean;
      readonly askedMs: number;
      /** A token from elsewhere; the table's own where absent. */
      readonly token?: number;
    }
  | { readonly f: 'renew'; readonly token: number; readonly ttlMs: number; readonly askedMs: number }
  | { readonly f: 'release'; readonly token: number }
  | { readonly f: 'expire'; readonly token: number; readonly renewals: number }
);

export interface LockTableOptions {
  /** Refuses to let a session wait where that would close a circle of sessions that wait for each other. */
  readonly detectDeadlocks: boolean;
  /** Only the holder's token releases, and prolongs, a lease. */
  readonly checkRelease: boolean;
  readonly checkRenewal: boolean;
}

/**
 * Locks with leases, tokens and queues, as a deterministic machine: it knows no clock. Who runs it measures leases and says when one is over;
 * that of a session that waits for another lock is never over, so a circle of waiting sessions would stand for ever.
 *
 * @see Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006.
 * @see Coffman, Elphick & Shoshani, "System Deadlocks", ACM Computing Surveys 1971: the circle in the graph of who waits for whom.
 */
export class LockTable {
  readonly leases = new Map<string, Lease>();
  private readonly queues = new Map<string, Waiter[]>();
  private readonly options: LockTableOptions;
  private readonly granted: (key: string, lease: Lease) => void;
  private tokens = 0;

  /** `granted` is told of every lease, also of those that were waited for. */
  constructor(options: LockTableOptions, granted: (key: string, lease: Lease) => void) {
    this.options = options;
    this.granted = granted;
  }

  /** Throws `Refused`, and changes nothing, where the command is not allowed. */
  apply(command: LockCommand): void {
    const lease = this.leases.get(command.key);
    if (command.f === 'acquire') this.acquire(command, lease);
    else if (command.f === 'renew') this.renew(command, lease);
    else if (command.f === 'release') this.release(command, lease);
    else if (lease && this.isOver(lease, command)) this.free(command.key);
  }

  waits(session: string): boolean {
    return this.awaited(session).length > 0;
  }

  private acquire(
    { key, session, ttlMs, wait, askedMs, token }: LockCommand & { readonly f: 'acquire' },
    lease: Lease | undefined,
  ): void {
    if (!lease) {
      this.grant(key, { session, ttlMs, askedMs, token });
      return;
    }
    if (!wait) throw new Refused(`held by ${lease.session}`, { answer: true });
    const circle = this.options.detectDeadlocks ? this.pathFrom(lease.session, session) : undefined;
    if (circle) throw new Refused(`deadlock: ${[session, ...circle].join(' waits for ')}`, { answer: true });
    this.queues.set(key, [...(this.queues.get(key) ?? []), { session, ttlMs, askedMs, token }]);
  }

  private renew({ key, token, ttlMs, askedMs }: LockCommand & { readonly f: 'renew' }, lease: Lease | undefined): void {
    if (lease?.token !== token) {
      if (this.options.checkRenewal) throw new Refused('the lease is over', { answer: true });
      return;
    }
    this.leases.set(key, { ...lease, ttlMs, askedMs, renewals: lease.renewals + 1 });
  }

  private release({ key, token }: LockCommand & { readonly f: 'release' }, lease: Lease | undefined): void {
    if (!lease || (lease.token !== token && this.options.checkRelease)) throw new Refused('not held', { answer: true });
    this.free(key);
  }

  private isOver(
    { token, renewals, session }: Lease,
    of: { readonly token: number; readonly renewals: number },
  ): boolean {
    return token === of.token && renewals === of.renewals && !this.waits(session);
  }

  private free(key: string): void {
    this.leases.delete(key);
    const [next, ...rest] = this.queues.get(key) ?? [];
    this.queues.set(key, rest);
    if (next) this.grant(key, next);
  }

  private grant(key: string, { session, ttlMs, askedMs, token }: Waiter): void {
    const lease: Lease = { token: token ?? ++this.tokens, session, ttlMs, askedMs, renewals: 0 };
    this.leases.set(key, lease);
    this.granted(key, lease);
  }

  private awaited(session: string): readonly string[] {
    return [...this.queues].flatMap(([key, queue]) => (queue.some((one) => one.session === session) ? [key] : []));
  }

  /** The sessions from one to another, each of which waits for the next; undefined where there is no such way. */
  private pathFrom(from: string, to: string, seen: readonly string[] = []): readonly string[] | undefined {
    if (from === to) return [to];
    if (seen.includes(from)) return undefined;
    for (const key of this.awaited(from)) {
      const holder = this.leases.get(key)?.session;
      const rest = holder === undefined ? undefined : this.pathFrom(holder, to, [...seen, from]);
      if (rest) return [from, ...rest];
    }
    return undefined;
  }
}
