/**
 * Histories that know the order within each process and no real time: what is judged of them, and what stays unknown.
 */
import { type Checker, finalSet, gSet, historyOf, judge, type Operation, pnCounter, setFull } from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { type Drawn, drawHistory, interleavedAnew } from './histories.ts';

interface Kind {
  readonly type: string;
  readonly draw: (c: Chance, i: number, before: readonly Operation[]) => Drawn;
  /** What a read of the last round shows. */
  readonly last?: (c: Chance, before: readonly Operation[]) => unknown;
  /** Whether such histories can be affirmed. */
  readonly affirmed: boolean;
}

const inputs = (before: readonly Operation[], f: string): unknown[] =>
  [...new Set(before.filter((o) => o.f === f && o.outcome.type !== 'fail').map((o) => o.input as unknown))].sort();
const most = (c: Chance, values: readonly unknown[]): unknown[] => values.filter(() => c.maybe(0.93));

const set = (type: string, more: readonly string[] = []): Kind => ({
  type,
  draw: (c, i, before) => {
    const f = c.pick(['add', 'add', 'add', ...more, ...(c.maybe(0.15) ? ['read'] : ['add'])]);
    if (f === 'read') return { f, output: most(c, inputs(before, 'add')).filter(() => c.maybe(0.5)) };
    return { f, input: f === 'add' ? i : c.int(i + 1) };
  },
  last: (c, before) =>
    most(
      c,
      inputs(before, 'add').filter((element) => !inputs(before, 'remove').includes(element)),
    ),
  affirmed: true,
});

const counter = (type: string): Kind => ({
  type,
  draw: (c) => (c.maybe(0.9) ? { f: 'add', input: c.pick([1, 2]) } : { f: 'read', output: c.int(3) }),
  last: (c, before) =>
    before
      .filter((o) => o.f === 'add' && o.outcome.type === 'ok')
      .reduce((sum, { input }) => sum + (input as unknown as number), c.maybe(0.9) ? 0 : 1),
  affirmed: true,
});

const register = (type: string, several: boolean): Kind => ({
  type,
  draw: (c, i, before) =>
    c.maybe(0.9)
      ? { f: 'write', input: i }
      : { f: 'read', output: several ? most(c, inputs(before, 'write')) : (inputs(before, 'write').at(-1) ?? null) },
  last: (c, before) => {
    const written = inputs(before, 'write');
    return several ? written.filter(() => c.maybe(0.9)) : c.maybe(0.93) ? (written.at(-1) ?? null) : 77;
  },
  affirmed: true,
});

const queue = (type: string, f: readonly [string, string], affirmed: boolean): Kind => ({
  type,
  draw: (c, i, before) => {
    if (c.maybe(0.6)) return { f: f[0], input: c.maybe(0.9) ? i : c.int(3) };
    const inside = inputs(before, f[0]);
    return { f: f[1], output: inside.length > 0 && c.maybe(0.8) ? c.pick(inside) : null };
  },
  affirmed,
});

const mops = (c: Chance) => [0, 1].map((key) => ['r', key, c.pick([null, 1])]);

const kinds: readonly Kind[] = [
  set('set'),
  set('set-full'),
  set('g-set'),
  set('2p-set', ['remove']),
  set('or-set', ['remove']),
  counter('g-counter'),
  counter('pn-counter'),
  counter('replicated-counter'),
  register('lww-register', false),
  register('mv-register', true),
  {
    type: 'list',
    draw: (_, i) => ({ f: 'insert', input: { value: i, after: null } }),
    last: (c, before) => {
      const values = before.filter((o) => o.outcome.type !== 'fail').map((o) => (o.input as { value: number }).value);
      return most(c, c.maybe(0.9) ? values.sort() : values.reverse());
    },
    affirmed: true,
  },
  queue('total-queue', ['enqueue', 'dequeue'], true),
  queue('unordered-queue', ['enqueue', 'dequeue'], true),
  {
    type: 'unique-ids',
    draw: (c, i) => ({ f: 'generate', output: c.maybe(0.95) ? i : c.int(4) }),
    affirmed: true,
  },
  {
    type: 'bank',
    draw: (c) => {
      const a = c.int(10);
      return { f: 'read', output: c.maybe(0.93) ? { a, b: 10 - a } : { a, b: c.int(11) } };
    },
    affirmed: true,
  },
  {
    type: 'g2',
    draw: (c, i) => ({ f: 'insert', input: [c.int(12), [i, null]] }),
    affirmed: true,
  },
  {
    type: 'long-fork',
    draw: (c, i) =>
      i < 2
        ? { f: 'write', input: [['w', i, 1]], output: [['w', i, 1]] }
        : { f: 'read', input: mops(c), output: mops(c) },
    affirmed: true,
  },
  {
    type: 'cache',
    draw: (c, i, before) =>
      c.maybe(0.5)
        ? { f: 'set', input: i }
        : { f: 'get', output: c.maybe(0.1) ? 99 : c.pick([null, ...inputs(before, 'set')]) },
    affirmed: false,
  },
  {
    type: 'causal-reverse',
    draw: (c, i, before) =>
      c.maybe(0.6)
        ? { f: 'write', input: i }
        : { f: 'read', output: inputs(before, 'write').filter(() => c.maybe(0.6)) },
    affirmed: false,
  },
  {
    type: 'lease-lock',
    draw: (c) => {
      const f = c.pick(['acquire', 'acquire', 'renew', 'release']);
      return { f, output: f === 'acquire' ? { token: c.int(30) } : null };
    },
    affirmed: false,
  },
  {
    type: 'log',
    draw: (c, i) =>
      c.maybe(0.5)
        ? { f: 'send', key: 'k', input: i, output: i }
        : { f: 'poll', key: 'k', output: [...Array(3).keys()].map((at) => [at, at + (c.maybe(0.1) ? 1 : 0)]) },
    affirmed: false,
  },
];

/** Operations, and a last round of reads at both nodes, mostly marked. */
function drawn(c: Chance, { draw, last }: Kind): Operation[] {
  const operations = drawHistory(c, (i, before) => draw(c, i, before), {
    nodes: ['a', 'b'],
    operations: 5,
    processes: 4,
  });
  if (!last || c.maybe(0.1)) return operations;
  const shown = last(c, operations);
  const marked = c.maybe(0.8) ? { final: true } : {};
  return operations.concat(
    ['a', 'b'].map((node, i) => {
      const output = c.maybe(0.95) ? shown : last(c, operations);
      const times = { start: 900 + 2 * i, end: 901 + 2 * i, startNs: 9e9, endNs: 9e9 };
      return { process: 90 + i, node, f: 'read', input: null, outcome: { type: 'ok', output }, ...marked, ...times };
    }) as unknown as Operation[],
  );
}

describe.each(kinds)('$type', (kind) => {
  test('is judged alike however processes are interleaved, and refuted only where real time refutes it, on 400 histories', () => {
    const c = chance(71);
    const { type } = kind;
    const seen = { true: 0, false: 0, unknown: 0 };
    for (let run = 0; run < 400; run++) {
      const operations = drawn(c, kind);
      const [one, two] = [0, 1].map(() => judge(interleavedAnew(c, operations), { type })) as [
        ReturnType<typeof judge>,
        ReturnType<typeof judge>,
      ];
      const own = one.models[type];
      seen[`${own as boolean | 'unknown'}`]++;
      if (JSON.stringify(one.models) !== JSON.stringify(two.models))
        expect({ run, one, two, operations }).toBe('the same');
      const timed = judge(historyOf(operations), { type }).models[type];
      if (own === false && timed !== false) expect({ run, one, timed, operations }).toBe('refuted in real time');
      if (own === 'unknown' && !kind.affirmed) expect(one.reason).toContain('real time');
    }
    expect(seen.false).toBeGreaterThan(5);
    if (kind.affirmed) expect(seen.true).toBeGreaterThan(30);
    else expect(seen.true).toBe(0);
  });
});

const operation = (process: number, f: string, input: unknown, output: unknown, final = false) => ({
  ...{ process, node: `n${process}`, f, input, outcome: { type: 'ok', output } },
  ...(final ? { final: true } : {}),
});
const untimed = (...operations: readonly object[]) =>
  historyOf(
    operations.map((o, i) => ({ ...o, start: i, end: 100 + i, startNs: i, endNs: i })) as unknown as Operation[],
    { realTime: false },
  );

test.each([
  ['g-set', gSet()],
  ['set', finalSet()],
  ['set-full', setFull()],
] as const)('of a %s the marked reads are judged, and what was shown in the middle is unknown', (_, typed) => {
  const checker = typed as unknown as Checker;
  const add = operation(0, 'add', 1, null);
  const last = (...shown: number[][]) => shown.map((output, i) => operation(i, 'read', null, output, true));
  expect(checker.check(untimed(add, ...last([1], [1])))).toEqual({ type: 'valid' });
  expect(checker.check(untimed(...last([1], [1]), add))).toEqual({ type: 'valid' });
  expect(checker.check(untimed(add, ...last([1], []))).type).toBe('invalid');
  const unmarked = checker.check(untimed(add, operation(1, 'read', null, [1])));
  expect(unmarked).toMatchObject({ type: 'unknown', reason: expect.stringContaining('"final?": true') });
  expect(unmarked).toMatchObject({ reason: expect.stringContaining('real time') });
  const middle = checker.check(untimed(add, operation(1, 'read', null, [1]), ...last([1], [1])));
  expect(middle).toMatchObject({ type: 'unknown', reason: expect.stringContaining('real time') });
  const own = checker.check(untimed(add, operation(0, 'read', null, [1]), ...last([1], [1])));
  expect(own).toEqual({ type: 'valid' });
  const never = checker.check(untimed(add, operation(1, 'read', null, [7]), ...last([1], [1])));
  expect(never).toMatchObject({ type: 'invalid', anomalies: [{ name: 'unexpected' }] });
});

test('a counter in the middle is unknown, unless its own process accounts for it, or nobody can', () => {
  const last = [0, 1].map((process) => operation(process, 'read', null, 2, true));
  const shows = (process: number, value: number) =>
    pnCounter().check(untimed(operation(0, 'add', 2, null), operation(process, 'read', null, value), ...last) as never);
  expect(shows(0, 2)).toEqual({ type: 'valid' });
  expect(shows(1, 2)).toMatchObject({ type: 'unknown', reason: expect.stringContaining('real time') });
  expect(shows(1, 3)).toMatchObject({ type: 'invalid', anomalies: [{ name: 'unexpected' }] });
});
