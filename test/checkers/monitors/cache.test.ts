import { type Cache, cache, type Model } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below, made, op } from './random.ts';

/** A register that may forget at any time. */
const forgetful: Model<Cache, unknown> = {
  name: 'cache',
  init: null,
  step: {
    get: (held) => [held, held],
    set: (_, entry) => [typeof entry === 'object' ? null : entry, null],
    invalidate: () => [null, null],
  },
  same: (f, expected, observed) => f !== 'get' || observed === null || observed === expected,
};

test('the cache monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(forgetful, cache(), {
    seed: 41,
    shape: { squeeze: 0.2 },
    call: (draw, i) =>
      draw() < 0.5
        ? { f: 'get', input: null }
        : draw() < 0.75
          ? { f: 'set', input: i }
          : { f: 'invalidate', input: null },
    liars: ['get'],
    lie: (draw) => (draw() < 0.2 ? null : below(draw, 7)),
  });
});

test('a search decides where values are set again, on 2,000 random histories', () => {
  expectAgreement(forgetful, cache(), {
    seed: 43,
    shape: { squeeze: 0.2 },
    call: (draw) =>
      draw() < 0.5
        ? { f: 'get', input: null }
        : draw() < 0.75
          ? { f: 'set', input: below(draw, 3) }
          : { f: 'invalidate', input: null },
    liars: ['get'],
    lie: (draw) => (draw() < 0.2 ? null : below(draw, 4)),
  });
});

test('where values are set again and expire, nobody knows which of them had', () => {
  const entry = { value: 'a', ttlMs: 10 };
  const set = [op(0, 'set', entry, null, 0, 1), op(0, 'set', entry, null, 2, 3)];
  expect(cache().check(made<Cache>(...set, op(1, 'get', null, 'a', 4, 5)))).toMatchObject({ type: 'unknown' });
  const gone = [...set, op(0, 'invalidate', null, null, 4, 5), op(1, 'get', null, 'a', 6, 7)];
  expect(cache().check(made<Cache>(...gone))).toMatchObject({ type: 'invalid' });
});

test('a read that finds what was invalidated is stale', () => {
  const history = made<Cache>(
    op(0, 'set', 'a', null, 0, 1),
    op(0, 'invalidate', null, null, 2, 3),
    op(1, 'get', null, 'a', 4, 5),
  );
  expect(cache().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'stale-read', operations: [0, 2, 4] }],
  });
});

test('a miss is always right, even between two finds', () => {
  const history = made<Cache>(
    op(0, 'set', 'a', null, 0, 1),
    op(1, 'get', null, 'a', 2, 3),
    op(1, 'get', null, null, 4, 5),
    op(1, 'get', null, 'a', 6, 7),
  );
  expect(cache().check(history)).toMatchObject({ type: 'valid' });
});

test('an entry has expired once its time has passed since it was set at the latest', () => {
  const found = (at: number) =>
    made<Cache>(op(0, 'set', { value: 'a', ttlMs: 10 }, null, 0, 5), op(1, 'get', null, 'a', at, at + 1));
  expect(cache().check(found(15))).toMatchObject({ type: 'valid' });
  expect(cache().check(found(16))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'expired-read', operations: [0, 16] }],
  });
  expect(cache({ toleranceMs: 2 }).check(found(16))).toMatchObject({ type: 'valid' });
});

test('null that was set reads as nothing, like an invalidation, on 2,000 random histories', () => {
  expectAgreement(forgetful, cache(), {
    seed: 42,
    shape: { squeeze: 0.2 },
    call: (draw, i) =>
      draw() < 0.5
        ? { f: 'get', input: null }
        : { f: 'set', input: draw() < 0.4 ? null : draw() < 0.2 ? { value: null, ttlMs: 1e6 } : i },
    liars: ['get'],
    lie: (draw) => (draw() < 0.2 ? null : below(draw, 7)),
  });
});

test('what was found before anybody set it is wrong, though it was set twice', () => {
  const history = made<Cache>(
    op(0, 'get', null, 'a', 0, 1),
    op(0, 'set', 'a', null, 2, 3),
    op(0, 'set', 'a', null, 4, 5),
  );
  expect(cache().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'unexpected', operations: [0, 2] }],
  });
});
