import {
  type Bank,
  bank,
  type Comments,
  type Counter,
  causalReverse,
  type ForkRegisters,
  finalCounter,
  finalCounterReports,
  longFork,
  type PredicateInserts,
  predicateInserts,
  type UniqueIds,
  uniqueIds,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { below, draws, made, op } from './random.ts';

test('an id that is given out twice is a duplicate', () => {
  const ids = (...given: number[]) =>
    made<UniqueIds>(...given.map((id, i) => op(i, 'generate', null, id, 2 * i, 2 * i + 1)));
  expect(uniqueIds().check(ids(1, 2, 3))).toMatchObject({ type: 'valid' });
  expect(uniqueIds().check(ids(1, 2, 1))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'duplicate-id', operations: [0, 4] }],
  });
});

test('a bank whose reads miss money, accounts or a floor is caught', () => {
  const read = (...balances: Record<string, number>[]) =>
    made<Bank>(...balances.map((output, i) => op(i, 'read', null, output, 2 * i, 2 * i + 1)));
  const names = (checked: ReturnType<ReturnType<typeof bank>['check']>) =>
    checked.type === 'invalid' ? checked.anomalies.map(({ name }) => name) : checked.type;
  expect(names(bank().check(read({ a: 5, b: 5 }, { a: 3, b: 7 })))).toBe('valid');
  expect(names(bank().check(read({ a: 5, b: 5 }, { a: 3, b: 5 })))).toEqual(['wrong-total']);
  expect(names(bank().check(read({ a: 5, b: 5 }, { a: -1, b: 11 })))).toEqual(['negative-balance']);
  expect(names(bank({ negativeBalances: true }).check(read({ a: 5, b: 5 }, { a: -1, b: 11 })))).toBe('valid');
  expect(names(bank().check(read({ a: 5, b: 5 }, { a: 10 })))).toEqual(['nil-balance']);
  expect(names(bank().check(read({ a: 5, b: 5 }, { a: 5, b: 4, c: 1 })))).toEqual(['unexpected-key']);
  expect(names(bank({ total: 11 }).check(read({ a: 5, b: 5 })))).toEqual(['wrong-total']);
  expect(names(bank().check(read()))).toBe('unknown');
});

test('two reads that order two writes differently are a long fork', () => {
  const reads = (...outputs: unknown[]) =>
    made<ForkRegisters>(...outputs.map((output, i) => op(i, 'read', [], output, 2 * i, 2 * i + 1)));
  const fork = reads(
    [
      ['r', 'x', 1],
      ['r', 'y', null],
    ],
    [
      ['r', 'x', null],
      ['r', 'y', 2],
    ],
  );
  expect(longFork().check(fork)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'long-fork', operations: [0, 2] }],
  });
  const fine = reads(
    [
      ['r', 'x', 1],
      ['r', 'y', null],
    ],
    [
      ['r', 'x', 1],
      ['r', 'y', 2],
    ],
    [
      ['r', 'x', null],
      ['r', 'y', null],
    ],
  );
  expect(longFork().check(fine)).toMatchObject({ type: 'valid' });
  const twice = reads([['r', 'x', 1]], [['r', 'x', 2]]);
  expect(longFork().check(twice)).toMatchObject({ type: 'unknown' });
});

test('of two inserts that exclude each other one may succeed', () => {
  const inserts = (second: number | 'fail') =>
    made<PredicateInserts>(
      op(0, 'insert', [1, [7, null]], null, 0, 1),
      op(1, 'insert', [1, [null, 8]], null, 2, second),
    );
  expect(predicateInserts().check(inserts('fail'))).toMatchObject({ type: 'valid' });
  expect(predicateInserts().check(inserts(3))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'G2', operations: [0, 2] }],
  });
});

test('final reads of a counter may show any part of what crashed, and nothing else', () => {
  const adds = [
    op(0, 'add', 10, null, 0, 1),
    op(1, 'add', 5, null, 2, 'info'),
    op(2, 'add', -1, null, 3, 'info'),
    op(3, 'add', -1, null, 4, 'info'),
  ];
  const read = (value: number) =>
    made<Counter>(
      ...adds.slice(0, 2),
      op(9, 'read', null, 3, 2, 2),
      ...adds.slice(2),
      op(4, 'read', null, value, 6, 7),
    );
  for (const value of [8, 9, 10, 13, 14, 15])
    expect(finalCounter().check(read(value))).toMatchObject({ type: 'valid' });
  expect(finalCounter().check(read(11))).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'unexpected', operations: [6] }],
  });
  expect(finalCounter().check(read(7))).toMatchObject({ type: 'invalid', anomalies: [{ name: 'lost' }] });
  expect(finalCounterReports(read(8))).toEqual([
    {
      reads: [8],
      acceptable: [
        [8, 10],
        [13, 15],
      ],
    },
  ]);
});

test('a counter that was never read in the end is unknown, and not valid', () => {
  expect(finalCounter().check(made<Counter>(op(0, 'add', 1, null, 0, 1)))).toMatchObject({ type: 'unknown' });
  expect(finalCounter().check(made<Counter>())).toMatchObject({ type: 'valid' });
});

test('reads that show a write but not an earlier one agree with the definition on 2,000 random histories', () => {
  const draw = draws(61);
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let run = 0; run < 2000; run++) {
    const writes = [...Array(4).keys()].map((id) => ({ id, start: below(draw, 20), end: 0, info: draw() < 0.2 }));
    for (const write of writes) write.end = write.start + 1 + below(draw, 8);
    const reads = [...Array(3).keys()].map(() =>
      writes.filter(({ id }) => draw() < 0.85 - 0.15 * id).map(({ id }) => id),
    );
    const wrong = reads.some((shown) =>
      writes.some(
        (one) =>
          !one.info && !shown.includes(one.id) && writes.some((two) => shown.includes(two.id) && one.end < two.start),
      ),
    );
    const history = made<Comments>(
      ...writes.map(({ id, start, end, info }) =>
        op(id, 'write', id, null, 100 * start + id, info ? 'info' : 100 * end + 10 + id),
      ),
      ...reads.map((shown, i) => op(10 + i, 'read', null, shown, 9000 + 2 * i, 9001 + 2 * i)),
    );
    const verdict = causalReverse().check(history);
    seen[verdict.type]++;
    expect({ run, type: verdict.type }).toEqual({ run, type: wrong ? 'invalid' : 'valid' });
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300);
});
