/**
 * Small random histories of registers with unique written values, from stores of every
 * quality: one atomic store, replicas that exchange writes late and in any order,
 * and plain chance. So that each model holds in a good part of them and not in another.
 */

import { type History, historyOf, NEVER, type Operation, type Register } from 'elle-ts';

/** A deterministic source of chance in [0, 1): Mulberry32. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Shape {
  readonly operations: number;
  readonly sessions: number;
  readonly keys: number;
  /** Chances: of a read, of a cas where it is not a read, of an `info` and of a `fail`. */
  readonly read: number;
  readonly cas: number;
  readonly info: number;
  readonly fail: number;
}

/**
 * A random shape: of few operations of all kinds, or of more
 * that mostly read one key, where guarantees about reads can break.
 */
export function registerShape(random: () => number): Shape {
  const base = { cas: random() < 0.3 ? 0.4 : 0, info: 0.08, fail: 0.05 };
  const keys = random() < 0.7 ? 1 : 2;
  if (random() < 0.25) {
    const operations = 4 + Math.floor(random() * 4);
    return { ...base, operations, sessions: 2 + Math.floor(random() * 2), keys, read: 0.5 };
  }
  return { ...base, operations: 10 + Math.floor(random() * 4), sessions: random() < 0.8 ? 2 : 3, keys, read: 0.72 };
}

type Value = number | null;
type Pick = <T>(items: readonly T[]) => T;

/**
 * What is written and read: one store, or a replica for each session
 * that receives writes late, or any value that was ever written.
 */
class Store {
  private readonly kind: 'atomic' | 'replicas' | 'any';
  private readonly written: [key: string, value: Value][] = [];
  private readonly seen: Map<string, Value>[];
  private readonly inboxes: [key: string, value: Value][][];
  private readonly random: () => number;
  private readonly pick: Pick;

  constructor(random: () => number, pick: Pick, sessions: number) {
    this.random = random;
    this.pick = pick;
    this.kind = pick(['atomic', 'replicas', 'any', 'any'] as const);
    this.seen = Array.from({ length: sessions }, () => new Map());
    this.inboxes = Array.from({ length: sessions }, () => []);
  }

  /** A write was invoked: from now on it may be seen by a store that knows no order. */
  begin(key: string, value: Value): void {
    this.written.push([key, value]);
  }

  write(session: number, key: string, value: Value): void {
    this.seen[this.kind === 'atomic' ? 0 : session]?.set(key, value);
    for (const inbox of this.inboxes) inbox.push([key, value]);
  }

  read(session: number, key: string): Value {
    if (this.kind === 'any') {
      const values = this.written.filter(([of]) => of === key).map(([, value]) => value);
      return this.pick(this.random() < 0.2 ? [null, ...values] : [...values, ...(values.length > 0 ? [] : [null])]);
    }
    return this.seen[this.kind === 'atomic' ? 0 : session]?.get(key) ?? null;
  }

  /** Some of what a replica was told arrives, mostly in order. */
  gossip(session: number): void {
    const inbox = this.inboxes[session]!;
    while (this.kind === 'replicas' && inbox.length > 0 && this.random() < 0.5) {
      const at = this.random() < 0.8 ? 0 : Math.floor(this.random() * inbox.length);
      const [key, value] = inbox.splice(at, 1)[0]!;
      this.seen[session]!.set(key, value);
    }
  }
}

type Open = Omit<Operation<Register>, 'outcome'> & { readonly effect: 'at start' | 'at end' };

/** A random history; the same for the same chance. */
export function registerHistory(random: () => number, shape: Shape): History<Register> {
  const pick: Pick = (items) => items[Math.floor(random() * items.length)]!;
  const store = new Store(random, pick, shape.sessions);
  const process = Array.from({ length: shape.sessions }, (_, s) => s);
  const open = new Map<number, Open>();
  const done: Operation<Register>[] = [];
  let processes = shape.sessions;
  let invoked = 0;
  for (let index = 0; invoked < shape.operations || open.size > 0; index++) {
    const s = invoked < shape.operations ? Math.floor(random() * shape.sessions) : [...open.keys()][0]!;
    store.gossip(s);
    const going = open.get(s);
    if (going) {
      open.delete(s);
      const operation = complete(going, s, index, store, shape, random);
      done.push(operation);
      if (operation.outcome.type === 'info') process[s] = processes++;
    } else {
      open.set(s, invoke(++invoked, s, process[s]!, index, store, shape, random, pick));
    }
  }
  return historyOf(done);
}

function invoke(
  value: number,
  session: number,
  process: number,
  start: number,
  store: Store,
  shape: Shape,
  random: () => number,
  pick: Pick,
): Open {
  const key = pick(['x', 'y', 'z'].slice(0, shape.keys));
  const f = random() < shape.read ? 'read' : random() < shape.cas ? 'cas' : 'write';
  const input = f === 'read' ? null : f === 'write' ? value : [store.read(session, key), value];
  const effect = random() < 0.5 ? 'at start' : 'at end';
  if (f !== 'read' && random() < 0.9) store.begin(key, value);
  if (f !== 'read' && effect === 'at start') store.write(session, key, value);
  return { process, f, key, input, start, end: NEVER, startNs: start, endNs: start, effect } as Open;
}

function complete(
  { effect, ...operation }: Open,
  session: number,
  end: number,
  store: Store,
  shape: Shape,
  random: () => number,
): Operation<Register> {
  const { f, key, input } = operation as { f: string; key: string; input: unknown };
  const chosen = random();
  const fails = chosen < shape.fail && (effect === 'at end' || f === 'read');
  if (f !== 'read' && effect === 'at end' && (!fails || random() < 0.02)) {
    store.write(session, key, (f === 'cas' ? (input as Value[])[1] : input) as Value);
  }
  const base = { ...operation, end: fails || chosen <= 1 - shape.info ? end : NEVER };
  if (fails) return { ...base, outcome: { type: 'fail', error: 'refused' } } as Operation<Register>;
  if (base.end === NEVER) return { ...base, outcome: { type: 'info', error: 'timeout' } } as Operation<Register>;
  const output = f !== 'read' ? null : random() < 0.004 ? 99 : store.read(session, key);
  return { ...base, outcome: { type: 'ok', output } } as Operation<Register>;
}
