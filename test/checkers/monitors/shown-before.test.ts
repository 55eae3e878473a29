/**
 * Nothing is shown before an update that may have caused it had begun:
 * every datatype that is judged in real time, against that definition.
 */
import { type Anomaly, historyOf, judge, type Operation } from 'elle-ts';
import { describe, expect, test } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { type Drawn, drawHistory, told } from './histories.ts';
import { made, op } from './random.ts';

interface Kind {
  readonly type: string;
  readonly model?: string;
  readonly draw: (c: Chance, i: number) => Drawn;
  /** The value that an operation may cause, and those that it shows, each as often as it does. */
  readonly brings: (o: Operation) => unknown;
  readonly shows: (o: Operation) => readonly unknown[];
}

const VALUES = 4;
const some = (c: Chance): number[] => [...Array(VALUES).keys()].filter(() => c.maybe(0.3));
const list = (o: Operation): readonly unknown[] => (told(o) as readonly unknown[] | null | undefined) ?? [];
const adding = (f: string) => (o: Operation) => (o.f === f ? o.input : undefined);

const set = (type: string, more: readonly string[] = []): Kind => ({
  type,
  draw: (c) => {
    const f = c.pick(['add', 'add', 'read', ...more]);
    if (f === 'read') return { f, output: some(c) };
    return { f, input: c.int(VALUES), output: f === 'contains' ? c.maybe(0.5) : null };
  },
  brings: adding('add'),
  shows: (o) => (o.f === 'read' ? list(o) : o.f === 'contains' && told(o) === true ? [o.input] : []),
});

const register = (type: string, several: boolean): Kind => ({
  type,
  draw: (c) => {
    if (c.maybe(0.5)) return { f: 'write', input: c.int(VALUES) };
    const value = c.maybe(0.2) ? null : c.int(VALUES);
    return { f: 'read', output: several ? some(c) : value };
  },
  brings: adding('write'),
  shows: (o) => (o.f !== 'read' || told(o) === undefined ? [] : several ? list(o) : told(o) === null ? [] : [told(o)]),
});

const queue = (type: string, model: string, put = 'enqueue', take = 'dequeue'): Kind => ({
  type,
  model,
  draw: (c) =>
    c.maybe(0.5) ? { f: put, input: c.int(VALUES) } : { f: take, output: c.maybe(0.2) ? null : c.int(VALUES) },
  brings: adding(put),
  shows: (o) => (o.f === take && typeof told(o) === 'number' ? [told(o)] : []),
});

const kinds: readonly Kind[] = [
  set('set'),
  set('set-full'),
  { ...set('set'), model: 'linearizable' },
  set('g-set'),
  set('2p-set', ['remove', 'contains']),
  set('or-set', ['remove', 'contains']),
  register('lww-register', false),
  register('lww-map', false),
  register('mv-register', true),
  {
    type: 'list',
    draw: (c, i) =>
      c.maybe(0.5)
        ? { f: 'insert', input: { value: c.maybe(0.6) ? i % VALUES : c.int(VALUES), after: null } }
        : { f: 'read', output: [...some(c), ...(c.maybe(0.3) ? some(c) : [])] },
    brings: (o) => (o.f === 'insert' ? (o.input as { value: unknown }).value : undefined),
    shows: (o) => (o.f === 'read' ? list(o) : []),
  },
  {
    type: 'cache',
    draw: (c) => {
      const f = c.pick(['set', 'set', 'get', 'get', 'invalidate']);
      return { f, input: f === 'set' ? c.int(VALUES) : null, output: f === 'get' ? c.pick([null, 0, 1, 2, 3]) : null };
    },
    brings: adding('set'),
    shows: (o) => (o.f === 'get' && typeof told(o) === 'number' ? [told(o)] : []),
  },
  queue('total-queue', 'total-queue'),
  queue('unordered-queue', 'unordered-queue'),
  queue('queue', 'linearizable'),
  queue('stack', 'linearizable', 'push', 'pop'),
  queue('priority-queue', 'linearizable'),
  {
    type: 'total-queue',
    draw: (c) => (c.maybe(0.6) ? { f: 'enqueue', input: c.int(VALUES) } : { f: 'drain', output: some(c) }),
    brings: adding('enqueue'),
    shows: (o) => (o.f === 'drain' ? list(o) : []),
  },
  {
    type: 'log',
    draw: (c, i) =>
      c.maybe(0.5)
        ? { f: 'send', key: 'k', input: i, output: i }
        : { f: 'poll', key: 'k', output: [...Array(6).keys()].filter(() => c.maybe(0.3)).map((at) => [at, at]) },
    brings: adding('send'),
    shows: (o) => (o.f === 'poll' ? list(o).map((message) => (message as readonly unknown[])[1]) : []),
  },
];

/** Where copies count, the n-th that was shown needs n updates that had begun; elsewhere one is enough for all. */
const COPIES = new Set(['list', 'total-queue', 'unordered-queue', 'queue', 'stack', 'priority-queue']);

/** By definition: some observation had ended when too few updates had begun that did not fail. */
function broken({ type, brings, shows }: Kind, all: readonly Operation[]): boolean {
  const taken = type !== 'list';
  for (const read of all) {
    for (const [i, value] of shows(read).entries()) {
      const updates = all.filter((o) => o.outcome.type !== 'fail' && brings(o) === value);
      const earlier = taken
        ? all.filter((o) => o.end < read.end).flatMap((o) => shows(o).filter((one) => one === value)).length
        : 0;
      const here = shows(read)
        .slice(0, i + 1)
        .filter((one) => one === value).length;
      const needed = COPIES.has(type) ? earlier + here : 1;
      if (updates.filter((o) => o.start < read.end).length < needed) return true;
    }
  }
  return false;
}

const SAID =
  /before any client began to|, but no client |had failed|had any client begun to|more often than it had begun|realtime/;

describe.each(kinds)('$type $model', (kind) => {
  test('shows nothing that nobody had begun to bring about, on 1,000 random histories', () => {
    const c = chance(61);
    const seen = { broken: 0, right: 0 };
    for (let run = 0; run < 1000; run++) {
      const operations = drawHistory(c, (i) => kind.draw(c, i), { nodes: run % 2 ? ['a', 'b'] : [], operations: 6 });
      const truth = broken(kind, operations);
      seen[truth ? 'broken' : 'right']++;
      const { valid, anomalies } = judge(historyOf(operations), { type: kind.type, model: kind.model ?? kind.type });
      const says = anomalies.some(({ name, message }: Anomaly) => SAID.test(message) || SAID.test(name));
      if ((truth && valid !== false) || (!truth && says))
        expect({ run, truth, valid, anomalies, operations }).toBe('as the sentence says');
    }
    expect(Math.min(seen.broken, seen.right)).toBeGreaterThan(100);
  });
});

test.each(['g-counter', 'pn-counter', 'replicated-counter'])(
  '%s shows nothing that additions begun by then cannot make, on 1,000 random histories',
  (type) => {
    const c = chance(62);
    const seen = { broken: 0, right: 0 };
    for (let run = 0; run < 1000; run++) {
      const deltas = type === 'g-counter' ? [1, 2] : [-2, -1, 1, 2];
      const operations = drawHistory(c, () =>
        c.maybe(0.5)
          ? { f: 'add', input: c.pick(deltas) }
          : { f: 'read', output: c.int(6) - (deltas.length > 2 ? 3 : 0) },
      );
      const wrong = operations.some((read) => {
        const begun = operations.filter((o) => o.f === 'add' && o.outcome.type !== 'fail' && o.start < read.end);
        const sum = (sign: number) =>
          begun.reduce((all, { input }) => all + Math.max(0, sign * (input as unknown as number)), 0);
        const value = told(read) as number | null | undefined;
        return read.f === 'read' && typeof value === 'number' && (value > sum(1) || -value > sum(-1));
      });
      seen[wrong ? 'broken' : 'right']++;
      const { valid, anomalies } = judge(historyOf(operations), { type, model: type });
      const says = anomalies.some(({ message }) => /had been (added|taken away) by then/.test(message));
      if ((wrong && valid !== false) || (!wrong && says))
        expect({ run, wrong, valid, anomalies, operations }).toBe('as the sentence says');
    }
    expect(Math.min(seen.broken, seen.right)).toBeGreaterThan(100);
  },
);

test.each(['g-set', 'set', 'set-full', 'or-set', '2p-set'])(
  '%s: a read that ended before its element was added',
  (type) => {
    const before = (fate: number | 'info' | 'fail') =>
      made(op(0, 'read', null, [1], 0, 1), op(0, 'add', 1, null, 2, fate), op(0, 'read', null, [1], 4, 5));
    const during = (fate: number | 'info' | 'fail') =>
      made(op(1, 'add', 1, null, 0, fate), op(0, 'read', null, [1], 1, 2), op(0, 'read', null, [1], 4, 5));
    expect(judge(before(3), { type }).anomalies[0]).toMatchObject({ name: 'unexpected', operations: [0, 2] });
    expect(judge(before('info'), { type }).valid).toBe(false);
    expect(judge(during('fail'), { type }).valid).toBe(false);
    expect(judge(during('info'), { type, model: type }).valid).toBe(true);
    expect(judge(during(3), { type, model: type }).valid).toBe(true);
  },
);
