/**
 * Small histories of registers in which time means nothing: what happens is decided in one
 * hidden order of all operations, or in one for each session, and when the operations began
 * and ended is drawn afterwards. So reads end before their writes begin, sessions read what they
 * write only later, swaps find what comes, and what failed, or never returned, is seen or not.
 */

import { type History, historyOf, NEVER, type Operation, type Register } from 'elle-ts';
import type { Chance } from './chance.ts';

type Scalar = number | string | null;

export interface Timeless {
  readonly operations: number;
  readonly sessions: number;
  readonly keys: number;
  readonly initial: Scalar;
  /** Chances: of a read, of a swap where it is none, of an `info` and of a `fail`. */
  readonly read: number;
  readonly cas: number;
  readonly info: number;
  readonly fail: number;
  /** How many different values are written; absent: each write has one of its own. */
  readonly values?: number;
  /** How many observations are exchanged for others. */
  readonly damage: number;
}

/** A shape of few operations, of every kind. */
export function timelessShape(random: Chance): Timeless {
  const long = random.maybe(0.5);
  return {
    operations: long ? 7 + random.int(4) : 3 + random.int(4),
    sessions: random.pick(long ? [2, 2, 3] : [1, 2, 3]),
    keys: random.pick([1, 1, 2]),
    initial: random.pick([null, null, 0, 'a']),
    read: random.pick([0.5, 0.7]),
    cas: random.pick([0, 0, 0.4]),
    info: random.pick([0, 0.1]),
    fail: random.pick([0, 0.07]),
    damage: random.pick([0, 1, 1, 2, 4]),
  };
}

interface Drawn {
  readonly session: number;
  readonly f: 'read' | 'write' | 'cas';
  readonly key: string;
  readonly wrote: Scalar;
  found: Scalar;
  readonly type: 'ok' | 'fail' | 'info';
  /** Whether it took effect: what failed did not, with rare exceptions, and what never returned may have. */
  readonly done: boolean;
}

/** A random history; the same for the same chance. */
export function timelessHistory(random: Chance, shape: Timeless): History<Register> {
  const drawn = Array.from({ length: shape.operations }, (_, i) => draw(random, shape, i));
  const alone = random.maybe(0.3);
  const common = interleaved(random, drawn);
  for (let session = 0; session < shape.sessions; session++)
    perform(alone ? interleaved(random, drawn) : common, session, shape.initial);
  for (let i = 0; i < shape.damage; i++) damage(random, drawn, shape.initial);
  return timed(random, drawn);
}

function draw(random: Chance, shape: Timeless, i: number): Drawn {
  const f = random.maybe(shape.read) ? 'read' : random.maybe(shape.cas) ? 'cas' : 'write';
  const type = random.maybe(shape.fail) ? 'fail' : random.maybe(shape.info) ? 'info' : 'ok';
  return {
    session: random.int(shape.sessions),
    f,
    key: random.pick(['x', 'y'].slice(0, shape.keys)),
    wrote: f === 'read' ? null : shape.values === undefined ? i + 1 : random.int(shape.values),
    found: shape.initial,
    type,
    done: type === 'ok' || random.maybe(type === 'fail' ? 0.05 : 0.5),
  };
}

function bySession(drawn: readonly Drawn[]): Map<number, Drawn[]> {
  const groups = new Map<number, Drawn[]>();
  for (const one of drawn) groups.set(one.session, [...(groups.get(one.session) ?? []), one]);
  return groups;
}

/** One order of all, which keeps that of each session. */
function interleaved(random: Chance, drawn: readonly Drawn[]): Drawn[] {
  const left = bySession(drawn);
  const order: Drawn[] = [];
  while (left.size > 0) {
    const session = random.pick([...left.keys()]);
    const [next, ...rest] = left.get(session) as Drawn[];
    order.push(next as Drawn);
    if (rest.length > 0) left.set(session, rest);
    else left.delete(session);
  }
  return order;
}

/** What a session finds in this order. */
function perform(order: readonly Drawn[], session: number, initial: Scalar): void {
  const held = new Map<string, Scalar>();
  for (const one of order) {
    if (one.session === session) one.found = held.has(one.key) ? (held.get(one.key) as Scalar) : initial;
    if (one.f !== 'read' && one.done) held.set(one.key, one.wrote);
  }
}

function damage(random: Chance, drawn: readonly Drawn[], initial: Scalar): void {
  const one = random.pick(drawn);
  const written = drawn.filter(({ f, key }) => f !== 'read' && key === one.key).map(({ wrote }) => wrote);
  one.found = random.maybe(0.03) ? 99 : random.pick([initial, ...(random.maybe(0.1) ? [null] : []), ...written]);
}

/** The same history as transactions of one micro-operation each. It must have no swaps. */
export function asTransactions(history: History<Register>): History {
  return historyOf(
    [...history].map(({ f, key, input, outcome, ...rest }) => {
      const mop = (value: unknown): unknown => [[f === 'read' ? 'r' : 'w', key, value]];
      const told = outcome.type === 'ok' ? { type: 'ok', output: mop(f === 'read' ? outcome.output : input) } : outcome;
      return { ...rest, f: 'txn', input: mop(f === 'read' ? null : input), outcome: told } as unknown as Operation;
    }),
    history,
  );
}

/**
 * The operations in times that keep the order of each session, and nothing
 * else. A process continues after an `info` under a new name, or its own.
 */
function timed(random: Chance, drawn: readonly Drawn[]): History<Register> {
  const operations: Operation<Register>[] = [];
  const queues = bySession(drawn);
  const open = new Map<number, number>();
  const names = new Map<number, number>();
  let latest = queues.size + 10;
  for (let time = 0; queues.size > 0; time++) {
    const session = random.pick([...queues.keys()]);
    const [next, ...rest] = queues.get(session) as Drawn[];
    const start = open.get(session);
    if (start === undefined) {
      open.set(session, time);
      continue;
    }
    open.delete(session);
    if (rest.length > 0) queues.set(session, rest);
    else queues.delete(session);
    operations.push(said(next as Drawn, names.get(session) ?? session, start, time));
    if (next?.type === 'info' && random.maybe(0.5)) names.set(session, latest++);
  }
  return historyOf(operations);
}

function said(
  { f, key, wrote, found, type }: Drawn,
  process: number,
  start: number,
  time: number,
): Operation<Register> {
  const input = f === 'read' ? null : f === 'write' ? wrote : [found, wrote];
  const outcome =
    type === 'ok'
      ? { type, output: f === 'read' ? found : null }
      : { type, error: type === 'fail' ? 'refused' : 'timeout' };
  const end = type === 'info' ? NEVER : time;
  return { process, f, key, input, outcome, start, end, startNs: start, endNs: end } as unknown as Operation<Register>;
}
