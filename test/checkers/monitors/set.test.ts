import { type Elements, elementSet, finalSet, growOnlySet, set, setFull, setFullReports, type Value } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below, made, op, pick } from './random.ts';

test('the grow-only set monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(set, growOnlySet({ certificate: true }), {
    seed: 31,
    certified: 'mostly',
    shape: { squeeze: 0.3 },
    call: (draw, i) => (draw() < 0.55 ? { f: 'add', input: draw() < 0.1 ? 0 : i } : { f: 'read', input: null }),
    liars: ['read'],
    lie: (draw, o) => {
      const shown = o.outcome.type === 'ok' ? (o.outcome.output as readonly Value[]) : [];
      return draw() < 0.7 ? shown.filter(() => draw() < 0.7) : [...new Set([...shown, below(draw, 8)])];
    },
  });
});

test('the set monitor with removals agrees with the definition on 2,000 random histories', () => {
  let spent = new Set<string>();
  expectAgreement(set, elementSet(), {
    seed: 32,
    shape: { squeeze: 0.3, operations: 8 },
    call: (draw, i) => {
      if (i === 0) spent = new Set();
      const element = below(draw, 2);
      const f = draw() < 0.25 ? 'add' : draw() < 0.35 ? 'remove' : 'contains';
      if (f === 'contains' || spent.has(f + element)) return { f: 'contains', input: element };
      spent.add(f + element);
      return { f, input: element };
    },
    liars: ['contains'],
    lie: (draw) => draw() < 0.5,
  });
});

test('repeated additions and removals are searched element by element, and agree with the definition', () => {
  expectAgreement(set, elementSet(), {
    seed: 33,
    runs: 1000,
    atLeast: 200,
    shape: { squeeze: 0.3, operations: 8 },
    call: (draw) => ({ f: pick(draw, ['add', 'remove', 'contains', 'contains']), input: below(draw, 2) }),
    liars: ['contains'],
    lie: (draw) => draw() < 0.5,
  });
});

test('a set with duplicates in a read is invalid, unlike in Jepsen where the count is never taken', () => {
  const history = made<Elements>(op(0, 'add', 1, null, 0, 1), op(0, 'read', null, [1, 1], 2, 3));
  expect(setFull().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'duplicate', operations: [2] }],
  });
  expect(growOnlySet().check(history)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'duplicate' }] });
  expect(finalSet().check(history)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'duplicate' }] });
});

test('an absence proves nothing while the addition is going on, and everything afterwards', () => {
  const during = made<Elements>(op(0, 'add', 1, null, 0, 3), op(1, 'read', null, [], 1, 2));
  expect(setFull().check(during)).toMatchObject({ type: 'unknown' });
  const after = made<Elements>(op(0, 'add', 1, null, 0, 1), op(1, 'read', null, [], 2, 3));
  expect(setFull().check(after)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'lost', operations: [0, 2] }] });
  expect(finalSet().check(after)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'lost' }] });
});

test('an element that appears late is stale, which only a linearizable set forbids', () => {
  const history = made<Elements>(
    op(0, 'add', 1, null, 0, 1),
    op(1, 'read', null, [], 9, 10),
    op(1, 'read', null, [1], 11, 12),
  );
  expect(setFull().check(history)).toMatchObject({ type: 'valid' });
  expect(setFull({ linearizable: true }).check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'stale-read' }],
  });
  expect(setFullReports(history)[0]?.stories).toMatchObject([{ outcome: 'stable', latencyMs: 8 }]);
});

test('a final read of what nobody added is unexpected, and a crashed addition may be there or not', () => {
  const history = made<Elements>(
    op(0, 'add', 1, null, 0, 'info'),
    op(1, 'add', 2, null, 1, 'info'),
    op(2, 'add', 3, null, 2, 'fail'),
    op(3, 'read', null, [1], 4, 5),
  );
  expect(finalSet().check(history)).toMatchObject({ type: 'valid' });
  const wrong = made<Elements>(op(2, 'add', 3, null, 2, 'fail'), op(3, 'read', null, [3, 4], 4, 5));
  expect(finalSet().check(wrong)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'unexpected' }, { name: 'unexpected' }],
  });
});
