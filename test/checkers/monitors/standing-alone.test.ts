/**
 * Every counterexample stands alone: the operations that an anomaly names are,
 * by themselves, a history in which the slow definition and the engine find the same
 * again. What an observation shows and no named operation caused counts as not shown.
 */
import {
  type Anomaly,
  type Api,
  bank,
  type Checker,
  cache,
  causalReverse,
  counter,
  counterMonitor,
  elementSet,
  fencingTokens,
  fifoQueue,
  finalSet,
  growOnlySet,
  type History,
  historyOf,
  largestFirst,
  lifoStack,
  logMonitor,
  longFork,
  type Model,
  mutex,
  mutualExclusion,
  NEVER,
  type Operation,
  predicateInserts,
  priorityQueue,
  queue,
  semaphore,
  semaphoreOf,
  set,
  setFull,
  stack,
  totalQueue,
  uniqueIds,
  unorderedQueue,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { linearizableByDefinition } from './brute.ts';
import { type Drawn, drawHistory, told } from './histories.ts';

/** Anomalies that are about more operations than they can name, by engine and name. */
const EXEMPT: readonly { readonly engine: string; readonly anomaly: string; readonly because: 'sums' }[] = [
  { engine: 'counter', anomaly: 'lost', because: 'sums' },
  { engine: 'counter', anomaly: 'unexpected', because: 'sums' },
  { engine: 'counter', anomaly: 'stale-read', because: 'sums' },
];

interface Engine {
  readonly name: string;
  readonly checker: unknown;
  readonly draw: (c: Chance, i: number, before: readonly Operation[]) => Drawn;
  /** The model that the slow definition asks for; absent where the engine's own definition is its only one. */
  readonly model?: unknown;
  /** The function whose inputs are what others show. */
  readonly brings?: string;
  readonly info?: number;
  readonly operations?: number;
}

const inputs = (before: readonly Operation[], f: string): unknown[] =>
  before.filter((o) => o.f === f && o.outcome.type !== 'fail').map((o) => o.input as unknown);
const most = (c: Chance, values: readonly unknown[], share = 0.8): unknown[] => values.filter(() => c.maybe(share));

const container = (
  name: string,
  checker: unknown,
  model: unknown,
  [put, take]: readonly [string, string],
  info: number,
) => ({
  name: `${name}, ${info} of 10 crash`,
  checker,
  model,
  brings: put,
  info,
  draw: (c: Chance, i: number, before: readonly Operation[]): Drawn => {
    if (c.maybe(0.5)) return { f: put, input: i };
    const left = inputs(before, put).filter((value) => !before.some((o) => told(o) === value));
    return { f: take, output: left.length === 0 || c.maybe(0.4) ? null : c.maybe(0.97) ? c.pick(left) : 99 };
  },
});

/** A register that may forget at any time. */
const forgetful = {
  name: 'cache',
  init: null,
  step: {
    get: (held: unknown) => [held, held],
    set: (_: unknown, value: unknown) => [value, null],
    invalidate: () => [null, null],
  },
  same: (f: string, expected: unknown, observed: unknown) => f !== 'get' || observed === null || observed === expected,
};

const sets = (name: string, checker: unknown): Engine => ({
  name,
  checker,
  brings: 'add',
  draw: (c, i, before) =>
    c.maybe(0.55)
      ? { f: 'add', input: i }
      : { f: 'read', output: [...most(c, inputs(before, 'add')), ...(c.maybe(0.05) ? [0] : [])] },
});

const locks = (name: string, checker: unknown, model: unknown): Engine => ({
  name,
  checker,
  model,
  info: 1,
  draw: (c) => ({ f: c.maybe(0.55) ? 'acquire' : 'release' }),
});

const engines: readonly Engine[] = [
  ...[0, 3].flatMap((info): Engine[] => [
    container('queue', fifoQueue(), queue, ['enqueue', 'dequeue'], info),
    container('stack', lifoStack(), stack, ['push', 'pop'], info),
    container('priority-queue', largestFirst(), priorityQueue, ['enqueue', 'dequeue'], info),
    container('unordered-queue', unorderedQueue(), undefined, ['enqueue', 'dequeue'], info),
    container('total-queue', totalQueue(), undefined, ['enqueue', 'dequeue'], info),
  ]),
  {
    name: 'total-queue with drains',
    brings: 'enqueue',
    checker: totalQueue(),
    info: 2,
    draw: (c, i, before) =>
      c.maybe(0.6)
        ? { f: 'enqueue', input: c.maybe(0.8) ? i : 0 }
        : { f: 'drain', output: most(c, inputs(before, 'enqueue'), 0.4) },
  },
  {
    name: 'counter',
    checker: counterMonitor(),
    model: counter,
    draw: (c) => (c.maybe(0.5) ? { f: 'add', input: 1 } : { f: 'read', output: c.int(5) }),
  },
  { ...sets('grow-only-set', growOnlySet()), model: set },
  sets('set', finalSet()),
  sets('set-full', setFull()),
  {
    name: 'element-set',
    checker: elementSet(),
    model: set,
    draw: (c) => {
      const f = c.pick(['add', 'remove', 'contains', 'contains', 'contains']);
      return { f, input: c.int(2), output: f === 'contains' ? c.maybe(0.5) : null };
    },
  },
  locks('mutex', mutualExclusion(), mutex),
  locks('semaphore', semaphoreOf(2), semaphore(2)),
  {
    name: 'cache',
    brings: 'set',
    checker: cache(),
    model: forgetful,
    draw: (c, i, before) => {
      const f = c.pick(['get', 'get', 'set', 'set', 'invalidate']);
      return {
        f,
        input: f === 'set' ? (c.maybe(0.1) ? null : i) : null,
        output: f === 'get' ? c.pick([null, i, ...inputs(before, 'set')]) : null,
      };
    },
  },
  {
    name: 'causal-reverse',
    brings: 'write',
    checker: causalReverse(),
    draw: (c, i, before) =>
      c.maybe(0.5)
        ? { f: 'write', input: i }
        : { f: 'read', output: [...most(c, inputs(before, 'write')), i + c.int(3)] },
  },
  {
    name: 'long-fork',
    checker: longFork(),
    draw: (c, i) => {
      if (i < 3) return { f: 'write', input: [['w', i, 1]], output: [['w', i, 1]] };
      const mops = [0, 1, 2, c.int(3)].map((key) => ['r', key, c.pick([1, null])]);
      return { f: 'read', input: mops, output: mops };
    },
  },
  { name: 'unique-ids', checker: uniqueIds(), draw: (c) => ({ f: 'generate', output: c.int(9) }) },
  { name: 'g2', checker: predicateInserts(), draw: (c, i) => ({ f: 'insert', input: [c.int(6), [i, null]] }) },
  {
    name: 'bank',
    checker: bank(),
    draw: (c) => {
      const a = c.int(12) - 1;
      return { f: 'read', output: c.maybe(0.8) ? { a, b: 10 - a } : c.maybe(0.5) ? { a, b: 9 - a, c: 1 } : { a } };
    },
  },
  {
    name: 'fencing-tokens',
    checker: fencingTokens(),
    draw: (c, i) => {
      const f = c.pick(['acquire', 'write', 'append', 'use']);
      const token = i + c.int(4);
      return f === 'acquire' ? { f, output: { token } } : { f, input: { token } };
    },
  },
  {
    name: 'log',
    checker: logMonitor({ drained: true }),
    info: 1,
    draw: (c, i) => {
      if (c.maybe(0.5)) return { f: 'send', key: 'k', input: i, output: c.maybe(0.9) ? i : c.int(4) };
      const some = [...Array(6).keys()].filter(() => c.maybe(0.5)).map((at) => [at, c.maybe(0.95) ? at : at + 1]);
      return { f: 'poll', key: 'k', output: c.maybe(0.9) ? some : some.reverse() };
    },
  },
];

/**
 * The named operations; from lists that they show, elements that an unnamed operation
 * added are left out, except where the anomaly is that an element is shown twice.
 */
function alone(history: History, { name, operations }: Anomaly, brings: string | undefined): History {
  const all = [...history] as Operation[];
  const named = all.filter(({ start }) => operations.includes(start));
  const unnamed = new Set(inputs(all, brings ?? ''));
  for (const value of inputs(named, brings ?? '')) unnamed.delete(value);
  const blanked = named.map((o) => {
    const output = told(o);
    if (brings === undefined || name === 'duplicate' || !Array.isArray(output)) return o;
    const kept = (output as readonly unknown[]).filter((value) => !unnamed.has(value));
    return { ...o, outcome: { type: 'ok', output: kept } } as unknown as Operation;
  });
  return historyOf(blanked, history);
}

/** What a named operation shows although an unnamed operation caused it. */
function open(history: History, { operations }: Anomaly, brings: string | undefined): unknown {
  const all = [...history] as Operation[];
  const named = all.filter(({ start }) => operations.includes(start));
  const there = inputs(named, brings ?? '');
  return named.find((o) => {
    const output = told(o);
    const single = typeof output === 'number' && o.f !== brings;
    return single && inputs(all, brings ?? '').includes(output) && !there.includes(output);
  });
}

/** Whether an anomaly's operations are by themselves what it says. */
function stands(history: History, anomaly: Anomaly, { name, checker, model, brings }: Engine): boolean {
  if (EXEMPT.some((one) => one.engine === name && one.anomaly === anomaly.name)) return true;
  const part = alone(history, anomaly, brings);
  if (open(history, anomaly, brings) !== undefined) return false;
  if (model !== undefined) return !linearizableByDefinition(part, model as Model<Api, unknown>);
  const again = (checker as Checker).check(part);
  return again.type === 'invalid' && again.anomalies.some((one) => one.name === anomaly.name);
}

test.each(engines)('$name shows what breaks it by itself, on 1,500 random histories', (engine) => {
  const c = chance(101);
  const { info = 1, operations = 8 } = engine;
  let judged = 0;
  for (let run = 0; run < 1500; run++) {
    const history = historyOf(drawHistory(c, (i, before) => engine.draw(c, i, before), { info, operations }));
    const verdict = (engine.checker as Checker).check(history);
    const anomalies = verdict.type === 'invalid' ? verdict.anomalies : [];
    judged += anomalies.length;
    const fallen = anomalies.find((anomaly) => !stands(history, anomaly, engine));
    if (fallen) expect(JSON.stringify({ run, fallen, history: [...history].map(brief) })).toBe('stands alone');
  }
  expect(judged).toBeGreaterThan(100);
});

/** An operation in one line, for a failure. */
function brief({ process, f, input, outcome, start, end }: Operation): string {
  const output = outcome.type === 'ok' ? JSON.stringify(outcome.output) : outcome.type;
  return `${start}-${end === NEVER ? '' : end} ${process}: ${f}(${JSON.stringify(input)}) ${output}`;
}
