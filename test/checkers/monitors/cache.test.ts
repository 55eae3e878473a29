import { type Cache, cache, type History, historyOf, type Model, NEVER, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below, draws, made, op } from './random.ts';

const SEEDS = 3000;

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

interface Entry {
  readonly value: unknown;
  readonly ttlMs?: number;
}

type Held = { readonly value: unknown; readonly until: number } | null;

/** What a cache holds after an operation at a moment, in ms; undefined where it cannot take place then. */
function after(one: Operation<Cache>, at: number, held: Held, lives: number): Held | undefined {
  if (one.f === 'invalidate') return null;
  if (one.f === 'get') {
    const output = one.outcome.type === 'ok' ? one.outcome.output : null;
    return output === null || (held !== null && held.value === output && at <= held.until) ? held : undefined;
  }
  const isEntry = one.input !== null && typeof one.input === 'object';
  const { value, ttlMs } = (isEntry ? one.input : { value: one.input }) as Entry;
  return { value, until: at + (ttlMs ?? lives) };
}

/** By definition: every operation at a moment of its interval, in whole ms, those of one moment in any order. */
function neverFoundTooLate(history: History<Cache>, ttlMs: number, toleranceMs: number): boolean {
  const last = Math.max(...[...history].map(({ startNs, end, endNs }) => Math.max(startNs, end === NEVER ? 0 : endNs)));
  const go = (left: readonly Operation<Cache>[], now: number, held: Held): boolean =>
    left.every(({ outcome }) => outcome.type === 'info') ||
    left.some((one) => {
      const end = (one.end === NEVER ? last : one.endNs) / 1e6;
      for (let at = Math.max(now, one.startNs / 1e6); at <= end; at++) {
        const next = after(one, at - toleranceMs * Number(one.f === 'get'), held, ttlMs);
        const rest = left.filter((other) => other !== one);
        if (next !== undefined && go(rest, at, next)) return true;
      }
      return false;
    });
  return go([...history], 0, null);
}

/** A cache whose clients set few values, some of which live for some ms only; each event at a ms of its own. */
function expiringCalls(draw: () => number): History<Cache> {
  const calls = Array.from({ length: 4 + below(draw, 2) }, (_, process) => {
    const f = draw() < 0.5 ? 'get' : draw() < 0.85 ? 'set' : 'invalidate';
    const value = below(draw, 2);
    const input = f === 'set' ? (draw() < 0.6 ? { value, ttlMs: 1 + below(draw, 4) } : value) : null;
    const output = f === 'get' && draw() < 0.9 ? below(draw, 2) : null;
    return { process, f, input, output, from: draw(), to: 0, isLost: draw() < 0.08 };
  });
  for (const call of calls) call.to = Math.min(1, call.from + draw() * 0.5);
  const times = calls.flatMap(({ from, to, isLost }) => (isLost ? [from] : [from, to])).sort((x, y) => x - y);
  const at = (time: number): number => times.indexOf(time);
  const sorted = [...calls].sort((one, other) => one.from - other.from);
  return historyOf(
    sorted.map(({ process, f, input, output, from, to, isLost }) => ({
      ...{ process, f, input, start: at(from), startNs: at(from) * 1e6 },
      ...(isLost ? { end: NEVER, endNs: NEVER } : { end: at(to), endNs: at(to) * 1e6 }),
      outcome: isLost ? { type: 'info', error: 'timeout' } : { type: 'ok', output },
    })) as unknown as Operation<Cache>[],
  );
}

test('a search decides where values are set again and expire, as the definition does, on 3,000 random histories', () => {
  const count = { valid: 0, invalid: 0, expired: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    const draw = draws(seed);
    const history = expiringCalls(draw);
    const options = { ttlMs: draw() < 0.5 ? 2 : 50, toleranceMs: below(draw, 2) };
    const verdict = cache(options).check(history);
    const is = (some: History<Cache>) => neverFoundTooLate(some, options.ttlMs, options.toleranceMs);
    const truth = is(history) ? 'valid' : 'invalid';
    expect({ seed, is: verdict.type }).toEqual({ seed, is: truth });
    count[truth]++;
    if (verdict.type !== 'invalid') continue;
    const [{ name, operations }] = verdict.anomalies;
    const alone = historyOf([...history].filter(({ start }) => operations.includes(start)));
    if (name === 'expired-read') count.expired++;
    expect({ seed, alone: is(alone) }).toEqual({ seed, alone: false });
  }
  for (const times of Object.values(count)) expect(times, JSON.stringify(count)).toBeGreaterThan(SEEDS / 150);
});

test('where a value is set again, a read may have found either', () => {
  const entry = { value: 'a', ttlMs: 10 };
  const set = [op(0, 'set', entry, null, 0, 1), op(0, 'set', entry, null, 20, 21)];
  expect(cache().check(made<Cache>(...set, op(1, 'get', null, 'a', 31, 32)))).toMatchObject({ type: 'valid' });
  expect(cache().check(made<Cache>(...set, op(1, 'get', null, 'a', 33, 34)))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'expired-read', operations: [20, 33] }],
  });
  const gone = [...set, op(0, 'invalidate', null, null, 22, 23), op(1, 'get', null, 'a', 24, 25)];
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
