/**
 * Small random histories of every datatype: calls that are well formed, and outputs
 * drawn from the inputs of all operations on the object, earlier or later, some
 * right and some wrong. For properties that hold of all datatypes and models.
 */
import { datatypes, type History, historyOf, NEVER, type Operation, type Shape } from 'elle-ts';
import type { Chance } from './chance.ts';

type Call = readonly [f: string, input: unknown];

/** How to draw calls of a datatype, `n` being a number of the call's own, and what its observations may return. */
interface Drawn {
  readonly call: (c: Chance, n: number) => Call;
  /** The output of an `ok`, from the inputs of all operations on the object; absent: null. */
  readonly output?: (c: Chance, f: string, input: unknown, given: readonly unknown[]) => unknown;
  readonly keyed?: true;
  readonly nodes?: true;
}

const KEYS = ['x', 'y'];
const some = <T>(c: Chance, values: readonly T[]): T[] => values.filter(() => c.maybe(0.7));
/** A value of the call's own or, sometimes, one that repeats. */
const value = (c: Chance, n: number): number => (c.maybe(0.85) ? n + 1 : 1 + c.int(3));
const one = (c: Chance, given: readonly unknown[], otherwise: unknown = null): unknown =>
  c.pick([otherwise, ...given, ...given, ...(c.maybe(0.1) ? [99] : [])]);

/** Mops of these kinds: reads by 'r'; writes by the other, each of a value of its own. */
function mops(c: Chance, n: number, write: string): unknown[] {
  return Array.from({ length: 1 + c.int(3) }, (_, i) =>
    c.maybe(0.5) ? ['r', c.pick(KEYS), null] : [write, c.pick(KEYS), 10 * n + i + 1],
  );
}

function given(mop: unknown, key: unknown, write: string): unknown[] {
  const [f, at, what] = mop as readonly unknown[];
  return f === write && at === key ? [what] : [];
}

const container = (add: string, remove: string): Drawn => ({
  keyed: true,
  call: (c, n) => (c.maybe(0.55) ? [add, value(c, n)] : [remove, null]),
  output: (c, f, _, all) => (f === remove ? one(c, all) : null),
});

const sets = (functions: readonly string[], more: object = { keyed: true }): Drawn => ({
  ...more,
  call: (c, n) => {
    const f = c.pick(functions);
    return [f, f === 'read' ? null : f === 'add' ? value(c, n) : 1 + c.int(n + 1)];
  },
  output: (c, f, _, all) => {
    if (f === 'contains') return c.maybe(0.5);
    if (f !== 'read' || c.maybe(0.02)) return null;
    return [...new Set([...some(c, all), ...(c.maybe(0.05) ? [99] : [])])];
  },
});

const counters = (amounts: readonly number[], more: object = { keyed: true }): Drawn => ({
  ...more,
  call: (c) => (c.maybe(0.5) ? ['add', c.pick(amounts)] : ['read', null]),
  output: (c, f, _, all) =>
    f === 'read' ? some(c, all as number[]).reduce((sum, amount) => sum + amount, c.pick([0, 0, 1])) : null,
});

const locks: Drawn = { keyed: true, call: (c) => [c.maybe(0.55) ? 'acquire' : 'release', null] };

const replicated = { nodes: true } as const;

const registers: Drawn = {
  keyed: true,
  call: (c, n) => {
    if (c.maybe(0.5)) return ['read', null];
    return c.maybe(0.7) ? ['write', value(c, n)] : ['cas', [c.pick([null, 1 + c.int(8)]), value(c, n)]];
  },
  output: (c, f, _, all) => (f === 'read' ? one(c, all.map((v) => (Array.isArray(v) ? v[1] : v)) as unknown[]) : null),
};

const multi: Drawn = {
  call: (c, n) => ['txn', mops(c, n, 'w')],
  output: (c, _, input, all) =>
    (input as unknown[][]).map(([f, key, what]) => {
      const written = all.flatMap((txn) => (txn as unknown[]).flatMap((mop) => given(mop, key, 'w')));
      return [f, key, f === 'r' ? one(c, written) : what];
    }),
};

const lastWins = (f: string, all: readonly unknown[], c: Chance): unknown => (f === 'read' ? one(c, all) : null);

const DRAWN: Readonly<Record<string, Drawn>> = {
  'list-append': {
    call: (c, n) => ['txn', mops(c, n, 'append')],
    output: (c, _, input, all) =>
      (input as unknown[][]).map(([f, key, what]) => {
        const appended = all.flatMap((txn) => (txn as unknown[]).flatMap((mop) => given(mop, key, 'append')));
        return [f, key, f === 'r' ? appended.slice(0, c.int(appended.length + 1)) : what];
      }),
  },
  'rw-register': multi,
  'multi-register': multi,
  'predicate-registers': {
    call: (c, n) => {
      if (n === 0 && c.maybe(0.5)) return ['init', { x: 0 }];
      const kinds = [
        ['r', c.pick(KEYS), null],
        ['w', c.pick(KEYS), n],
        ['insert', c.pick(KEYS), n],
        ['delete', c.pick(KEYS)],
        ['rp', c.pick(['true', ['=', c.int(4)], ['mod', 2, 0]]), null],
      ];
      return ['txn', some(c, kinds)];
    },
    output: (c, f, input) => {
      if (f === 'init') return null;
      return (input as unknown[][]).map((mop) => {
        if (mop[0] === 'r') return ['r', mop[1], c.pick([null, 0, 1, 2, 3])];
        return mop[0] === 'rp' ? ['rp', mop[1], c.pick([{}, { x: c.int(4) }, { x: 0, y: c.int(4) }])] : mop;
      });
    },
  },
  log: {
    call: (c, n) => [
      'txn',
      Array.from({ length: 1 + c.int(2) }, (_, i) => (c.maybe(0.5) ? ['send', c.pick(KEYS), 10 * n + i] : ['poll'])),
    ],
    output: (c, _, input, all) => {
      const sent = all.flatMap((txn) => (txn as unknown[]).flatMap((mop) => given(mop, 'x', 'send')));
      return (input as unknown[][]).map(([f, key, what], i) => {
        if (f === 'send') return ['send', key, c.maybe(0.8) ? [c.int(6), what] : what];
        return ['poll', { x: some(c, sent).map((message, at) => [at + (c.maybe(0.2) ? i + 1 : 0), message]) }];
      });
    },
  },
  bank: {
    call: (c) => (c.maybe(0.4) ? ['transfer', { from: 'a', to: 'b', amount: 1 + c.int(3) }] : ['read', null]),
    output: (c, f) => {
      const a = c.int(10);
      return f === 'read' ? { a, b: 10 - a + (c.maybe(0.2) ? 1 : 0) } : null;
    },
  },
  g2: { call: (c, n) => ['insert', [c.int(4), c.maybe(0.5) ? [n, null] : [null, n]]] },
  'long-fork': {
    call: (_, n) => (n < 2 ? ['write', [['w', n, 1]]] : ['read', [0, 1].map((key) => ['r', key, null])]),
    output: (c, f, input) =>
      f === 'write' ? input : (input as unknown[][]).map(([r, key]) => [r, key, c.pick([1, null])]),
  },
  'causal-reverse': {
    call: (c, n) => (c.maybe(0.5) ? ['write', n] : ['read', null]),
    output: (c, f, _, all) => (f === 'read' ? some(c, all) : null),
  },
  register: registers,
  kv: {
    keyed: true,
    call: (c) => (c.maybe(0.5) ? ['get', null] : [c.pick(['put', 'append']), c.pick(['a', 'b', 'c'])]),
    output: (c, f, _, all) => (f === 'get' ? c.pick(['', some(c, all).slice(0, 2).join('')]) : null),
  },
  cache: {
    keyed: true,
    call: (c, n) => (c.maybe(0.5) ? ['get', null] : c.maybe(0.7) ? ['set', value(c, n)] : ['invalidate', null]),
    output: (c, f, _, all) => (f === 'get' ? one(c, all) : null),
  },
  counter: counters([1, 1, 2, -1]),
  'unique-ids': { call: () => ['generate', null], output: (c) => c.int(20) },
  'total-queue': {
    call: (c, n) => (c.maybe(0.5) ? ['enqueue', value(c, n)] : [c.maybe(0.8) ? 'dequeue' : 'drain', null]),
    output: (c, f, _, all) => (f === 'dequeue' ? one(c, all) : f === 'drain' ? some(c, all) : null),
  },
  queue: container('enqueue', 'dequeue'),
  'unordered-queue': container('enqueue', 'dequeue'),
  'priority-queue': container('enqueue', 'dequeue'),
  stack: container('push', 'pop'),
  set: sets(['add', 'add', 'read'], {}),
  'set-full': sets(['add', 'add', 'read'], {}),
  'lin-set': sets(['add', 'add', 'remove', 'contains', 'read']),
  mutex: locks,
  semaphore: locks,
  'lease-lock': {
    keyed: true,
    call: (c) => {
      const f = c.pick(['acquire', 'acquire', 'renew', 'release', 'write', 'append', 'use']);
      if (f === 'acquire' || f === 'renew') return [f, c.pick([null, { ttlMs: 3 }])];
      return [f, f === 'release' ? null : { token: c.int(5) }];
    },
    output: (c, f) => (f === 'acquire' || f === 'renew' ? c.pick([null, { token: c.int(5) }]) : null),
  },
  'g-counter': counters([1, 2], replicated),
  'replicated-counter': counters([1, 2, -1], replicated),
  'pn-counter': counters([1, 2, -1], replicated),
  'g-set': sets(['add', 'add', 'read'], replicated),
  '2p-set': sets(['add', 'add', 'remove', 'contains', 'read'], replicated),
  'or-set': sets(['add', 'add', 'remove', 'contains', 'read'], replicated),
  'lww-register': {
    ...replicated,
    call: (c, n) => (c.maybe(0.5) ? ['write', value(c, n)] : [c.maybe(0.9) ? 'read' : 'remove', null]),
    output: (c, f, _, all) => lastWins(f, all, c),
  },
  'lww-map': {
    ...replicated,
    keyed: true,
    call: (c, n) => (c.maybe(0.5) ? ['write', value(c, n)] : [c.maybe(0.9) ? 'read' : 'remove', null]),
    output: (c, f, _, all) => lastWins(f, all, c),
  },
  'mv-register': {
    ...replicated,
    call: (c, n) => (c.maybe(0.5) ? ['write', value(c, n)] : ['read', null]),
    output: (c, f, _, all) => (f === 'read' ? some(c, all).slice(0, 2) : null),
  },
  list: {
    ...replicated,
    call: (c, n) => {
      if (c.maybe(0.4)) return ['read', null];
      return c.maybe(0.8) ? ['insert', { value: n, after: c.pick([null, c.int(n + 1)]) }] : ['remove', c.int(n + 1)];
    },
    output: (c, f, _, all) =>
      f === 'read'
        ? some(
            c,
            all.flatMap((input) => (input as { value?: unknown } | null)?.value ?? []),
          )
        : null,
  },
};

/** Draws what the datatype's record allows, where nobody has said what is likely to be right. */
function asRecorded(type: string): Drawn {
  const functions = datatypes.find(({ name }) => name === type)?.functions ?? {};
  const fitting = (c: Chance, shape: Shape, n: number): unknown => {
    const fits = [n, [n], { x: n }, `${n}`, n % 2 === 0].filter((one) => shape.fits(one));
    if (fits.length === 0) throw new Error(`say in DRAWN how to draw a history of ${type}: ${shape.says}`);
    return c.pick(fits);
  };
  return {
    keyed: true,
    call: (c, n) => {
      const [f, { takes }] = c.pick(Object.entries(functions));
      return [f, takes ? fitting(c, takes, n) : null];
    },
    output: (c, f, _, all) => {
      const { returns } = functions[f]!;
      return returns ? fitting(c, returns, c.int(all.length + 2)) : null;
    },
  };
}

/** A random history of the datatype; the same for the same chance. */
export function historyOfType(c: Chance, type: string): History {
  const drawn = DRAWN[type] ?? asRecorded(type);
  const sessions = 1 + c.int(4);
  const drawnKeys = drawn.keyed && c.maybe(0.4) ? KEYS : ['x'];
  const calls = Array.from({ length: 2 + c.int(8) }, (_, n) => {
    const [f, input] = drawn.call(c, n);
    const key = drawn.keyed && c.maybe(0.9) ? { key: c.pick(drawnKeys) } : {};
    return { session: c.int(sessions), f, input, ...key } as {
      session: number;
      f: string;
      key?: string;
      input: unknown;
    };
  });
  if (drawn.nodes && c.maybe(0.8))
    for (let session = 0; session < sessions; session++) calls.push({ session, f: 'read', key: 'x', input: null });
  const answered = calls.map(({ f, key, input }) => {
    const all = calls.filter((other) => other.key === key && other.input !== null).map((other) => other.input);
    const output = drawn.output?.(c, f, input, all) ?? null;
    if (c.maybe(0.1)) return { type: 'info', error: 'timeout' };
    return c.maybe(0.08) ? { type: 'fail', error: 'refused' } : { type: 'ok', output };
  });
  return timed(
    c,
    calls.map((call, i) => ({ ...call, outcome: answered[i], ...(drawn.nodes ? { node: `n${call.session}` } : {}) })),
  );
}

interface Untimed {
  readonly session: number;
  readonly outcome: unknown;
}

/** The operations in an order that keeps that of each session, at times that overlap or do not. */
function timed(c: Chance, calls: readonly Untimed[]): History {
  const queues = new Map<number, Untimed[]>();
  for (const call of calls) queues.set(call.session, [...(queues.get(call.session) ?? []), call]);
  const open = new Map<number, number>();
  const names = new Map<number, number>();
  const haste = c.pick([0, 0.5, 0.9]);
  const done: Operation[] = [];
  let turn = c.pick([...queues.keys()]);
  for (let time = 0; queues.size > 0; time++) {
    if (!queues.has(turn) || !c.maybe(haste)) turn = c.pick([...queues.keys()]);
    const [next, ...rest] = queues.get(turn) as Untimed[];
    const start = open.get(turn);
    if (start === undefined) {
      open.set(turn, time);
      continue;
    }
    open.delete(turn);
    if (rest.length > 0) queues.set(turn, rest);
    else queues.delete(turn);
    const { session, ...call } = next as Untimed;
    const lost = (call.outcome as { type: string }).type === 'info';
    const process = names.get(session) ?? session;
    const times = { start, end: lost ? NEVER : time, startNs: start * 1e6, endNs: time * 1e6 };
    done.push({ process, ...call, ...times } as unknown as Operation);
    if (lost && c.maybe(0.5)) names.set(session, process + 10);
  }
  return historyOf(done);
}
