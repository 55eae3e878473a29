import { historyOf, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import type { GuardedLocks } from '../../systems/lock/guarded.ts';
import { deadlockFree } from '../../workloads/deadlock-free.ts';
import { guardedResource } from '../../workloads/guarded-resource.ts';
import { leaseLockWorkload } from '../../workloads/lease-lock.ts';

interface Step {
  readonly f: keyof GuardedLocks;
  readonly key?: string;
  readonly input: object;
  /** What was answered; `null` where nothing was. */
  readonly output?: unknown;
}

/** One operation after the other, each by a process of its own. */
function history(steps: readonly Step[]) {
  const operations = steps.map(({ f, key = 'x', input, output }, i) => {
    const outcome = output === undefined ? { type: 'info', error: 'no answer' } : { type: 'ok', output };
    return { process: i, node: 'n1', f, key, input, outcome, start: 2 * i, end: 2 * i + 1, startNs: i, endNs: i };
  });
  return historyOf(operations as unknown as Operation<GuardedLocks>[]);
}

const grant = (session: string) => ({ session });
const got = (session: string, key: string): Step => ({
  f: 'acquire',
  key,
  input: { grant: null },
  output: grant(session),
});
const waits = (session: string, key: string): Step => ({
  f: 'acquire',
  key,
  input: { wait: true, grant: grant(session) },
});
const asks = (key: string): Step => ({ f: 'acquire', key, input: { wait: false, grant: null } });
const CYCLE = [got('a', 'x'), got('b', 'y'), waits('a', 'y'), waits('b', 'x'), asks('x'), asks('y')];

describe('the last leases', () => {
  const last = (ttlMs: number) =>
    leaseLockWorkload.final(['k'], [{ f: 'acquire', key: 'k', input: { ttlMs } } as never])[0]!.input;

  it.each([
    [20, 5],
    [100, 5],
    [500, 125],
    [2000, 500],
    [20_000, 500],
  ])('of %i ms are of %i ms: real software must have the time to grant them', (ttlMs, wanted) => {
    expect(last(ttlMs)).toMatchObject({ ttlMs: wanted });
  });
});

describe('deadlock-free', () => {
  it('names the cycle in which a run ended', () => {
    const verdict = deadlockFree.check(history(CYCLE));
    expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'deadlock', operations: [0, 2, 4, 6] }] });
    expect(JSON.stringify(verdict)).toContain('a waits for y, which b has and never lets go.');
  });

  it.each([
    ['one of them was answered', [...CYCLE.slice(0, 3), { ...waits('b', 'x'), output: grant('b') }, asks('y')]],
    ['one of them let go', [...CYCLE, { f: 'release', key: 'x', input: { grant: grant('a') }, output: null } as const]],
    ['somebody got a lock in the end', [...CYCLE, got('c', 'y')]],
    ['nobody asked again', CYCLE.slice(0, 4)],
    ['they wait in a row', [got('a', 'x'), got('b', 'y'), waits('a', 'y'), asks('x'), asks('y')]],
  ])('is silent where %s', (_, steps) => {
    expect(deadlockFree.check(history(steps))).toEqual({ type: 'valid' });
  });
});

describe('guarded-resource', () => {
  const write = (value: number, seen: number | null, replaced: number | null): Step => {
    return { f: 'write', input: { value, seen: { value: seen } }, output: { replaced } };
  };

  it('tells of an update that a former holder wrote over', () => {
    const verdict = guardedResource.check(history([write(1, null, null), write(2, 1, 1), write(3, 1, 2)]));
    expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'lost-update', operations: [2, 4] }] });
  });

  it('tells who got the lock when, what the one saw and what the other wrote', () => {
    const lock = (session: string): Step => ({ f: 'acquire', input: { ttlMs: 50, grant: null }, output: { session } });
    const use = (session: string, value: number): Step => {
      return { f: 'use', input: { grant: { session } }, output: { value } };
    };
    const by = (session: string, step: Step): Step => {
      return { ...step, input: { ...(step.input as object), grant: { session } } };
    };
    const both = [lock('a'), use('a', 1), lock('b'), use('b', 1), by('b', write(2, 1, 1)), by('a', write(3, 1, 2))];
    const verdict = guardedResource.check(history([write(1, null, null), ...both]));
    expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ operations: [2, 4, 6, 10, 12] }] });
    const steps = verdict.type === 'invalid' ? verdict.anomalies[0].steps.map((step) => step.slice(10)) : [];
    expect(steps).toEqual([
      'was granted the lock of x for 50 ms (operation 2)',
      'read 1 there (operation 4)',
      'was granted the lock of x as well for 50 ms (operation 6)',
      'wrote 2 there (operation 10)',
      'made 3 out of the 1 it had seen and wrote that, 0 ms after it had asked for the lock, which undid 2 (operation 12)',
    ]);
  });

  it('is silent where everybody replaced what they had seen, or nobody knows', () => {
    const unknown: Step = { f: 'write', input: { value: 4, seen: { value: 1 } } };
    const unseen: Step = { f: 'write', input: { value: 5, seen: null }, output: { replaced: 9 } };
    const steps = [write(1, null, null), write(2, 1, 1), write(3, 2, 2), unknown, unseen];
    expect(guardedResource.check(history(steps))).toEqual({ type: 'valid' });
  });
});
