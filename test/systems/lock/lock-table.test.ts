import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LockCommand,
  type LockTable,
  lockTable,
  type TableSteps,
  tableSteps,
} from '../../../systems/lock/lock-table.ts';

/** What became of a command. */
function tried(table: LockTable, command: LockCommand): string {
  try {
    table.apply(command);
    return 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

const acquire = (session: string, key: string, wait = true): LockCommand => {
  return { f: 'acquire', key, session, ttlMs: 100, wait };
};

describe('a lock table', () => {
  it('gives every lease a larger token, and the lock to who waited longest', () => {
    const granted: [string, number][] = [];
    const table = lockTable(tableSteps, (_, { session, token }) => void granted.push([session, token]));
    for (const session of ['a', 'b', 'c']) table.apply(acquire(session, 'x'));
    table.apply({ f: 'release', key: 'x', token: 1 });
    table.apply({ f: 'release', key: 'x', token: 2 });
    expect(granted).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('refuses a former holder, and one that does not want to wait', () => {
    const table = lockTable(tableSteps, () => {});
    table.apply(acquire('a', 'x'));
    table.apply({ f: 'expire', key: 'x', token: 1, renewals: 0 });
    table.apply(acquire('b', 'x'));
    expect(tried(table, { f: 'release', key: 'x', token: 1 })).toBe('not held');
    expect(tried(table, { f: 'renew', key: 'x', token: 1, ttlMs: 100 })).toBe('the lease is over');
    expect(tried(table, acquire('c', 'x', false))).toBe('held by b');
    expect(table.leases.get('x')?.session).toBe('b');
  });

  it('does not end a lease that was renewed, or whose session waits', () => {
    const table = lockTable(tableSteps, () => {});
    table.apply(acquire('a', 'x'));
    table.apply({ f: 'renew', key: 'x', token: 1, ttlMs: 100 });
    table.apply({ f: 'expire', key: 'x', token: 1, renewals: 0 });
    expect(table.leases.has('x')).toBe(true);
    table.apply(acquire('b', 'y'));
    table.apply(acquire('a', 'y'));
    table.apply({ f: 'expire', key: 'x', token: 1, renewals: 1 });
    expect(table.leases.has('x')).toBe(true);
  });

  it('names the cycle that a request would close', () => {
    const table = lockTable(tableSteps, () => {});
    for (const [session, key] of ['ax', 'by', 'cz', 'ay', 'bz'].map((pair) => [...pair]))
      table.apply(acquire(session!, key!));
    expect(tried(table, acquire('c', 'x'))).toBe('deadlock: c waits for a waits for b waits for c');
  });

  it('never lets all be stuck: somebody who holds a lock waits for nothing', () => {
    const request = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('w', 'x', 'y', 'z'));
    const stuck = (steps: TableSteps, requests: readonly (readonly [string, string])[]) => {
      const table = lockTable(steps, () => {});
      // A session that waits asks for nothing else.
      for (const [session, key] of requests) if (!table.waits(session)) tried(table, acquire(session, key));
      const holders = [...table.leases.values()].map(({ session }) => session);
      return holders.length > 0 && holders.every((session) => table.waits(session));
    };
    const requests = fc.array(request, { maxLength: 20 });
    fc.assert(
      fc.property(requests, (some) => !stuck(tableSteps, some)),
      { seed: 1 },
    );
    const blind = { ...tableSteps, waitsFrom: () => undefined };
    expect(
      fc.check(
        fc.property(requests, (some) => !stuck(blind, some)),
        { seed: 1 },
      ).failed,
    ).toBe(true);
  });
});
