import { fencingTokens, historyOf, type LeaseLock, leaseLock, type Model, NEVER, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below, type Draw, draws, made, op, pick } from './random.ts';

type Guarded = { store(input: { readonly token: number }): null };

/** A resource that must refuse tokens smaller than the largest it has seen. */
const guarded: Model<Guarded, number | undefined> = {
  name: 'guarded',
  init: 0,
  step: { store: (largest = 0, { token }) => [token >= largest ? token : undefined, null] },
};

test('accepted tokens agree with the definition on 2,000 random histories', () => {
  expectAgreement(guarded, fencingTokens() as never, {
    seed: 51,
    atLeast: 100,
    shape: { squeeze: 0.9, lie: 0 },
    call: (draw, i) => ({ f: 'store', input: { token: Math.max(1, Math.floor(i / 2) + below(draw, 2)) } }),
    liars: [],
    lie: () => null,
  });
});

test('two leases at once are a split, with the overlap in ms', () => {
  const history = made<LeaseLock>(
    op(0, 'acquire', { ttlMs: 100 }, { token: 1 }, 0, 1),
    op(1, 'acquire', { ttlMs: 100 }, { token: 2 }, 50, 60),
  );
  const verdict = leaseLock({ ttlMs: 100 }).check(history);
  expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'mutual-exclusion', operations: [0, 50] }] });
  expect(JSON.stringify(verdict)).toContain('for 40 ms');
  expect(leaseLock({ ttlMs: 100, toleranceMs: 40 }).check(history)).toMatchObject({ type: 'valid' });
});

test('a lease that ran out, or was released, is no split', () => {
  const ranOut = made<LeaseLock>(op(0, 'acquire', null, 1, 0, 1), op(1, 'acquire', null, 2, 10, 11));
  expect(leaseLock({ ttlMs: 10 }).check(ranOut)).toMatchObject({ type: 'valid' });
  const released = made<LeaseLock>(
    op(0, 'acquire', null, 1, 0, 1),
    op(0, 'release', null, null, 2, 'info'),
    op(1, 'acquire', null, 2, 3, 4),
  );
  expect(leaseLock({ ttlMs: 1000 }).check(released)).toMatchObject({ type: 'valid' });
});

test('a resource that accepts a smaller token after a larger one is caught', () => {
  const history = made(
    op(0, 'acquire', null, { token: 1 }, 0, 1),
    op(1, 'acquire', null, { token: 2 }, 2, 3),
    op(1, 'store', { token: 2 }, null, 4, 5),
    op(0, 'store', { token: 1 }, null, 6, 7),
  );
  expect(fencingTokens().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'stale-fencing-token', operations: [4, 6] }],
  });
});

test('a lease with a smaller token than an earlier one is caught', () => {
  const history = made(
    op(0, 'acquire', null, 7, 0, 1),
    op(1, 'acquire', null, 5, 2, 3),
    op(1, 'acquire', null, 7, 4, 5),
  );
  expect(fencingTokens().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'duplicate-token' }, { name: 'nonmonotonic-token' }],
  });
});

/** What a process certainly holds at a moment, by definition: all that it had begun by then, one after the other. */
function holdsAt(all: readonly Operation[], key: string, process: number, ms: number): boolean {
  let until = 0;
  let briefest = Number.POSITIVE_INFINITY;
  let acquired = false;
  for (const o of all) {
    if (o.key !== key || o.process !== process || o.startNs > ms * 1e6 || o.outcome.type === 'fail') continue;
    const began = o.startNs / 1e6;
    const ttl = (o.input as { ttlMs?: number } | null)?.ttlMs ?? DEFAULT_MS;
    if (o.f === 'release') [until, acquired] = [0, false];
    else if (o.f === 'renew' && !acquired) continue;
    else if (o.outcome.type === 'info') {
      until = Math.min(until, began + ttl);
      briefest = Math.min(briefest, ttl);
    } else if (acquired && began < until) until = began + Math.min(ttl, briefest);
    else if (o.endNs <= ms * 1e6) [until, acquired, briefest] = [began + ttl, true, Number.POSITIVE_INFINITY];
    else [until, acquired] = [0, acquired || o.f === 'acquire'];
  }
  return ms < until;
}

const DEFAULT_MS = 12;
const KEYS = ['a', 'b'];

/** For how long two processes certainly held one lock, at most, in ms: looked at every half millisecond. */
function longestSplit(all: readonly Operation[]): number {
  let longest = 0;
  for (const key of KEYS)
    for (const [one, two] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      let since = -1;
      for (let ms = 0; ms < 130; ms += 0.5) {
        const both = holdsAt(all, key, one, ms) && holdsAt(all, key, two, ms);
        if (both && since < 0) since = ms;
        if (!both) since = -1;
        else longest = Math.max(longest, ms + 0.5 - since);
      }
    }
  return longest;
}

function leases(draw: Draw): readonly Operation[] {
  const free = [0, 0, 0];
  const operations: Operation[] = [];
  for (let i = 0; i < 3 + below(draw, 9); i++) {
    const process = below(draw, 3);
    const from = (free[process] as number) + 1 + below(draw, 8);
    const until = from + 1 + below(draw, draw() < 0.3 ? 14 : 3);
    const f = pick(draw, ['acquire', 'acquire', 'renew', 'renew', 'release']);
    const input = f !== 'release' && draw() < 0.7 ? { ttlMs: 2 + below(draw, 24) } : null;
    const fate = draw();
    const type = fate < 0.1 ? 'info' : fate < 0.2 ? 'fail' : 'ok';
    const outcome = type === 'ok' ? { type, output: null } : { type, error: 'by chance' };
    free[process] = until;
    operations.push({
      ...{ process, f, input, outcome, key: draw() < 0.85 ? KEYS[0] : KEYS[1] },
      ...{ start: from * 64 + 2 * i, end: type === 'info' ? NEVER : until * 64 + 2 * i + 1 },
      ...{ startNs: from * 1e6, endNs: until * 1e6 },
    } as unknown as Operation);
  }
  return operations.sort((a, b) => a.start - b.start);
}

test('leases agree with the definition at every moment of 6,000 random histories', () => {
  const draw = draws(52);
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let run = 0; run < 6000; run++) {
    const operations = leases(draw);
    const toleranceMs = below(draw, 3) * below(draw, 4);
    const checker = leaseLock({ ttlMs: DEFAULT_MS, toleranceMs });
    const verdict = checker.check(historyOf(operations) as never);
    seen[verdict.type]++;
    const expected = longestSplit(operations) > toleranceMs ? 'invalid' : 'valid';
    if (verdict.type !== expected) expect({ run, toleranceMs, verdict, operations }).toBe(expected);
    if (verdict.type !== 'invalid') continue;
    for (const anomaly of verdict.anomalies) {
      const named = operations.filter(({ start }) => anomaly.operations.includes(start));
      if (longestSplit(named) <= toleranceMs) expect({ run, toleranceMs, anomaly, operations }).toBe('alone');
    }
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(1000);
});

const lease = (process: number, f: string, ms: readonly [number, number], input: unknown, output: unknown = null) =>
  op(process, f, input, output, ...ms);

test('a lease that had run out before it was renewed begins anew, and bridges nothing', () => {
  const history = made<LeaseLock>(
    lease(0, 'acquire', [0, 1], { ttlMs: 10 }, { token: 1 }),
    lease(1, 'acquire', [20, 21], { ttlMs: 5 }, { token: 2 }),
    lease(1, 'release', [30, 31], null),
    lease(0, 'renew', [40, 41], { ttlMs: 10 }, { token: 1 }),
  );
  expect(leaseLock({ ttlMs: 10 }).check(history)).toEqual({ type: 'valid' });
  expect(fencingTokens().check(history as never)).toEqual({ type: 'valid' });
});

test('a holder that acquires again has one lease and one token, and after its release nothing', () => {
  const history = made<LeaseLock>(
    lease(0, 'acquire', [0, 1], { ttlMs: 1000 }, { token: 7 }),
    lease(0, 'acquire', [500, 501], { ttlMs: 1000 }, { token: 7 }),
    lease(0, 'release', [502, 503], null),
    lease(1, 'acquire', [504, 505], { ttlMs: 1000 }, { token: 8 }),
  );
  expect(leaseLock({ ttlMs: 1000 }).check(history)).toEqual({ type: 'valid' });
  expect(fencingTokens().check(history as never)).toEqual({ type: 'valid' });
});

test('a lease that was prolonged in time is shown with what prolonged it', () => {
  const history = made<LeaseLock>(
    lease(0, 'acquire', [0, 1], { ttlMs: 10 }),
    lease(0, 'renew', [8, 9], { ttlMs: 10 }),
    lease(0, 'renew', [17, 19], { ttlMs: 10 }),
    lease(1, 'acquire', [15, 16], { ttlMs: 10 }),
  );
  expect(leaseLock({ ttlMs: 10 }).check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'mutual-exclusion', operations: [0, 8, 15] }],
  });
});

test('a client that continues as another process may release what it holds, by its grant', () => {
  const released = (input: unknown) =>
    made<LeaseLock>(
      lease(0, 'acquire', [0, 1], { ttlMs: 1000 }, { session: 's', token: 1 }),
      lease(7, 'release', [2, 3], input),
      lease(1, 'acquire', [4, 5], { ttlMs: 1000 }, { session: 't', token: 2 }),
    );
  const checker = leaseLock({ ttlMs: 1000 });
  expect(checker.check(released({ grant: { token: 1, session: 's' } }))).toEqual({ type: 'valid' });
  expect(checker.check(released({ session: 's', token: 1 }))).toEqual({ type: 'valid' });
  expect(checker.check(released({ grant: { session: 'u', token: 1 } })).type).toBe('invalid');
  expect(checker.check(released(null)).type).toBe('invalid');
});

test('leases without an end are no number of milliseconds', () => {
  const history = made<LeaseLock>(lease(0, 'acquire', [0, 1], null), lease(1, 'acquire', [2, 3], null));
  const verdict = leaseLock({ ttlMs: Number.MAX_SAFE_INTEGER }).check(history);
  expect(verdict).toMatchObject({ anomalies: [{ message: 'Two held the lease at once, and neither ran out.' }] });
});

test('a renewal returns no token that is judged, and the resource refuses what is older', () => {
  const renewed = made(
    lease(0, 'acquire', [0, 1], null, { token: 1 }),
    lease(1, 'acquire', [2, 3], null, { token: 2 }),
    lease(0, 'renew', [4, 5], null, { token: 1 }),
  );
  expect(fencingTokens().check(renewed)).toEqual({ type: 'valid' });
  const used = made(
    lease(1, 'append', [4, 5], { token: 2, value: 1 }),
    lease(0, 'write', [6, 7], { token: 1, value: 2 }),
  );
  expect(fencingTokens().check(used)).toMatchObject({ anomalies: [{ name: 'stale-fencing-token' }] });
});
