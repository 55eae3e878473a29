import { FAIL, type History, INFO, type Log, logMonitor, logReport, OK } from 'elle-ts';
import { expect, test } from 'vitest';
import { below, draws, made, op, pick } from './random.ts';

const send = (process: number, start: number, ...messages: [number, string][]) =>
  op(
    process,
    'send',
    messages.map(([, value]) => ['send', 'x', value]),
    messages.map(([offset, value]) => ['send', 'x', [offset, value]]),
    start,
    start + 1,
  );
const poll = (process: number, start: number, ...messages: [number, string][]) =>
  op(process, 'poll', [['poll']], [['poll', { x: messages }]], start, start + 1);
const names = (history: History<Log>) => {
  const verdict = logMonitor().check(history);
  return verdict.type === 'invalid' ? verdict.anomalies.map(({ name }) => name) : verdict.type;
};

test('a log that is sent to and polled in order is valid', () => {
  expect(names(made(send(0, 0, [0, 'a'], [1, 'b']), poll(1, 2, [0, 'a']), poll(1, 4, [1, 'b'])))).toBe('valid');
});

test('each class of errors is found, by its name', () => {
  expect(names(made(send(0, 0, [0, 'a']), send(1, 2, [0, 'b']), poll(2, 4, [0, 'a']), poll(3, 6, [0, 'b'])))).toEqual([
    'inconsistent-offsets',
  ]);
  expect(names(made(send(0, 0, [0, 'a']), poll(1, 2, [0, 'a'], [1, 'a'])))).toContain('duplicate');
  expect(names(made(send(0, 0, [0, 'a'], [1, 'b']), poll(1, 2, [1, 'b'])))).toEqual(['lost-write']);
  expect(
    names(
      made(send(0, 0, [0, 'a'], [1, 'b'], [2, 'c']), poll(2, 2, [1, 'b']), poll(1, 4, [0, 'a']), poll(1, 6, [2, 'c'])),
    ),
  ).toEqual(['poll-skip']);
  expect(names(made(send(0, 0, [0, 'a'], [1, 'b']), poll(1, 2, [0, 'a'], [1, 'b']), poll(1, 4, [0, 'a'])))).toEqual([
    'nonmonotonic-poll',
  ]);
  expect(
    names(made(send(0, 0, [0, 'a'], [1, 'b'], [2, 'c']), poll(2, 2, [1, 'b']), poll(1, 4, [0, 'a'], [2, 'c']))),
  ).toEqual(['int-poll-skip']);
  expect(names(made(send(0, 0, [0, 'a'], [1, 'b']), poll(1, 2, [1, 'b'], [0, 'a'])))).toEqual([
    'int-nonmonotonic-poll',
  ]);
  expect(names(made(send(0, 0, [1, 'b']), send(0, 2, [0, 'a']), poll(1, 4, [0, 'a'], [1, 'b'])))).toEqual([
    'nonmonotonic-send',
  ]);
  expect(names(made(send(0, 0, [1, 'b'], [0, 'a']), poll(1, 2, [0, 'a'], [1, 'b'])))).toEqual([
    'int-nonmonotonic-send',
  ]);
  expect(
    names(made(send(0, 0, [0, 'a'], [2, 'c']), send(1, 2, [1, 'b']), poll(1, 4, [0, 'a'], [1, 'b'], [2, 'c']))),
  ).toBe('valid');
  expect(names(made(op(0, 'send', [['send', 'x', 'a']], null, 0, 'fail'), poll(1, 2, [0, 'a'])))).toEqual(['G1a']);
  const own = op(
    0,
    'txn',
    [['send', 'x', 'a'], ['poll']],
    [
      ['send', 'x', [0, 'a']],
      ['poll', { x: [[0, 'a']] }],
    ],
    0,
    1,
  );
  expect(names(made(own))).toEqual(['precommitted-read']);
  expect(names(made(poll(1, 0, [0, 'a']), send(0, 2, [0, 'a'])))).toEqual(['G1c-realtime']);
});

test('what was polled must have been asked for, whatever became of the call', () => {
  expect(names(made(send(0, 0, [0, 'a']), poll(1, 2, [0, 'a'], [1, 'b'])))).toEqual(['never-sent']);
  const lost = op(0, 'send', [['send', 'x', 'b']], null, 4, 'info');
  expect(names(made(send(0, 0, [0, 'a']), lost, poll(1, 6, [0, 'a'], [1, 'b'])))).toBe('valid');
  const pair = op(0, 'send', [['send', 'x', [5, 6]]], [['send', 'x', [5, 6]]], 0, 1);
  for (const message of [6, [5, 6]] as unknown as string[])
    expect(names(made(pair, poll(1, 2, [5, message])))).not.toContain('never-sent');
});

test('a long output, which is shortened, is said with the places of the messages in question', () => {
  const messages = Array.from({ length: 20 }, (_, i): [number, string] => [i, `m${i}`]);
  const verdict = logMonitor().check(made(poll(1, 0, ...messages), send(0, 2, [15, 'other'])));
  const steps = verdict.type === 'invalid' ? verdict.anomalies[0].steps : [];
  expect(steps.join(' ')).toMatch(/\.\.\. by process 1 \(operation 0\), with "m15" at offset 15/);
});

test('a cycle of two transactions that polled each other is G1c', () => {
  const txn = (process: number, sent: string, seen: string, offset: number, start: number, end: number) =>
    op(
      process,
      'txn',
      [['send', sent, sent], ['poll']],
      [
        ['send', sent, [0, sent]],
        ['poll', { [seen]: [[offset, seen]] }],
      ],
      start,
      end,
    );
  const history = made<Log>(txn(0, 'x', 'y', 0, 0, 2), txn(1, 'y', 'x', 0, 1, 3));
  expect(logMonitor().check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [
      {
        name: 'G1c',
        operations: [0, 1],
        cycle: [
          { from: 1, to: 0, kind: 'wr' },
          { from: 0, to: 1, kind: 'wr' },
        ],
      },
    ],
  });
});

test('acknowledged messages that were not polled are unknown, and wrong once all was drained', () => {
  const history = made<Log>(send(0, 0, [0, 'a'], [1, 'b']), poll(1, 2, [0, 'a']));
  expect(logMonitor().check(history)).toMatchObject({ type: 'unknown' });
  expect(logMonitor({ drained: true }).check(history)).toMatchObject({
    type: 'invalid',
    anomalies: [{ name: 'unseen' }],
  });
});

test('a history without any message is unknown, and not valid', () => {
  expect(logMonitor().check(made<Log>(op(0, 'assign', ['x'], null, 0, 1)))).toMatchObject({ type: 'unknown' });
});

test('operations with a key may send and poll as well', () => {
  const history = made<Log>(
    op(0, 'send', 'a', 0, 0, 1, 'x'),
    op(0, 'send', 'b', 1, 2, 3, 'x'),
    op(1, 'poll', null, [[1, 'b']], 4, 5, 'x'),
  );
  expect(names(history)).toEqual(['lost-write']);
});

/** Offset errors, aborted reads and losses by their definitions: all pairs, quadratic. */
function byDefinition(history: History<Log>): Readonly<Record<string, number>> {
  const { columns } = history;
  const seen: { offset: number; value: string; row: number; how: 'send' | 'poll'; type: number }[] = [];
  for (let row = 0; row < history.length; row++) {
    const mops = (columns.output[row] ?? columns.input[row]) as [string, unknown, unknown][];
    for (const mop of mops) {
      if (mop[0] === 'poll')
        for (const [offset, value] of (mop[1] as { x?: [number, string][] } | undefined)?.x ?? [])
          seen.push({ offset, value, row, how: 'poll', type: columns.type[row] as number });
      else if (Array.isArray(mop[2]))
        seen.push({ offset: mop[2][0], value: mop[2][1], row, how: 'send', type: columns.type[row] as number });
      else seen.push({ offset: -1, value: mop[2] as string, row, how: 'send', type: columns.type[row] as number });
    }
  }
  const polledOk = (value: string) => seen.some((one) => one.how === 'poll' && one.type === OK && one.value === value);
  const happened = (one: (typeof seen)[number]) =>
    one.type === OK ||
    (one.type === INFO && seen.some((other) => other.row === one.row && other.how === 'send' && polledOk(other.value)));
  const placed = seen.filter((one) => one.offset >= 0 && (one.how === 'poll' || happened(one)));
  const offsets = [...new Set(placed.map(({ offset }) => offset))];
  const values = [...new Set(seen.map(({ value }) => value))];
  const least = (value: string) => Math.min(...placed.filter((one) => one.value === value).map(({ offset }) => offset));
  const furthest = Math.max(-1, ...placed.filter(({ value }) => polledOk(value)).map(({ offset }) => offset));
  return {
    'inconsistent-offsets': offsets.filter(
      (offset) => new Set(placed.filter((one) => one.offset === offset).map(({ value }) => value)).size > 1,
    ).length,
    duplicate: values.filter(
      (value) => new Set(placed.filter((one) => one.value === value).map(({ offset }) => offset)).size > 1,
    ).length,
    'lost-write': values.filter(
      (value) =>
        !polledOk(value) &&
        Number.isFinite(least(value)) &&
        least(value) < furthest &&
        seen.some((one) => one.how === 'send' && one.value === value && happened(one)),
    ).length,
    G1a: seen.filter(
      (one) =>
        one.how === 'poll' &&
        one.type === OK &&
        seen.some((w) => w.how === 'send' && w.value === one.value && w.type === FAIL) &&
        !seen.some((w) => w.how === 'send' && w.value === one.value && w.type !== FAIL),
    ).length,
  };
}

test('offsets, losses and aborted reads agree with their definitions on 2,000 random histories', () => {
  const draw = draws(71);
  const wrong = { valid: 0, invalid: 0 };
  for (let run = 0; run < 2000; run++) {
    const log = [...'abcdef'].slice(0, 2 + below(draw, 5));
    const operations = log.map((value, i) => {
      const offset = draw() < 0.12 ? below(draw, 6) : i;
      const end = pick(draw, [1, 1, 1, 1, 'info', 'fail'] as const);
      const told = [['send', 'x', end === 1 || draw() < 0.5 ? [offset, value] : value]];
      const one = op(i, 'send', [['send', 'x', value]], told, 2 * i, end === 1 ? 2 * i + 1 : end);
      return end === 1 ? one : { ...one, outcome: { ...one.outcome, partial: told } };
    });
    for (let i = 0; i < 1 + below(draw, 3); i++) {
      const from = below(draw, log.length);
      const messages = log
        .slice(from, from + 1 + below(draw, 3))
        .map((value, at) => [draw() < 0.1 ? below(draw, 6) : from + at, value] as [number, string]);
      operations.push(poll(10 + i, 100 + 2 * i, ...messages));
    }
    const history = made<Log>(...(operations as ReturnType<typeof op>[]));
    const { errors } = logReport(history);
    const expected = byDefinition(history);
    for (const [name, count] of Object.entries(expected)) {
      const found = errors.filter((error) => error.class === name).length;
      if (found !== count) expect({ run, name, found, history: [...history] }).toBe(count);
    }
    wrong[Object.values(expected).some((count) => count > 0) ? 'invalid' : 'valid']++;
  }
  expect(Math.min(wrong.valid, wrong.invalid)).toBeGreaterThan(300);
});
