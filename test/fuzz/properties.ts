/** Properties of single datatypes, each beside its literal definition: every operation is compared with every other. */
import {
  type Api,
  type Checker,
  type History,
  historyOf,
  judge,
  leaseLock,
  type Model,
  NEVER,
  type Operation,
  type Verdict,
} from 'elle-ts';
import { bruteLinearizable } from '../checkers/oracle/brute-force.ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import type { Subject } from './subject.ts';

type Value = number | null;
export type Drawn = readonly [f: string, input: unknown, output: unknown, key?: string];

interface Property {
  readonly type: string;
  /** What tells it from another of the same type and model. */
  readonly named?: string;
  readonly model: string;
  /** The i-th operation, and what was asked for by those before it. */
  readonly draw: (c: Chance, i: number, before: readonly Drawn[]) => Drawn;
  /** Whether the property holds; undefined where it says nothing. */
  readonly holds: (operations: readonly Operation[]) => boolean | undefined;
  readonly operations?: number;
  readonly checker?: () => Checker;
}

const ok = (o: Operation): boolean => o.outcome.type === 'ok';
const happened = (o: Operation): boolean => o.outcome.type !== 'fail';
const told = (o: Operation): unknown => (o.outcome.type === 'ok' ? o.outcome.output : undefined);
const shown = (o: Operation): readonly unknown[] => told(o) as readonly unknown[];
const of = (all: readonly Operation[], f: string): Operation[] => all.filter((o) => o.f === f);
const ended = (a: Operation, b: Operation): boolean => a.end < b.start;
/** Whether all that a read shows had been asked for by its end. */
const begun = (read: Operation, adds: readonly Operation[]): boolean =>
  shown(read).every((element) => adds.some(({ input, start }) => input === element && start < read.end));
const inputs = (before: readonly Drawn[], f: string): unknown[] =>
  before.filter((drawn) => drawn[0] === f).map((drawn) => drawn[1]);
const mostOf = (c: Chance, values: readonly unknown[]): unknown[] => values.filter(() => c.maybe(0.75));
const pairs = <T>(items: readonly T[]): (readonly [T, T])[] => items.flatMap((a) => items.map((b) => [a, b] as const));

/**
 * Operations at random times, each process's one after another.
 * Half of the histories are slow: much is going on at once.
 */
export function drawn(c: Chance, { draw, operations = 8 }: Pick<Property, 'draw' | 'operations'>): History {
  const before: Drawn[] = [];
  const free = [0, 0, 0];
  const slow = c.maybe(0.5) ? 5 : 1;
  const spread = c.maybe(0.7) ? 1 : 0;
  const all: Operation[] = [];
  let time = 0;
  for (let i = 0; i < 2 + c.int(operations); i++) {
    const process = c.int(free.length);
    const one = draw(c, i, before);
    const [f, input, output, key] = one;
    before.push(one);
    time = Math.max(time + spread, free[process] as number) + 1 + c.int(2);
    const fate = c.int(12);
    const end = fate === 0 ? NEVER : time + 1 + c.int(slow * 2);
    const outcome =
      fate === 0
        ? { type: 'info', error: 'timeout' }
        : fate === 1
          ? { type: 'fail', error: 'refused' }
          : { type: 'ok', output };
    if (end !== NEVER) free[process] = end + 1;
    all.push({
      process,
      f,
      input,
      ...(key === undefined ? {} : { key }),
      outcome,
      start: time,
      end,
    } as unknown as Operation);
  }
  return historyOf(renumbered(all));
}

/** Events get indices of their own, in the order of their times: where two were at once, beginnings first. */
function renumbered(all: readonly Operation[]): Operation[] {
  const events = all.flatMap((o, i) => [
    { time: o.start, i, begins: true },
    ...(o.end === NEVER ? [] : [{ time: o.end, i, begins: false }]),
  ]);
  events.sort((a, b) => a.time - b.time || Number(b.begins) - Number(a.begins));
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  for (const [index, { i, begins }] of events.entries()) (begins ? starts : ends).set(i, index);
  return all.map((o, i) => {
    const start = starts.get(i) as number;
    const end = ends.get(i) ?? NEVER;
    return {
      ...o,
      start,
      end,
      startNs: start * 1e6,
      endNs: end === NEVER ? Number.POSITIVE_INFINITY : end * 1e6,
    } as Operation;
  });
}

const uniqueIds: Property = {
  type: 'unique-ids',
  model: 'unique-ids',
  draw: (c, i) => ['generate', null, c.maybe(0.8) ? i : c.int(8)],
  holds: (all) => pairs(all.filter(ok)).every(([a, b]) => a === b || told(a) !== told(b)),
};

const g2: Property = {
  type: 'g2',
  model: 'g2',
  draw: (c, i) => ['insert', [c.int(12), c.maybe(0.5) ? [i, null] : [null, i]], null],
  holds: (all) =>
    pairs(all.filter(ok)).every(([a, b]) => a === b || (a.input as unknown[])[0] !== (b.input as unknown[])[0]),
  operations: 5,
};

const bank: Property = {
  type: 'bank',
  model: 'bank',
  draw: (c, i) => {
    const a = c.int(11);
    return i > 0 && c.maybe(0.4)
      ? ['transfer', { from: 'a', to: 'b', amount: 1 }, null]
      : ['read', null, c.maybe(0.85) ? { a, b: 10 - a } : { a, b: c.int(12) - 1 }];
  },
  holds: (all) => {
    const reads = of(all, 'read')
      .filter(ok)
      .map((o) => told(o) as { a: number; b: number });
    if (reads.length === 0) return undefined;
    const total = (reads[0] as { a: number; b: number }).a + (reads[0] as { a: number; b: number }).b;
    return reads.every(({ a, b }) => a + b === total && a >= 0 && b >= 0);
  },
};

const causalReverse: Property = {
  type: 'causal-reverse',
  model: 'causal-reverse',
  draw: (c, i, before) => (c.maybe(0.5) ? ['write', i, null] : ['read', null, mostOf(c, inputs(before, 'write'))]),
  holds: (all) =>
    of(all, 'read')
      .filter(ok)
      .every((read) =>
        pairs(of(all, 'write').filter(happened)).every(
          ([a, b]) => !ok(a) || !ended(a, b) || !shown(read).includes(b.input) || shown(read).includes(a.input),
        ),
      ),
};

const longFork: Property = {
  type: 'long-fork',
  model: 'long-fork',
  draw: (c, i) => {
    if (i < 2) return ['write', [['w', i, 1]], [['w', i, 1]]];
    return [
      'read',
      [
        ['r', 0, null],
        ['r', 1, null],
      ],
      [
        ['r', 0, c.pick([1, null])],
        ['r', 1, c.pick([1, null])],
      ],
    ];
  },
  holds: (all) => {
    const saw = (o: Operation, one: number): boolean => (shown(o) as Value[][])[one]?.[2] === 1;
    return pairs(of(all, 'read').filter(ok)).every(([a, b]) => !(saw(a, 0) && !saw(a, 1) && saw(b, 1) && !saw(b, 0)));
  },
  operations: 5,
};

const finalSet: Property = {
  type: 'set',
  model: 'set',
  draw: (c, i, before) => (c.maybe(0.6) ? ['add', i, null] : ['read', null, mostOf(c, inputs(before, 'add'))]),
  holds: (all) => {
    const read = of(all, 'read').findLast(ok);
    if (!read) return undefined;
    const adds = of(all, 'add').filter(happened);
    return (
      adds.every((add) => !ok(add) || !ended(add, read) || shown(read).includes(add.input)) &&
      of(all, 'read')
        .filter(ok)
        .every((one) => begun(one, adds))
    );
  },
};

const setFull: Property = {
  ...finalSet,
  type: 'set-full',
  model: 'set-full',
  holds: (all) => {
    const adds = of(all, 'add').filter(happened);
    const reads = of(all, 'read').filter(ok);
    if (reads.some((read) => !begun(read, adds))) return false;
    const fates = adds.map((add) => {
      const present = reads.filter((read) => shown(read).includes(add.input));
      const absent = reads.filter((read) => !shown(read).includes(add.input) && read.end > add.start);
      const known = Math.min(...[add, ...present].filter(ok).map(({ end }) => end));
      const last = (some: readonly Operation[]): number => Math.max(-1, ...some.map(({ start }) => start));
      if (last(present) > last(absent)) return 'stable';
      return last(absent) > last(present) && last(absent) > known ? 'lost' : 'never-read';
    });
    if (fates.includes('lost')) return false;
    return fates.includes('stable') ? true : undefined;
  },
};

const lostWrites: Property = {
  type: 'register',
  model: 'lost-writes',
  draw: (c, i, before) =>
    c.maybe(0.4)
      ? ['write', i + 1, null]
      : ['read', null, c.pick([null, ...inputs(before, 'write'), ...inputs(before, 'write').slice(-1)])],
  holds: (all) => {
    const writes = of(all, 'write').filter(happened);
    const reads = of(all, 'read').filter(ok);
    const writer = (value: unknown): Operation | undefined => writes.find(({ input }) => input === value);
    if (reads.some((read) => told(read) !== null && !writer(told(read)))) return undefined;
    return writes.filter(ok).every((write) => {
      const later = reads.filter((read) => ended(write, read));
      const older = (value: unknown): boolean => {
        const by = writer(value);
        return by === undefined || ended(by, write);
      };
      return later.length === 0 || !later.every((read) => older(told(read)));
    });
  },
};

const finalCounter: Property = {
  type: 'pn-counter',
  model: 'pn-counter',
  draw: (c, i, before) => {
    const sum = (inputs(before, 'add') as number[]).reduce((all, delta) => all + delta, 0);
    return c.maybe(i < 4 ? 0.8 : 0.2)
      ? ['add', c.pick([1, 2, -1]), null]
      : ['read', null, sum + (c.maybe(0.7) ? 0 : c.int(3) - 1)];
  },
  holds: (all) => {
    const adds = of(all, 'add').filter(happened);
    const quiet = Math.max(-1, ...adds.flatMap(({ start, end }) => (end === NEVER ? [start] : [start, end])));
    const answered = of(all, 'read').filter(ok);
    const possible = (read: Operation): boolean => {
      const deltas = adds.filter(({ start }) => start < read.end).map(({ input }) => input as number);
      const sum = (sign: number): number => deltas.filter((d) => d * sign > 0).reduce((some, delta) => some + delta, 0);
      return sum(-1) <= (told(read) as number) && (told(read) as number) <= sum(1);
    };
    if (!answered.every(possible)) return false;
    const reads = answered.filter((read) => read.start > quiet);
    if (reads.length === 0) return adds.length === 0 ? true : undefined;
    const lost = adds.filter((add) => !ok(add));
    const sums = Array.from({ length: 1 << lost.length }, (_, mask) =>
      adds.reduce((sum, add) => sum + (ok(add) || mask & (1 << lost.indexOf(add)) ? (add.input as number) : 0), 0),
    );
    return reads.every((read) => sums.includes(told(read) as number));
  },
};

/**
 * By wall clock: held from the end of `acquire` until `release` is
 * invoked, or the time is up since the latest `acquire` was invoked.
 */
const leases: Property = {
  type: 'lease-lock',
  model: 'lease-lock',
  checker: () => leaseLock({ ttlMs: 9 }) as unknown as Checker,
  draw: (c) => [c.pick(['acquire', 'acquire', 'release']), null, null],
  holds: (all) => {
    const moments = all.flatMap(({ startNs, endNs }) => [startNs, endNs].map((ns) => ns + 1));
    const holders = (at: number) => [0, 1, 2].filter((process) => heldAt(all, process, at));
    return moments.every((at) => holders(at).length < 2);
  },
};

function heldAt(all: readonly Operation[], process: number, at: number): boolean {
  let until = Number.NEGATIVE_INFINITY;
  for (const o of all) {
    if (o.process !== process || o.startNs > at || !happened(o)) continue;
    if (o.f === 'release') until = Number.NEGATIVE_INFINITY;
    else if (ok(o) && (o.startNs < until || o.endNs <= at)) until = o.startNs + 9e6;
  }
  return at < until;
}

/** A bag as a state machine: any order of the elements explains what came out. */
const bag: Model<Api, unknown> = {
  name: 'bag',
  init: [],
  step: {
    enqueue: (state: readonly number[], value: number) => [[...state, value].sort((a, b) => a - b), null],
    dequeue: (state: readonly number[], value: number | null) => {
      if (value === null) return [state.length === 0 ? state : undefined, null];
      const at = state.indexOf(value);
      return [at < 0 ? undefined : state.toSpliced(at, 1), value];
    },
  } as never,
};

const unordered: Property = {
  type: 'unordered-queue',
  model: 'unordered-queue',
  draw: (c, i, before) =>
    c.maybe(0.5)
      ? ['enqueue', c.maybe(0.8) ? i : c.int(3), null]
      : ['dequeue', null, c.pick([null, i, ...inputs(before, 'enqueue'), ...inputs(before, 'enqueue')])],
  holds: (all) => {
    // What a removal took is its input here; one without a completion may have taken anything, or nothing.
    const told = all.map((o) =>
      o.f === 'dequeue' && o.outcome.type === 'ok' ? ({ ...o, input: o.outcome.output } as Operation) : o,
    );
    const lost = of(told, 'dequeue').filter((o) => o.outcome.type === 'info');
    const others = told.filter((o) => !lost.includes(o));
    const values = [undefined, ...new Set(of(all, 'enqueue').map(({ input }) => input as unknown))];
    const guesses = lost.reduce<unknown[][]>(
      (some, _) => some.flatMap((guess) => values.map((v) => [...guess, v])),
      [[]],
    );
    return guesses.some((guess) => {
      const took = lost.flatMap((o, i) => (guess[i] === undefined ? [] : [{ ...o, input: guess[i] }]));
      return bruteLinearizable(historyOf([...others, ...took] as Operation[]), bag);
    });
  },
  operations: 6,
};

/** Every order of these. */
function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [at, first] of items.entries()) for (const rest of orders(items.toSpliced(at, 1))) yield [first, ...rest];
}

type Inserted = { readonly value: unknown; readonly after?: unknown };

/** Whether some order of all that was inserted explains each read, as elements of it that had begun to be inserted. */
function inSomeOrder(inserts: readonly Operation[], reads: readonly Operation[]): boolean {
  const elementOf = (insert: Operation): unknown => (insert.input as unknown as Inserted).value;
  /** The elements in an order, each but the first behind what shows it, of those that had begun in time. */
  const embeds = (order: readonly Operation[], elements: readonly unknown[], end: number): boolean => {
    let from = 0;
    return elements.every((element) => {
      const at = order.findIndex((insert, i) => i >= from && elementOf(insert) === element && insert.start < end);
      from = at + 1;
      return at >= 0;
    });
  };
  return [...orders(inserts)].some(
    (order) =>
      reads.every((read) => embeds(order, shown(read), read.end)) &&
      order.every((insert, at) => {
        const { after } = insert.input as unknown as Inserted;
        const before = order.slice(0, at);
        // What is put behind an element that nobody inserted, as one of an initial list, stands anywhere.
        const isKnown = inserts.some((one) => elementOf(one) === after);
        return !isKnown || before.some((one) => elementOf(one) === after);
      }),
  );
}

/** Replicated lists without removals: elements are mostly inserted once, or several times. */
const listOf = (values: number): Property => ({
  type: 'list',
  model: 'list',
  named: values === 0 ? '' : ', elements that are inserted again',
  draw: (c, i, before) => {
    const inputsBefore = inputs(before, 'insert').map((input) => (input as Inserted).value);
    if (c.maybe(0.5)) {
      const after = inputsBefore.length > 0 && c.maybe(0.3) ? { after: c.pick(inputsBefore) } : {};
      const value = values === 0 || c.maybe(0.3) ? `${i}` : 'abc'[c.int(values)];
      return ['insert', { value, ...after }, null];
    }
    const seen = inputsBefore.filter(() => c.maybe(0.9));
    return ['read', null, c.maybe(0.2) ? seen.reverse() : seen];
  },
  holds: (all) => {
    const inserts = of(all, 'insert').filter(happened);
    const reads = of(all, 'read').filter(ok);
    if (!inSomeOrder(inserts, reads)) return false;
    const updated = inserts.map(({ start, end }) => (end === NEVER ? start : end));
    const final = reads.filter((read) => updated.every((time) => time < read.start));
    if (final.length === 0) return undefined;
    const text = (read: Operation): string => JSON.stringify(shown(read));
    if (final.some((read) => text(read) !== text(final[0] as Operation))) return inserts.every(ok) ? false : undefined;
    return inserts.filter(ok).every((insert) => {
      const like = (value: unknown): boolean => value === (insert.input as unknown as Inserted).value;
      const certain = inserts.filter((one) => ok(one) && like((one.input as unknown as Inserted).value));
      return shown(final[0] as Operation).filter(like).length >= certain.length;
    });
  },
  operations: 6,
});

function verdictOf(valid: boolean | 'unknown'): Verdict {
  if (valid === true) return { type: 'valid' };
  if (valid === 'unknown') return { type: 'unknown', reason: 'said so' };
  return { type: 'invalid', anomalies: [{ name: '', message: '', steps: [], operations: [] }] };
}

const all: readonly Property[] = [
  ...[
    listOf(0),
    listOf(2),
    uniqueIds,
    g2,
    bank,
    causalReverse,
    longFork,
    finalSet,
    setFull,
    lostWrites,
    finalCounter,
    leases,
    unordered,
  ],
];

export const properties: readonly Subject[] = all.map((property): Subject => {
  const { type, model, holds, checker, named = '' } = property;
  return {
    name: `${type}: ${model}${named}`,
    proofs: false,
    draw: (seed) => drawn(chance(seed), property),
    judge: (history) => ({
      [model]: checker ? checker().check(history) : verdictOf(judge(history, { type, model }).valid),
    }),
    truth: (history) => {
      const truth = holds([...history]);
      return truth === undefined ? {} : { [model]: truth };
    },
  };
});
