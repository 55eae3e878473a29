/**
 * Small random histories of registers with unique written values, from stores of every quality: one atomic store, replicas that
 * exchange writes late and in any order, and plain chance. So that each model holds in a good part of them and not in another.
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

/** One session of the store: what it sees, and what it has not been told yet. */
interface Replica {
  readonly seen: Map<string, number | null>;
  readonly inbox: { key: string; value: number; at: number }[];
}

type Store = 'atomic' | 'replicas' | 'newest' | 'any';

/** A random history; the same for the same chance. */
export function registerHistory(random: () => number, shape: Shape): History<Register> {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const store = pick<Store>(['atomic', 'replicas', 'replicas', 'newest', 'any', 'any', 'any', 'any']);
  const keys = ['x', 'y', 'z'].slice(0, shape.keys);
  const written = new Map<string, number[]>(keys.map((key) => [key, []]));
  const replicas: Replica[] = Array.from({ length: shape.sessions }, () => ({ seen: new Map(), inbox: [] }));
  const newest = new Map<string, number>();
  const process = replicas.map((_, s) => s);
  const open = new Map<number, { operation: Operation; late: boolean }>();
  const done: Operation[] = [];
  let index = 0;
  let value = 0;
  let nextProcess = shape.sessions;
  let invoked = 0;
  const look = (s: number, key: string): number | null => {
    if (store === 'any') return random() < 0.15 ? null : (pick(written.get(key) as number[]) ?? null);
    return replicas[store === 'atomic' ? 0 : s]!.seen.get(key) ?? null;
  };
  const apply = (s: number, key: string, v: number): void => {
    const at = index;
    if (store === 'atomic') replicas[0]!.seen.set(key, v);
    else {
      replicas[s]!.seen.set(key, v);
      newest.set(`${s}${key}`, at);
      for (const other of replicas) if (other !== replicas[s]!) other.inbox.push({ key, value: v, at });
    }
  };
  const gossip = (s: number): void => {
    const { inbox, seen } = replicas[s]!;
    while (inbox.length > 0 && random() < 0.5) {
      const m = inbox.splice(random() < 0.8 ? 0 : Math.floor(random() * inbox.length), 1)[0]!;
      if (store === 'newest' && (newest.get(`${s}${m.key}`) ?? -1) > m.at) continue;
      seen.set(m.key, m.value);
      newest.set(`${s}${m.key}`, m.at);
    }
  };
  const effect = (s: number, o: Operation): void => {
    const key = o.key as string;
    if (o.f !== 'read') apply(s, key, (o.f === 'cas' ? (o.input as unknown as number[])[1] : o.input) as unknown as number);
  };
  while (invoked < shape.operations || open.size > 0) {
    const s = Math.floor(random() * shape.sessions);
    gossip(s);
    const going = open.get(s);
    if (!going) {
      if (invoked === shape.operations) continue;
      invoked++;
      const key = pick(keys);
      const f = random() < shape.read ? 'read' : random() < shape.cas ? 'cas' : 'write';
      const next = ++value;
      const input = f === 'read' ? null : f === 'write' ? next : [look(s, key), next];
      const operation = { process: process[s], f, key, input, start: index, end: NEVER, startNs: index, endNs: 0 };
      const late = random() < 0.5;
      const begun = { operation: operation as unknown as Operation, late };
      if (f !== 'read' && random() < 0.9) written.get(key)?.push(next);
      if (!late) effect(s, begun.operation);
      open.set(s, begun);
    } else {
      open.delete(s);
      const o = going.operation;
      const type = random();
      if (going.late && (type > shape.fail || random() < 0.02)) effect(s, o);
      if (type < shape.fail && (going.late || o.f === 'read')) {
        done.push({ ...o, end: index, outcome: { type: 'fail', error: 'mismatch' } } as Operation);
      } else if (type > 1 - shape.info) {
        done.push({ ...o, outcome: { type: 'info', error: 'timeout' } } as Operation);
        process[s] = nextProcess++;
      } else {
        const output = o.f !== 'read' ? null : random() < 0.004 ? 99 : look(s, o.key as string);
        done.push({ ...o, end: index, outcome: { type: 'ok', output } } as unknown as Operation);
      }
    }
    index++;
  }
  return historyOf(done as unknown as Operation<Register>[]);
}

/** A random shape: of few operations of all kinds, or of more that mostly read one key, where guarantees about reads can break. */
export function registerShape(random: () => number): Shape {
  const base = { sessions: 2 + Math.floor(random() * 2), cas: random() < 0.3 ? 0.4 : 0, info: 0.08, fail: 0.05 };
  if (random() < 0.4) return { ...base, operations: 4 + Math.floor(random() * 4), keys: random() < 0.6 ? 1 : 2, read: 0.5 };
  return { ...base, operations: 6 + Math.floor(random() * 4), keys: random() < 0.8 ? 1 : 2, read: 0.7 };
}
