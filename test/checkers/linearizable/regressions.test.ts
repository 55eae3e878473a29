/** What other checkers get wrong, cannot finish or crash on, and what must not happen here. */
import {
  type Counter,
  counter,
  historyOf,
  linearizable,
  type Model,
  type Operation,
  queue,
  type Register,
  register,
  type Value,
} from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { drawn } from '../oracle/drawing.ts';
import { randomHistory } from '../oracle/random.ts';

const searched: Model<Register, Value | undefined> = { ...register };
const judge = (drawing: string, options = {}) => linearizable(register, options).check(drawn<Register>(drawing));
const named = (drawing: string, options = {}): string[] => {
  const verdict = judge(drawing, options);
  return verdict.type === 'invalid' ? verdict.anomalies.map((anomaly) => anomaly.name) : [verdict.type];
};

describe('operations that never returned', () => {
  test('may take effect long after they were given up', () => {
    expect(
      named(`
        0: [write 1] 
        1:   [write 2 ~
        2:             [read -> 1]  [read -> 2]
      `),
    ).toEqual(['valid']);
  });

  test('may not come and go', () => {
    expect(
      named(`
        0: [write 1] 
        1:   [write 2 ~
        2:             [read -> 2]  [read -> 1]
      `),
    ).toEqual(['stale-read']);
  });

  test('that expect each other do not bring each other about', () => {
    expect(
      named(`
        0: [cas [1,2] ~
        1: [cas [2,1] ~
        2:               [read -> 1]
      `),
    ).toEqual(['cyclic-versions']);
    expect(
      named(`
        0: [cas [1,2] ~
        1: [cas [2,1] ~
        2:               [read -> null]
      `),
    ).toEqual(['valid']);
  });

  test('do not count where they only seem to be needed by each other', () => {
    expect(
      named(`
        0: [write 1]
        1:            [cas [1,2] ~
        2:            [cas [2,3] ~
        3:                          [read -> 1]
      `),
    ).toEqual(['valid']);
  });
});

describe('garbage in a history is a named anomaly', () => {
  test('a value that nobody wrote', () => {
    expect(named('0: [read -> 7]')).toEqual(['thin-air-read']);
    expect(named('0: [cas [7,8]]')).toEqual(['thin-air-read']);
  });

  test('a value of a write that failed', () => {
    expect(named('0: [write 7 !   [read -> 7]')).toEqual(['aborted-read']);
  });

  test('a value that was written only later', () => {
    expect(named('0: [read -> 7]   [write 7]')).toEqual(['future-read']);
  });

  test('a value that two swaps took', () => {
    expect(
      named(`
        0: [write 1]  [cas [1,2]]
        1:            [cas [1,3]]
      `),
    ).toEqual(['lost-update']);
  });

  test('a function that the model has not, and a swap without two values, are unknown', () => {
    expect(judge('0: [frobnicate 3]')).toMatchObject({
      type: 'unknown',
      reason: expect.stringContaining('frobnicate'),
    });
    expect(judge('0: [cas 3]')).toMatchObject({ type: 'unknown', reason: expect.stringContaining('[old, new]') });
  });
});

test('the first operation of all may be the wrong one', () => {
  expect(named('0: [read -> 3]')).toEqual(['thin-air-read']);
  expect(linearizable(queue).check(drawn('0: [dequeue -> 3]'))).toMatchObject({
    type: 'invalid',
    anomalies: [{ operations: [0] }],
  });
});

test('what begins at the instant at which something else ends overlaps it', () => {
  expect(
    named(`
      0: [write 1]
      1:         [read -> null]
    `),
  ).toEqual(['valid']);
});

test('reads before the first write find what was there at first', () => {
  expect(named('0: [read -> null]  [write 1]  [read -> null]')).toEqual(['stale-read']);
  expect(named('0: [read -> 0]  [write 1]  [read -> 1]', { initial: 0 })).toEqual(['valid']);
  expect(named('0: [read -> null]', { initial: 0 })).toEqual(['thin-air-read']);
  expect(named('0: [read -> {"b":1,"a":[2]}]', { initial: { a: [2], b: 1 } })).toEqual(['valid']);
});

test('an empty history is valid', () => {
  expect(judge('')).toEqual({ type: 'valid' });
  expect(linearizable(queue).check(historyOf([]))).toEqual({ type: 'valid' });
});

test('a value written twice is searched, and only on its own key', () => {
  const twice = `
    0: [x.write 1]  [x.write 2]  [x.write 1]
    1:                            [x.read -> 1]
    2: [y.write 1]  [y.write 2]  [y.read -> 1]
  `;
  const verdict = judge(twice);
  expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'stale-read' }] });
});

test('one wrong key is shown though another is too hard', () => {
  const random = chance(3);
  const hard = randomHistory(random, register, {
    operations: 400,
    processes: 24,
    keys: ['hard'],
    call: (c) => ({ f: 'write', input: c.int(1000) }),
    slow: 40,
  });
  const clients: Operation<Register>[] = [...hard];
  const later = Math.max(...clients.map((o) => o.end)) + 1;
  const wrong = [...drawn<Register>('0: [y.write 1]  [y.write 1]  [y.read -> null]')].map((o) => ({
    ...o,
    start: o.start + later,
    end: o.end + later,
  }));
  expect(linearizable(register).check(historyOf([...clients, ...wrong]))).toMatchObject({ type: 'invalid' });
});

describe('histories that others cannot finish', () => {
  test('two thousand operations, one in a hundred crashed, one stale read', () => {
    const random = chance(11);
    const history = [
      ...randomHistory(random, register, {
        operations: 2000,
        processes: 5,
        call: (c, n) => (c.maybe(0.5) ? { f: 'read', input: null } : { f: 'write', input: n + 1 }),
        info: 0.01,
        slow: 2,
      }),
    ];
    const answered = history.filter((o) => o.outcome.type === 'ok');
    const first = answered.find((o) => o.f === 'write') as Operation<Register>;
    const at = history.findIndex((o, i) => i > 1800 && o.f === 'read' && o.outcome.type === 'ok');
    history[at] = { ...history[at], outcome: { type: 'ok', output: first.input } } as Operation<Register>;
    const zones = linearizable(register).check(historyOf(history));
    expect(zones).toMatchObject({ type: 'invalid', anomalies: [{ name: 'stale-read' }] });
    if (zones.type === 'invalid') expect(zones.anomalies[0].operations.length).toBeLessThanOrEqual(6);
    const limited = { maxSteps: 5_000_000 };
    expect(linearizable(searched, limited).check(historyOf(history)).type).toBe('invalid');
  });

  test('thirty clients, all in flight', () => {
    const history = randomHistory(chance(5), register, {
      operations: 300,
      processes: 30,
      call: (c, n) => (c.maybe(0.5) ? { f: 'read', input: null } : { f: 'write', input: n + 1 }),
      slow: 50,
    });
    expect(linearizable(register).check(history).type).toBe('valid');
  });

  test('five thousand writes and no read', () => {
    const history = randomHistory(chance(6), register, {
      operations: 5000,
      processes: 30,
      call: (_, n) => ({ f: 'write', input: n }),
      info: 0.02,
      slow: 20,
    });
    expect(linearizable(register).check(history).type).toBe('valid');
    expect(linearizable(searched).check(history).type).toBe('valid');
  });

  test('more than a thousand states', () => {
    const history = randomHistory(chance(7), counter, {
      operations: 4000,
      processes: 4,
      call: (c) => (c.maybe(0.3) ? { f: 'read', input: null } : { f: 'add', input: 1 + c.int(5) }),
    });
    expect(linearizable<Counter, number>(counter).check(history).type).toBe('valid');
  });

  test('more than sixty operations open at once', () => {
    const history = randomHistory(chance(8), counter, {
      operations: 300,
      processes: 100,
      call: () => ({ f: 'add', input: 1 }),
      slow: 200,
    });
    expect(linearizable<Counter, number>(counter).check(history).type).toBe('valid');
  });
});

describe('a budget that runs out is unknown, and says what would help', () => {
  const hard = randomHistory(chance(9), register, {
    operations: 60,
    processes: 20,
    call: (c, n) => (c.maybe(0.3) ? { f: 'read', input: null } : { f: 'write', input: n }),
    slow: 60,
  });
  const wrong = historyOf([
    ...hard,
    ...[...drawn<Register>('0: [write 999] [write 998] [read -> 999]')].map((o) => ({
      ...o,
      start: o.start + 1000,
      end: o.end + 1000,
    })),
  ]);

  test('in steps', () => {
    const verdict = linearizable(searched, { maxSteps: 1000 }).check(wrong);
    expect(verdict).toMatchObject({
      type: 'unknown',
      reason: expect.stringMatching(/1000 steps at return \d+ of \d+.*would help/),
    });
  });

  test('in memory', () => {
    const verdict = linearizable(searched, { maxBytes: 100_000 }).check(wrong);
    expect(verdict).toMatchObject({ type: 'unknown', reason: expect.stringMatching(/0.1 MB at return \d+/) });
  });
});
