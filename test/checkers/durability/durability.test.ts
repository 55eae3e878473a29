/**
 * The checkers of durability against their definitions, written
 * without regard to time, on thousands of random histories.
 */
import {
  type Checker,
  lostAdditions,
  lostElements,
  lostFromQueue,
  lostInsertions,
  lostMessages,
  lostTransfers,
  type Operation,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { agree, agreeOnVerdicts } from './agree.ts';
import { type Drawn, endOf, finalsBy, inputOf, isOk, outputOf, randomHistory } from './random.ts';

const is = (f: string) => (one: Operation) => one.f === f;
const sameKey = (a: Operation) => (b: Operation) => a.key === b.key;

describe.each([
  ['sets', 'later', lostElements(), 'add'],
  ['sets whose elements never come back', 'all', lostElements({ removals: 'all' }), 'add'],
  ['texts', 'all', lostInsertions(), 'insert'],
] as const)('elements of %s', (_, removals, checker, adding) => {
  it('are lost where final reads miss them and no removal can have taken them', () => {
    const draw = (seed: number) => {
      const random = chance(seed);
      const key = () => random.pick(['x', 'y']);
      const element = () => random.int(5);
      const update = (): Drawn => {
        if (random.maybe(0.3)) return { call: { f: 'remove', key: key(), input: element() }, output: null };
        const input = adding === 'insert' ? { value: element(), after: null } : element();
        return { call: { f: adding, key: key(), input }, output: null };
      };
      const elements = () => [0, 1, 2, 3, 4].filter(() => random.maybe(0.7));
      const read = (): Drawn => ({
        call: { f: 'read', key: key(), input: null },
        output: random.maybe(0.5) ? elements() : { value: elements(), version: 1 },
      });
      return randomHistory(random, update, read);
    };
    const elementOf = (one: Operation) =>
      one.f === 'insert' ? (inputOf(one) as { value: unknown }).value : inputOf(one);
    const shown = (one: Operation) => {
      const output = outputOf(one) as readonly unknown[] | { readonly value: readonly unknown[] };
      return 'value' in output ? output.value : output;
    };
    agree(checker, draw, (operations) => {
      const finals = finalsBy(operations, is('read'), (one) => one.f !== 'read');
      return operations
        .filter((one) => one.f === adding && isOk(one))
        .filter((one) => {
          const reads = finals.filter(sameKey(one));
          const takers = operations.filter(
            (other) =>
              other.f === 'remove' &&
              other.outcome.type !== 'fail' &&
              other.key === one.key &&
              other.input === elementOf(one),
          );
          const excused = takers.some((other) => removals === 'all' || endOf(other) > one.start);
          return reads.length > 0 && !excused && reads.every((read) => !shown(read).includes(elementOf(one)));
        })
        .map(({ start }) => start);
    });
  });
});

describe('messages of a log', () => {
  it('are lost where no final poll from the beginning has them', () => {
    const draw = (seed: number) => {
      const random = chance(seed);
      const key = () => random.pick(['x', 'y']);
      const update = (n: number): Drawn => ({ call: { f: 'send', key: key(), input: n }, output: n });
      const read = (): Drawn => ({
        call: { f: 'poll', key: key(), input: { after: random.maybe(0.8) ? null : [[0, 0]] } },
        output: [0, 1, 2, 3, 4, 5].filter(() => random.maybe(0.7)).map((n) => [n, n]),
      });
      return randomHistory(random, update, read);
    };
    agree(lostMessages(), draw, (operations) => {
      const polls = finalsBy(operations, is('poll'), is('send')).filter(
        (one) => (inputOf(one) as { after: unknown }).after === null,
      );
      return operations
        .filter((one) => one.f === 'send' && isOk(one) && polls.some(sameKey(one)))
        .filter((one) =>
          polls
            .filter(sameKey(one))
            .every((poll) => !(outputOf(poll) as [number, unknown][]).some(([, value]) => value === one.input)),
        )
        .map(({ start }) => start);
    });
  });
});

/** All sums of some of these, with a base. */
function sumsOf(base: number, some: readonly number[]): readonly number[] {
  return some.reduce((sums, one) => sums.flatMap((sum) => [sum, sum + one]), [base]);
}

describe('additions to a counter', () => {
  it('are lost where all final reads are below, or above, every sum of what is certain and what is open', () => {
    const draw = (seed: number) => {
      const random = chance(seed);
      const amounts = random.pick([
        [1, 2],
        [-1, -2],
        [-2, -1, 1, 2],
      ]);
      const update = (): Drawn => ({ call: { f: 'add', key: 'x', input: random.pick(amounts) }, output: null });
      const read = (): Drawn => ({ call: { f: 'read', key: 'x', input: null }, output: random.int(17) - 8 });
      return randomHistory(random, update, read, { finals: 2 });
    };
    agreeOnVerdicts(lostAdditions(), draw, (history) => {
      const operations = [...history];
      const amounts = (type: string) =>
        operations.filter((one) => one.f === 'add' && one.outcome.type === type).map((one) => inputOf(one) as number);
      const reads = finalsBy(operations, is('read'), is('add')).map((one) => outputOf(one) as number);
      const sums = sumsOf(
        amounts('ok').reduce((sum, one) => sum + one, 0),
        amounts('info'),
      );
      const isBelow = reads.every((value) => sums.every((sum) => value < sum)) && amounts('ok').some((one) => one > 0);
      const isAbove = reads.every((value) => sums.every((sum) => value > sum)) && amounts('ok').some((one) => one < 0);
      return reads.length > 0 && (isBelow || isAbove);
    });
  });
});

describe('transfers', () => {
  it('are lost where all final reads of an account are beyond what is possible', () => {
    const draw = (seed: number) => {
      const random = chance(seed);
      const update = (): Drawn => {
        const [from, to] = random.pick([
          ['a', 'b'],
          ['b', 'a'],
          ['a', 'c'],
        ]);
        return { call: { f: 'transfer', input: { from, to, amount: 1 + random.int(3) } }, output: null };
      };
      const balances = () => ({ a: 6 + random.int(9), b: 6 + random.int(9), c: 10 });
      const read = (): Drawn => ({ call: { f: 'read', input: ['a', 'b', 'c'] }, output: balances() });
      return randomHistory(random, update, read, { finals: 2, updates: 4 });
    };
    agreeOnVerdicts(lostTransfers(10), draw, (history) => {
      const operations = [...history];
      const reads = finalsBy(operations, is('read'), is('transfer')).map(
        (one) => outputOf(one) as Record<string, number>,
      );
      return ['a', 'b', 'c'].some((account) => {
        const changes = (type: string) =>
          operations
            .filter((one) => one.f === 'transfer' && one.outcome.type === type)
            .map((one) => inputOf(one) as { from: string; to: string; amount: number })
            .map(({ from, to, amount }) => (to === account ? amount : from === account ? -amount : 0));
        const sums = sumsOf(10 + changes('ok').reduce((sum, one) => sum + one, 0), changes('info'));
        const values = reads.map((read) => read[account]!);
        const isBelow = values.every((value) => sums.every((sum) => value < sum));
        return values.length > 0 && (isBelow || values.every((value) => sums.every((sum) => value > sum)));
      });
    });
  });
});

describe('elements of a queue', () => {
  it('are lost where more are missing before it was found empty than open removals can have taken', () => {
    const draw = (seed: number) => {
      const random = chance(seed);
      const taken = () => random.pick([null, 0, 1, 2, 3, 4, 5]);
      const update = (n: number): Drawn =>
        random.maybe(0.3)
          ? { call: { f: 'dequeue', key: 'x', input: null }, output: taken() }
          : { call: { f: 'enqueue', key: 'x', input: n }, output: null };
      const read = (): Drawn => ({ call: { f: 'dequeue', key: 'x', input: null }, output: taken() });
      return randomHistory(random, update, read);
    };
    agreeOnVerdicts(lostFromQueue(), draw, (history) => {
      const operations = [...history];
      const removals = operations.filter(is('dequeue'));
      const out = removals.map(outputOf);
      const emptied = removals.findLast((one) => isOk(one) && outputOf(one) === null);
      if (!emptied) return false;
      const missing = operations.filter(
        (one) => one.f === 'enqueue' && isOk(one) && one.end < emptied.start && !out.includes(one.input),
      );
      const open = removals.filter((one) => one.outcome.type === 'info' && one.start < emptied.end);
      return missing.length > open.length;
    });
  });
});

describe('what is said', () => {
  const told = (checker: unknown, updates: number, shown: readonly number[] | undefined) => {
    let n = 0;
    const update = (): Drawn => ({ call: { f: 'add', key: 'x', input: n++ }, output: null });
    const read = (): Drawn => ({ call: { f: 'read', key: 'x', input: null }, output: shown });
    const finals = shown ? 1 : 0;
    const history = randomHistory({ ...chance(1), maybe: () => false }, update, read, {
      updates,
      finals,
      info: 0,
      fail: 0,
      marked: true,
    });
    return (checker as Checker).check(history as never);
  };

  it('begins with how much of what was acknowledged is lost', () => {
    const verdict = told(
      lostElements(),
      880,
      Array.from({ length: 630 }, (_, i) => i),
    );
    expect(verdict).toMatchObject({ type: 'invalid' });
    if (verdict.type !== 'invalid') return;
    expect(verdict.anomalies[0].message).toMatch(
      /^250 of 880 acknowledged elements are lost: add\(630\) .* the final read does not show it/,
    );
    expect(verdict.anomalies.at(-1)?.message).toMatch(/234 more like this/);
  });

  it('is that nothing is known where nothing was finally read', () => {
    for (const checker of [lostElements(), lostAdditions()])
      expect(told(checker, 5, undefined)).toMatchObject({
        type: 'unknown',
        reason: expect.stringMatching(/no final read/),
      });
  });
});
