import { fencingTokens, type LeaseLock, leaseLock, type Model } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below, made, op } from './random.ts';

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
