/** Random transactions that mostly write without reading, so that the order of the writes is open; and snapshots. */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';
import { type Chance, chance } from '../oracle/chance.ts';

type BlindMop = readonly [f: 'r' | 'w', key: string, value: number | null];

interface Plan {
  readonly process: number;
  readonly start: number;
  readonly end: number;
  readonly type: 'ok' | 'info' | 'fail';
  readonly calls: readonly BlindMop[];
}

/** What is drawn. */
export interface BlindShape {
  readonly transactions: number;
  readonly processes: number;
  readonly keys: number;
  readonly mops: number;
  /** Whether every write follows a read of its key in the same transaction, as in mini-transactions. */
  readonly reads?: boolean;
}

/**
 * Transactions that take effect in some order: that of moments inside of them, or any. Some reads are of an older
 * version, some transactions read from a snapshot; some fail, of some nobody knows, and a few of these happened.
 */
export function blindHistory(seed: number, shape: BlindShape): History {
  const random = chance(seed);
  const plans = plansOf(random, shape);
  const kind = random.int(4);
  const moment = plans.map(({ start, end }) =>
    kind === 3 ? random.int(1000) : start + (random.int(1000) * (Math.min(end, start + 12) - start)) / 1000,
  );
  const order = plans.map((_, i) => i).sort((a, b) => (moment[a] as number) - (moment[b] as number) || a - b);
  const wrong = random.pick([0, 0, 0.2, 0.6]);
  const state = new Map<string, (number | null)[]>();
  const outputs: BlindMop[][] = plans.map(() => []);
  const snapshots = kind === 1;
  let older = new Map<string, (number | null)[]>();
  for (const i of order) {
    const { calls, type } = plans[i] as Plan;
    const seen = snapshots && random.maybe(0.5) ? older : state;
    older = new Map([...state].map(([key, list]) => [key, [...list]]));
    const own = new Map<string, number | null>();
    outputs[i] = calls.map(([f, key, value]): BlindMop => {
      if (f === 'w') own.set(key, value);
      if (f === 'w' || own.has(key)) return [f, key, own.get(key) ?? null];
      const list = seen.get(key) ?? [null];
      const at = random.maybe(wrong) ? random.int(list.length) : list.length - 1;
      return [f, key, list[at] ?? null];
    });
    if (type === 'ok' || (type === 'info' && random.maybe(0.5)))
      for (const [key, value] of own) state.set(key, [...(state.get(key) ?? [null]), value]);
  }
  return historyOf(
    plans.map(({ type, calls, ...times }, i) => {
      const outcome = type === 'ok' ? { type, output: outputs[i] } : { type, error: 'lost' };
      return { ...times, f: 'txn', input: calls, outcome, startNs: 0, endNs: 0 } as unknown as Operation;
    }),
  );
}

function plansOf(random: Chance, { transactions, processes, keys, mops, reads: all = false }: BlindShape): Plan[] {
  const free = Array.from({ length: processes }, (_, process) => process);
  const open: { process: number; start: number; calls: BlindMop[] }[] = [];
  const reads = random.pick([0.35, 0.6]);
  const plans: Plan[] = [];
  let [clock, value, fresh] = [0, 0, processes];
  while (plans.length < transactions) {
    const full = plans.length + open.length >= transactions;
    if (open.length > 0 && (free.length === 0 || full || random.maybe(0.4))) {
      const [one] = open.splice(random.int(open.length), 1) as [(typeof open)[0]];
      const type = random.pick(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'] as const);
      plans.push({ ...one, type, end: type === 'info' ? NEVER : clock++ });
      free.push(type === 'info' ? fresh++ : one.process);
      continue;
    }
    const [process] = free.splice(random.int(free.length), 1) as [number];
    const calls = Array.from({ length: 1 + random.int(mops) }, (): readonly BlindMop[] => {
      const key = 'xyz'[random.int(keys)] as string;
      if (random.maybe(reads)) return [['r', key, null]];
      return all
        ? [
            ['r', key, null],
            ['w', key, ++value],
          ]
        : [['w', key, ++value]];
    }).flat();
    open.push({ process, start: clock++, calls });
  }
  return plans.sort((a, b) => a.start - b.start);
}

/** Transactions that all overlap and took effect in some order, which nothing tells but what they read. */
export function shuffledHistory(seed: number, { transactions, keys, mops }: BlindShape): History {
  const random = chance(seed);
  const rows = Array.from({ length: transactions }, (_, row) => row);
  const order = rows.map((row) => ({ row, at: random.int(1 << 30) })).sort((a, b) => a.at - b.at);
  const state = new Map<number, number>();
  const outputs: unknown[][] = rows.map(() => []);
  let value = 0;
  for (const { row } of order) {
    const own = new Map<number, number>();
    outputs[row] = Array.from({ length: mops }, () => {
      const key = random.int(keys);
      if (random.maybe(0.15)) return ['r', key, own.get(key) ?? state.get(key) ?? null];
      own.set(key, ++value);
      return ['w', key, value];
    });
    for (const [key, written] of own) state.set(key, written);
  }
  return historyOf(
    rows.map((row) => {
      const times = { process: row, start: row, end: transactions + row, startNs: 0, endNs: 0 };
      const output = outputs[row];
      return { ...times, f: 'txn', input: output, outcome: { type: 'ok', output } } as unknown as Operation;
    }),
  );
}

/**
 * Whether some order of begins and commits is a snapshot isolation of the history: reads return what was committed
 * when their transaction began, and no two that write a key overlap. By trying all; for eight transactions or so.
 */
export function hasSnapshots(history: History, time: 'none' | 'session' | 'real'): boolean {
  const all = [...history].filter(({ outcome }) => outcome.type !== 'fail');
  const mops = (o: Operation): readonly BlindMop[] =>
    (o.outcome.type === 'ok' ? o.outcome.output : o.input) as unknown as readonly BlindMop[];
  const before = (a: Operation, b: Operation): boolean =>
    a.end < b.start && (time === 'real' || (time === 'session' && a.process === b.process));
  const dead = new Set<string>();
  type State = Readonly<Record<string, number>>;
  /** `status` is what each has done: nothing, begun, committed; `over` the keys committed while it was open. */
  const from = (status: readonly number[], state: State, over: readonly string[]): boolean => {
    if (all.every((o, i) => status[i] === 2 || (o.outcome.type === 'info' && status[i] === 0))) return true;
    const name = JSON.stringify([status, state, over]);
    if (dead.has(name)) return false;
    dead.add(name);
    return all.some((o, i) => {
      const change = (to: number): number[] => status.map((one, at) => (at === i ? to : one));
      if (status[i] === 0) {
        const late = all.some((p, j) => before(p, o) && status[j] !== 2 && p.outcome.type === 'ok');
        if (late || !readsFit(o, mops(o), state)) return false;
        return from(
          change(1),
          state,
          over.map((keys, at) => (at === i ? '' : keys)),
        );
      }
      if (status[i] !== 1) return false;
      // A commit must not come after the begin of one that began later in time.
      if (all.some((p, j) => before(o, p) && status[j] !== 0)) return false;
      const writes = mops(o).filter(([f]) => f === 'w');
      if (writes.some(([, key]) => over[i]?.includes(key))) return false;
      const after = { ...state };
      for (const [, key, value] of writes) after[key] = value as number;
      const keys = writes.map(([, key]) => key).join('');
      return from(
        change(2),
        after,
        over.map((one, at) => (status[at] === 1 ? [...new Set(one + keys)].sort().join('') : one)),
      );
    });
  };
  return from(
    all.map(() => 0),
    {},
    all.map(() => ''),
  );
}

function readsFit({ outcome }: Operation, mops: readonly BlindMop[], state: Readonly<Record<string, number>>): boolean {
  if (outcome.type !== 'ok') return true;
  const own = new Map<string, number | null>();
  return mops.every(([f, key, value]) => {
    if (f === 'w') own.set(key, value);
    return f === 'w' || value === (own.has(key) ? own.get(key) : (state[key] ?? null));
  });
}
