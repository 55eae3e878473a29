/**
 * Hostile histories, judged by `judge` with a datatype and a model: random calls
 * with random outputs, values that repeat, nulls and strings among numbers,
 * processes that continue after an `info`, failures that took effect, several keys.
 */
import {
  type Api,
  counter,
  type History,
  HistoryError,
  historyOf,
  type Judgement,
  judge,
  linearizable,
  type Model,
  multiRegister,
  mutex,
  NEVER,
  type Operation,
  predicateRegisters,
  priorityQueue,
  queue,
  register,
  semaphore,
  set,
  stack,
  text,
  type Verdict,
} from 'elle-ts';
import { bruteLinearizable, bruteSequential } from '../checkers/oracle/brute-force.ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import type { Subject } from './subject.ts';

interface Hostile {
  readonly type: string;
  readonly model: Model<Api, unknown>;
  readonly call: (c: Chance) => readonly [f: string, input: unknown];
  readonly output: (c: Chance, f: string, input: unknown) => unknown;
  readonly initial?: unknown;
}

const plain = (model: unknown): Model<Api, unknown> => model as Model<Api, unknown>;
const container = (type: string, model: unknown, add: string, remove: string, values: readonly unknown[]): Hostile => ({
  type,
  model: plain(model),
  call: (c) => (c.maybe(0.5) ? [add, c.pick(values)] : [remove, null]),
  output: (c, f) => (f === remove ? c.pick([null, ...values]) : null),
});
const sets = (type: string, functions: readonly string[]): Hostile => ({
  type,
  model: plain(set),
  call: (c) => {
    const f = c.pick(functions);
    return [f, f === 'read' ? null : c.pick([1, 2, 3, '1'])];
  },
  output: (c, f) => {
    if (f === 'contains') return c.maybe(0.5);
    return f === 'read' ? c.pick([[], [1], [2], [1, 2], [2, 1], [1, 1], ['1'], [3, 1, 2]]) : null;
  },
});
const lock = (type: string, model: unknown, initial?: number): Hostile => ({
  type,
  model: plain(model),
  call: (c) => [c.maybe(0.55) ? 'acquire' : 'release', null],
  output: () => null,
  ...(initial === undefined ? {} : { initial }),
});

const all: readonly Hostile[] = [
  {
    type: 'register',
    model: plain(register),
    call: (c) => {
      if (c.maybe(0.5)) return ['read', null];
      return c.maybe(0.5) ? ['write', c.pick([null, 0, 1, 2])] : ['cas', [c.pick([null, 0, 1]), c.pick([null, 1, 2])]];
    },
    output: (c, f) => (f === 'read' ? c.pick([null, 0, 1, 2]) : null),
  },
  container('queue', queue, 'enqueue', 'dequeue', [1, 2, 3, 4, 1, null, '1']),
  container('stack', stack, 'push', 'pop', [1, 2, 3, 4, null]),
  container('priority-queue', priorityQueue, 'enqueue', 'dequeue', [1, 2, 3, 4, -1, 0]),
  sets('lin-set', ['add', 'remove', 'contains', 'read']),
  sets('lin-set', ['add', 'remove', 'contains']),
  sets('set-full', ['add', 'read']),
  {
    type: 'counter',
    model: plain(counter),
    call: (c) => (c.maybe(0.5) ? ['add', c.pick([1, 1, 1, 2, -1, 0])] : ['read', null]),
    output: (c, f) => (f === 'read' ? c.int(5) - 1 : null),
  },
  lock('mutex', mutex),
  lock('semaphore', semaphore(2), 2),
  {
    type: 'kv',
    model: plain(text),
    call: (c) => {
      if (c.maybe(0.4)) return ['get', null];
      return [c.pick(['put', 'append']), c.pick(['', 'a', 'b'])];
    },
    output: (c, f) => (f === 'get' ? c.pick(['', 'a', 'b', 'ab', 'aa']) : null),
  },
  {
    type: 'predicate-registers',
    model: plain(predicateRegisters),
    call: (c) => [
      'txn',
      Array.from({ length: 1 + c.int(2) }, () => {
        const key = c.pick(['x', 'y']);
        if (c.maybe(0.4)) return ['rp', c.pick(['true', ['=', 1], ['mod', 2, 0]]), null];
        return c.pick([
          ['r', key, null],
          ['w', key, c.int(3)],
          ['insert', key, c.int(3)],
          ['delete', key],
        ]);
      }),
    ],
    output: (c, _, input) =>
      (input as unknown[][]).map((mop) => {
        if (mop[0] === 'r') return ['r', mop[1], c.pick([null, 0, 1])];
        return mop[0] === 'rp' ? ['rp', mop[1], c.pick([{}, { x: 1 }, { x: 0, y: 2 }, { y: 1 }])] : mop;
      }),
  },
  {
    type: 'multi-register',
    model: plain(multiRegister),
    call: (c) => [
      'txn',
      Array.from({ length: 1 + c.int(2) }, () =>
        c.maybe(0.5) ? ['r', c.pick(['x', 'y']), null] : ['w', c.pick(['x', 'y']), c.pick([1, 2, null])],
      ),
    ],
    output: (c, _, input) => (input as unknown[][]).map(([f, k, v]) => [f, k, f === 'r' ? c.pick([null, 1, 2]) : v]),
  },
];

/** Calls of a few processes, one after another or at once, on objects whose outputs are sometimes wrong. */
export function drawHostile(
  c: Chance,
  { model, call, output }: Pick<Hostile, 'model' | 'call' | 'output'>,
  keys: readonly (string | undefined)[],
): History {
  const busy: (Operation | undefined)[] = Array.from({ length: 1 + c.int(3) });
  const states = new Map<string | undefined, unknown>();
  const done: Operation[] = [];
  const operations = 2 + c.int(5);
  let made = 0;
  for (let time = 0; made < operations || busy.some(Boolean); ) {
    const process = c.int(busy.length);
    const open = busy[process];
    if (!open && made < operations) {
      made++;
      const [f, input] = call(c);
      const key = c.pick(keys);
      busy[process] = {
        process,
        f,
        input,
        ...(key === undefined ? {} : { key }),
        start: time++,
      } as unknown as Operation;
    } else if (open && !open.outcome) busy[process] = effect(c, model, open, states);
    else if (open) {
      busy[process] = undefined;
      const end = open.outcome.type === 'info' ? NEVER : time++;
      done.push({ ...open, end, startNs: open.start * 1000, endNs: time * 1000 } as unknown as Operation);
    }
  }
  if (c.maybe(0.6)) lie(c, done, output);
  return historyOf(done);
}

/** Replaces an output or two. */
function lie(c: Chance, done: Operation[], output: Hostile['output']): void {
  for (let lies = 1 + c.int(2); lies > 0; lies--) {
    const at = c.int(done.length);
    const o = done[at] as Operation;
    if (o.outcome.type !== 'ok') continue;
    done[at] = { ...o, outcome: { type: 'ok', output: output(c, o.f, o.input) } } as Operation;
  }
}

function effect(
  c: Chance,
  model: Model<Api, unknown>,
  open: Operation,
  states: Map<string | undefined, unknown>,
): Operation {
  const step = model.step[open.f] as unknown as (state: unknown, input: unknown) => readonly [unknown, unknown];
  const [after, output] = step(states.has(open.key) ? states.get(open.key) : model.init, open.input);
  const fate = c.int(10);
  const happens = fate === 0 ? c.maybe(0.5) : fate === 1 ? c.maybe(0.1) : true;
  if (happens && after !== undefined) states.set(open.key, after);
  const refused = after === undefined && c.maybe(0.7);
  const outcome =
    fate === 0
      ? { type: 'info', error: 'timeout' }
      : fate === 1 || refused
        ? { type: 'fail', error: 'refused' }
        : { type: 'ok', output };
  return { ...open, outcome } as unknown as Operation;
}

/**
 * Sessions as the definition of sequential consistency has them:
 * a process that continues after an `info` is a new one.
 */
export function sessions(history: History): History {
  const lost = new Map<number, number>();
  return historyOf(
    [...history].map((o): Operation => {
      const before = lost.get(o.process) ?? 0;
      if (o.outcome.type === 'info') lost.set(o.process, before + 1);
      return { ...o, process: o.process + 100 * before } as Operation;
    }),
  );
}

function verdictOf({ valid, reason = '', anomalies: [first, ...rest] }: Judgement): Verdict {
  if (valid === true) return { type: 'valid' };
  if (valid === 'unknown' || !first) return { type: 'unknown', reason };
  return { type: 'invalid', anomalies: [first, ...rest] };
}

function subjectOf(hostile: Hostile, place: number, keys: readonly (string | undefined)[]): Subject {
  const { type, model, initial } = hostile;
  const asked = { type, ...(initial === undefined ? {} : { initial }) };
  const predicates = type === 'predicate-registers';
  const strongest = predicates ? 'strict-serializable' : 'linearizable';
  const sequential = keys.length === 1 && !predicates;
  return {
    name: `hostile ${type}${keys.length > 1 ? ' of two keys' : ''} (${place})`,
    draw: (seed) => drawHostile(chance(100 * seed + place), hostile, keys),
    judge: (history) => {
      const by = (model: string, certificate: boolean): Verdict =>
        verdictOf(judge(history, { ...asked, model, certificate }));
      return {
        linearizable: by(strongest, false),
        'linearizable, proved': by(strongest, true),
        'linearizable, by search': linearizable({ ...model }).check(history),
        ...(sequential ? { sequential: by('sequential', false), 'sequential, proved': by('sequential', true) } : {}),
      };
    },
    truth: (history) => {
      const valid = bruteLinearizable(history, model);
      return {
        linearizable: valid,
        'linearizable, proved': valid,
        'linearizable, by search': valid,
        ...(sequential ? both(bruteSequential(sessions(history), model)) : {}),
      };
    },
  };
}

function both(valid: boolean): Record<string, boolean> {
  return { sequential: valid, 'sequential, proved': valid };
}

export const hostile: readonly Subject[] = [
  ...all.map((one, place) => subjectOf(one, place, [undefined])),
  ...all.filter(({ call }) => call(chance(1))[0] !== 'txn').map((one, place) => subjectOf(one, place, ['x', 'y'])),
];

/** Values of every kind except the right one. */
const JUNK: readonly unknown[] = [
  ...[null, undefined, 0, -1, 2.5, 1e300, '', 'a', '1', true, false, '__proto__'],
  ...[[], [1], [1, 2], [[1]], [[]], [[[]]], [null], [[null]], [{}], ['r'], [null, null]],
  ...[[['r', 'x', null]], [['w', 'x', 1]], [['append', 'x', 1]], [['r', 'x', [1]]], [['r', 'x', {}]], [['r', null, 1]]],
  ...[[['send', 'k', 1]], [['send', 'k', [0, 1]]], [['poll']], [['poll', { k: [[0, 1]] }]], [['poll', { k: null }]]],
  ...[{}, { a: 1 }, { 0: 10 }, { from: 1, to: 2, amount: 1 }, { value: 1, after: null }, { value: 1, version: {} }],
  ...[{ token: 1 }, { token: 'x' }, { ttlMs: 5 }, { value: 1, ttlMs: 1 }],
];

/** A history of a datatype's functions with junk for inputs, outputs and the initial value. */
function junkHistory(seed: number, functions: readonly string[]): { history: History; initial: unknown } {
  const c = chance(seed);
  const some = c.maybe(0.5) ? JUNK : [c.pick(JUNK), c.pick(JUNK), c.pick(JUNK)];
  const outcome = (): unknown => {
    const partial = c.maybe(0.2) ? { partial: c.pick(some) } : {};
    if (c.maybe(0.15)) return { type: 'info', error: 'timeout', ...partial };
    return c.maybe(0.1) ? { type: 'fail', error: 'refused', ...partial } : { type: 'ok', output: c.pick(some) };
  };
  const operations = Array.from({ length: 1 + c.int(6) }, (_, i) => {
    const result = outcome() as Operation['outcome'];
    return {
      process: c.int(3),
      f: c.pick(functions),
      ...(c.maybe(0.3) ? { key: c.pick(['x', '__proto__', '']) } : {}),
      ...(c.maybe(0.2) ? { node: `n${c.int(2)}` } : {}),
      input: c.pick(some),
      outcome: result,
      start: 2 * i,
      end: result.type === 'info' ? NEVER : 2 * i + 1,
      startNs: 2e6 * i,
      endNs: 2e6 * i + 1e6,
    } as unknown as Operation;
  });
  return { history: historyOf(operations), initial: c.pick(JUNK) };
}

/**
 * Judges junk in every way; fails on a crash that is not a named
 * error, and on an anomaly that names operations that do not exist.
 */
export function judgeJunk(seed: number, type: string, functions: readonly string[]): boolean | 'unknown' | 'refused' {
  const { history, initial } = junkHistory(seed, functions);
  const starts = new Set([...history].map(({ start }) => start));
  let last: boolean | 'unknown' | 'refused' = 'refused';
  for (const options of [{ initial }, { certificate: true }, {}]) {
    try {
      const { valid, anomalies } = judge(history, { type, ...options });
      if (anomalies.some(({ operations }) => operations.some((start) => !starts.has(start))))
        throw new Error(`an anomaly of junk ${seed} names operations that are not in the history`);
      last = valid;
    } catch (error) {
      if (!(error instanceof HistoryError || (error instanceof RangeError && /initial value/.test(error.message))))
        throw error;
    }
  }
  return last;
}
