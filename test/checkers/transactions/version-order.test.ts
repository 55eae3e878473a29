import { type History, historyOf, judge, type Operation, precedence, type Span } from 'elle-ts';
import { describe, expect, it, test } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { compare } from './against-definitions.ts';
import { closure } from './assumed-versions.ts';
import { randomHistory } from './random-transactions.ts';

test('few pairs of versions have the closure of all: 4,000 random sets of versions that are touched several times', () => {
  let pruned = 0;
  for (let seed = 0; seed < 4_000; seed++) {
    const random = chance(seed);
    const spans = Array.from({ length: 2 + random.int(7) }, (_, version): Span => {
      // A version that is touched again ends long before it begins for the last time.
      const [a, b] = [random.int(12), random.int(12)];
      return { version, ended: a, begun: b };
    });
    const all = spans.flatMap((a) =>
      spans.flatMap((b): [number, number][] => (a.ended < b.begun ? [[a.version, b.version]] : [])),
    );
    const few = precedence(spans).map(([a, b]): [number, number] => [a.version, b.version]);
    for (const [a, b] of few) expect((spans[a] as Span).ended).toBeLessThan((spans[b] as Span).begun);
    if (!sameClosure(few, all)) expect.fail(`seed ${seed}: ${JSON.stringify({ spans, few })}`);
    if (few.length < all.filter(([a, b]) => a !== b).length) pruned++;
  }
  expect(pruned).toBeGreaterThan(2_000);
});

function sameClosure(a: readonly (readonly [number, number])[], b: readonly (readonly [number, number])[]): boolean {
  const text = (pairs: readonly (readonly [number, number])[]): string =>
    JSON.stringify([...closure(pairs)].map(([from, to]) => [from, [...to].sort()]).sort());
  return text(a) === text(b);
}

test('a long history of one key has few pairs of versions, however often each is read', () => {
  const spans = Array.from(
    { length: 20_000 },
    (_, i): Span => ({ version: i, ended: 10 * i + 45, begun: 10 * i + 10 * (i % 7) }),
  );
  expect(precedence(spans).length).toBeLessThan(spans.length * 20);
});

describe('with assumptions of their keys, registers have the models that the unpruned definition gives them', () => {
  for (const assume of [
    { linearizableKeys: true },
    { sequentialKeys: true },
    { wfrKeys: true },
    { linearizableKeys: true, wfrKeys: true },
    { linearizableKeys: true, sequentialKeys: true, wfrKeys: true },
  ])
    it(Object.keys(assume).join(', '), () => {
      let refuted = 0;
      for (let seed = 0; seed < 1000; seed++) {
        const shape = { lists: false, txns: seed % 3 === 0 ? 5 : 4, keys: 1 + (seed % 2), mops: 3, processes: 3 };
        if (compare(seed, randomHistory(seed, shape), assume).includes('invalid')) refuted++;
      }
      expect(refuted).toBeGreaterThan(100);
    });
});

const txn = (process: number, start: number, end: number, ...mops: unknown[]): Operation =>
  ({
    process,
    f: 'txn',
    input: mops,
    start,
    end,
    startNs: start,
    endNs: end,
    outcome: { type: 'ok', output: mops },
  }) as unknown as Operation;

/** Key 1 was written before both reads began, and the second transaction read it as unwritten. */
const reread: History = historyOf([
  txn(0, 0, 1, ['w', 1, 1]),
  txn(1, 2, 3, ['w', 2, 2], ['r', 1, null]),
  txn(0, 4, 5, ['r', 1, 1], ['r', 1, 1]),
]);

test.each(['read-uncommitted', 'read-committed', 'serializable'])(
  'a version that is read again shields nothing: %s',
  (model) => {
    expect(judge(reread, { type: 'rw-register', model }).valid).toBe(true);
    const judged = judge(reread, { type: 'rw-register', model, linearizableKeys: true });
    expect(judged.valid).toBe(false);
    expect(judged.anomalies[0]?.name).toBe('cyclic-versions');
  },
);

test('keys are not taken to follow real time where the history tells none', () => {
  const timeless = historyOf([...reread], { realTime: false });
  expect(() => judge(timeless, { type: 'rw-register', linearizableKeys: true })).toThrow(/need real time/);
  expect(judge(timeless, { type: 'rw-register', sequentialKeys: true }).models['read-committed']).toBe(true);
});
