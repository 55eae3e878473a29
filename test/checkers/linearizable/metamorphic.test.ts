import { type History, historyOf, linearizable, NEVER, type Operation, type Register, register } from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

type Op = Operation<Register>;

/**
 * A hundred histories of some thirty operations each: of unique
 * values, of unique values with swaps, and of repeated ones.
 */
function* histories(damage: number): Generator<{ random: Chance; history: History<Register> }> {
  for (let seed = 0; seed < 300; seed++) {
    const random = chance(seed);
    const history = randomHistory(random, register, {
      operations: 20 + random.int(20),
      processes: 2 + random.int(4),
      keys: ['x', 'y'],
      call: (c, n) => {
        if (c.maybe(0.5)) return { f: 'read', input: null };
        if (seed % 3 === 0) return { f: 'write', input: n + 1 };
        if (seed % 3 === 1)
          return c.maybe(0.5) ? { f: 'cas', input: [n || null, n + 1] } : { f: 'write', input: n + 1 };
        return { f: 'write', input: c.int(4) };
      },
      info: 0.05,
      fail: 0.05,
      damage: damage * random.int(3),
      slow: 2,
    });
    yield { random, history };
  }
}

function verdict(operations: Iterable<Op>): string {
  return linearizable(register).check(historyOf([...operations])).type;
}

function mapped(history: History<Register>, change: (o: Op) => Op): Op[] {
  return [...history].map(change);
}

describe('the verdict stays the same', () => {
  const same: readonly [string, (history: History<Register>, random: Chance) => Op[]][] = [
    ['when processes are renamed', (history) => mapped(history, (o) => ({ ...o, process: 1000 - o.process }))],
    ['when keys are exchanged', (history) => mapped(history, (o) => ({ ...o, key: o.key === 'x' ? 'y' : 'x' }))],
    [
      'when values are replaced one by one by others of other types',
      (history) =>
        mapped(history, (o) => {
          const other = (value: unknown): unknown => (value === null ? null : `value ${value}`);
          const input = Array.isArray(o.input) ? o.input.map(other) : other(o.input);
          const outcome = o.outcome.type === 'ok' ? { type: 'ok', output: other(o.outcome.output) } : o.outcome;
          return { ...o, input, outcome } as Op;
        }),
    ],
    [
      'when a read and a write that never returned and that nobody saw are added',
      (history) => {
        const operations = [...history];
        const last = Math.max(...operations.flatMap((o) => [o.start, o.end === NEVER ? 0 : o.end]));
        const lost = {
          key: 'x',
          outcome: { type: 'info', error: 'timeout' },
          end: NEVER,
          startNs: 0,
          endNs: 0,
        } as const;
        return [
          ...operations,
          { ...lost, process: 900, f: 'read', input: null, start: last + 1 } as Op,
          { ...lost, process: 901, f: 'write', input: 'unseen', start: last + 2 } as Op,
        ];
      },
    ],
    [
      'when time is told in larger steps',
      (history) =>
        mapped(history, (o) => ({ ...o, start: o.start * 1000 + 7, end: o.end === NEVER ? NEVER : o.end * 1000 + 7 })),
    ],
  ];
  test.each(same)('%s', (_, change) => {
    let invalid = 0;
    for (const { random, history } of histories(1)) {
      const before = linearizable(register).check(history).type;
      if (before === 'invalid') invalid++;
      expect(verdict(change(history, random))).toBe(before);
    }
    expect(invalid).toBeGreaterThan(50);
  });
});

describe('a valid history stays valid', () => {
  test('when reads are left out', () => {
    for (const { random, history } of histories(0))
      expect(verdict([...history].filter((o) => o.f !== 'read' || random.maybe(0.5)))).toBe('valid');
  });

  test('when operations take longer', () => {
    for (const { random, history } of histories(0)) {
      // Each operation begins or ends past its neighbours' events, at instants that no other has.
      const stretched = mapped(history, (o) => ({
        ...o,
        start: 100 + o.start * 100 - 100 * random.int(4) - o.start,
        end: o.end === NEVER ? NEVER : 100 + o.end * 100 + 100 * random.int(4) - o.end,
      }));
      const times = stretched.flatMap((o) => [o.start, o.end]).filter((time) => time !== NEVER);
      if (new Set(times).size < times.length || Math.min(...times) < 0) continue;
      expect(verdict(stretched)).toBe('valid');
    }
  });

  test('when a write that never returned returns after everything', () => {
    for (const { history } of histories(0)) {
      const last = Math.max(...[...history].flatMap((o) => [o.start, o.end === NEVER ? 0 : o.end]));
      let next = last;
      const answered = mapped(history, (o) =>
        o.outcome.type === 'info' && o.f === 'write'
          ? ({ ...o, end: ++next, outcome: { type: 'ok', output: null } } as Op)
          : o,
      );
      expect(verdict(answered)).toBe('valid');
    }
  });

  test('when it is repeated from the state in which it ended', () => {
    for (const { history } of histories(0)) {
      if ([...history].some((o) => o.outcome.type === 'info')) continue;
      const length = Math.max(...[...history].map((o) => o.end)) + 1;
      const reset = (at: number, key: string): Op =>
        ({
          process: 500,
          f: 'write',
          key,
          input: null,
          outcome: { type: 'ok', output: null },
          start: at,
          end: at + 1,
          startNs: 0,
          endNs: 0,
        }) as Op;
      const again = mapped(history, (o) => ({ ...o, start: o.start + length + 4, end: o.end + length + 4 }));
      expect(verdict([...history, reset(length, 'x'), reset(length + 2, 'y'), ...again])).toBe('valid');
    }
  });
});
