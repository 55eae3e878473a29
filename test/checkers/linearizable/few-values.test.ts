/** Where few values are written again and again, a history that is wrong is shown to be so by few operations. */
import { type History, historyOf, linearizable, NEVER, type Operation, type Register, register } from 'elle-ts';
import { expect, test } from 'vitest';
import { bruteLinearizable } from '../oracle/brute-force.ts';
import { type Chance, chance } from '../oracle/chance.ts';
import { randomHistory } from '../oracle/random.ts';

const CLIENTS = 8;
const SEEDS = 1500;

/** Calls of clients that take effect one after the other, each at a time of its own. */
function calls(random: Chance, length: number): Operation<Register>[] {
  const free = Array.from({ length: CLIENTS }, () => 0);
  let state: unknown = null;
  return Array.from({ length }, (_, n) => {
    const process = random.pick([...free.keys()].filter((client) => (free[client] as number) <= 10 * n + 5));
    // It takes effect at 10 n + 5: what began before, and ends later, holds that time.
    const start = Math.max(free[process] as number, 10 * n - random.int(60));
    const end = 10 * n + 6 + random.int(60);
    free[process] = end + 1;
    const isWrite = random.maybe(0.3);
    const input = isWrite ? random.int(5) : null;
    if (isWrite) state = input;
    const isLost = isWrite && random.maybe(0.02);
    const outcome = isLost ? { type: 'info', error: 'timeout' } : { type: 'ok', output: isWrite ? null : state };
    const times = { start, end: isLost ? NEVER : end, startNs: 1e6 * start, endNs: 1e6 * end };
    return { process, f: isWrite ? 'write' : 'read', input, outcome, ...times } as unknown as Operation<Register>;
  });
}

const inOrder = (operations: readonly Operation<Register>[]): History<Register> => {
  const times = operations.flatMap((one, n) => [
    { at: 2 * one.start, n, is: 'start' },
    { at: one.end === NEVER ? NEVER : 2 * one.end + 1, n, is: 'end' },
  ]);
  times.sort((a, b) => a.at - b.at || a.n - b.n);
  const index = new Map(times.map(({ n, is }, at) => [`${n} ${is}`, at]));
  const placed = operations.map((one, n) => ({
    ...one,
    start: index.get(`${n} start`) as number,
    end: one.end === NEVER ? NEVER : (index.get(`${n} end`) as number),
  }));
  return historyOf(placed.sort((a, b) => a.start - b.start) as Operation<Register>[]);
};

const only = (history: History<Register>, starts: readonly number[]): History<Register> =>
  historyOf([...history].filter(({ start }) => starts.includes(start)));

test('one read of what was overwritten among hundreds of operations on five values', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = chance(seed);
    const operations = calls(random, 600);
    const sound = inOrder(operations);
    expect({ seed, type: linearizable(register).check(sound).type }).toEqual({ seed, type: 'valid' });
    // Another value, which one write leaves; others overwrite it long before a read finds it.
    const write = operations.findIndex(({ f, outcome }, n) => n > 60 && f === 'write' && outcome.type === 'ok');
    const read = operations.findLastIndex(({ f }) => f === 'read');
    const broken = operations.map((one, n) => {
      if (n === write) return { ...one, input: 9 };
      if (n === read) return { ...one, outcome: { type: 'ok', output: 9 } };
      return one.f === 'read' && n > write && n < write + 60 ? undefined : one;
    });
    const history = inOrder(broken.filter((one) => one !== undefined) as Operation<Register>[]);
    const verdict = linearizable(register).check(history);
    const shown = verdict.type === 'invalid' ? (verdict.anomalies[0]?.operations ?? []) : [];
    expect({ seed, type: verdict.type, shown: shown.length }).toEqual({ seed, type: 'invalid', shown: 3 });
    expect({ seed, is: bruteLinearizable(only(history, shown), register) }).toEqual({ seed, is: false });
    for (const left of shown) {
      const rest = only(
        history,
        shown.filter((one) => one !== left),
      );
      // Without its write the read finds what nobody wrote, which is wrong by itself.
      const isItsWrite = [...history].some(({ start, input }) => start === left && input === 9);
      expect({ seed, is: bruteLinearizable(rest, register) }).toEqual({ seed, is: !isItsWrite });
    }
  }
});

/** The history in which only some operations observe anything: other reads are left out, and other swaps are writes. */
const blankedBut = (history: History<Register>, named: readonly number[]): History<Register> =>
  historyOf(
    [...history].flatMap((one): Operation<Register>[] => {
      if (named.includes(one.start) || one.f === 'write' || one.outcome.type === 'info') return [one];
      if (one.f === 'read' || one.outcome.type === 'fail') return [];
      return [{ ...one, f: 'write', input: (one.input as readonly unknown[])[1] } as Operation<Register>];
    }),
  );

/** The history without one operation and without what others observed of the value that it wrote. */
function lessOne(history: History<Register>, start: number): History<Register> {
  const gone = [...history].find((one) => one.start === start) as Operation<Register>;
  const value = gone.f === 'write' ? gone.input : gone.f === 'cas' ? (gone.input as readonly unknown[])[1] : undefined;
  const found = ({ f, input, outcome }: Operation<Register>): unknown =>
    f === 'cas' ? (input as readonly unknown[])[0] : f === 'read' && outcome.type === 'ok' ? outcome.output : undefined;
  const rest = [...history].filter((one) => one.start !== start);
  const blind = value === undefined ? [] : rest.filter((one) => found(one) === value);
  const named = rest.filter((one) => !blind.includes(one)).map((one) => one.start);
  return blankedBut(historyOf(rest), named);
}

test('whatever is shown of writes, swaps and unanswered operations on few values is wrong by itself, and the reason', () => {
  const sizes: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = chance(seed);
    const history = randomHistory(random, register, {
      operations: 14 + random.int(4),
      processes: 2 + random.int(3),
      keys: ['x'],
      call: (c) => {
        if (c.maybe(0.55)) return { f: 'read', input: null };
        const input = c.int(3);
        return c.maybe(seed % 2 === 0 ? 0 : 0.5) ? { f: 'cas', input: [c.int(3), input] } : { f: 'write', input };
      },
      info: 0.08,
      fail: 0.02,
      damage: 1,
      slow: 1,
    });
    const verdict = linearizable(register).check(history);
    if (verdict.type !== 'invalid' || history.columns.length < 9) continue;
    const shown = verdict.anomalies[0]?.operations ?? [];
    sizes.push(shown.length);
    const is = (some: History<Register>) => bruteLinearizable(some, register);
    expect({ seed, alone: is(only(history, shown)) }).toEqual({ seed, alone: false });
    if (is(blankedBut(history, shown)))
      console.log(
        seed,
        JSON.stringify(verdict.anomalies[0], null, 1),
        [...history]
          .map(
            (o) => `${o.start}-${o.end} p${o.process} ${o.f} ${JSON.stringify(o.input)} ${JSON.stringify(o.outcome)}`,
          )
          .join('\n'),
      );
    else expect({ seed, reason: is(blankedBut(history, shown)) }).toEqual({ seed, reason: false });
    // Of a swap, what it found goes with it, although it is no part of the reason.
    if (seed % 2 === 1) continue;
    const needless = shown.filter((one) => !is(lessOne(only(history, shown), one)));
    expect({ seed, needless }).toEqual({ seed, needless: [] });
  }
  expect(sizes.length).toBeGreaterThan(SEEDS / 4);
  expect(sizes.reduce((sum, size) => sum + size) / sizes.length).toBeLessThan(2.6);
});
