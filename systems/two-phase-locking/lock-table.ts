/**
 * Shared and exclusive locks on keys. Whoever finds a key locked waits for it only where all its
 * holders are younger, and dies otherwise: waits go from old to young, so nobody waits in a cycle.
 *
 * @see Rosenkrantz, Stearns & Lewis, "System Level Concurrency
 * Control for Distributed Database Systems", ACM TODS 1978: wait-die.
 */
import { compareTimestamps, type Timestamp } from '../blocks/hybrid-clock.ts';
import { Refused } from '../node.ts';

type Mode = 'shared' | 'exclusive';

/** A transaction, and when it began: that is its age. */
export interface Owner {
  readonly txn: string;
  readonly age: Timestamp;
}

interface Waiter {
  readonly owner: Owner;
  readonly mode: Mode;
  readonly grant: () => void;
  readonly die: (error: Error) => void;
}

interface Lock {
  readonly holders: Map<string, { readonly owner: Owner; mode: Mode }>;
  waiters: Waiter[];
}

export interface LockTable {
  /** Nothing where the lock is held now; else resolves once it is. `Refused` where somebody older holds it. */
  acquire(key: string, owner: Owner, mode: Mode): Promise<void> | undefined;
  /** Takes a lock that nobody can hold: before anybody is answered, in a new life. */
  restore(key: string, owner: Owner): void;
  release(key: string, txn: string): void;
}

export function lockTable(): LockTable {
  const locks = new Map<string, Lock>();

  function lockOf(key: string): Lock {
    const lock = locks.get(key) ?? { holders: new Map(), waiters: [] };
    locks.set(key, lock);
    return lock;
  }

  function hold({ holders }: Lock, owner: Owner, mode: Mode): void {
    const held = holders.get(owner.txn);
    if (held && mode === 'exclusive') held.mode = mode;
    else if (!held) holders.set(owner.txn, { owner, mode });
  }

  /** Whoever holds what this one cannot share. */
  function inTheWay({ holders }: Lock, { txn }: Owner, mode: Mode): Owner[] {
    return [...holders.values()]
      .filter((held) => held.owner.txn !== txn && (mode === 'exclusive' || held.mode === 'exclusive'))
      .map(({ owner }) => owner);
  }

  /** Looks at all that wait, in turn. Returns whether somebody has come to hold the lock. */
  function look(lock: Lock): boolean {
    const waiting = lock.waiters;
    lock.waiters = [];
    let granted = false;
    for (const waiter of waiting) {
      const others = inTheWay(lock, waiter.owner, waiter.mode);
      if (others.length === 0) {
        hold(lock, waiter.owner, waiter.mode);
        waiter.grant();
        granted = true;
      } else if (others.some(({ age }) => compareTimestamps(age, waiter.owner.age) < 0))
        waiter.die(new Refused('an older one holds the lock', { answer: true }));
      else lock.waiters.push(waiter);
    }
    return granted;
  }

  /** Who holds the lock has changed: for whoever was looked at before the last one came, too. */
  function serve(lock: Lock): void {
    while (look(lock));
  }

  return {
    acquire(key, owner, mode) {
      const free = lockOf(key);
      if (inTheWay(free, owner, mode).length === 0) {
        hold(free, owner, mode);
        serve(free);
        return undefined;
      }
      return new Promise((grant, die) => {
        const lock = lockOf(key);
        lock.waiters.push({ owner, mode, grant, die });
        serve(lock);
      });
    },
    restore: (key, owner) => hold(lockOf(key), owner, 'exclusive'),
    release(key, txn) {
      const lock = lockOf(key);
      lock.holders.delete(txn);
      for (const { die } of lock.waiters.filter(({ owner }) => owner.txn === txn)) die(new Refused('let go meanwhile'));
      lock.waiters = lock.waiters.filter(({ owner }) => owner.txn !== txn);
      serve(lock);
      if (lock.holders.size === 0 && lock.waiters.length === 0) locks.delete(key);
    },
  };
}
