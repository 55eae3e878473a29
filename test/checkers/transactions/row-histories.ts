/** Small random histories of rows that are read by predicate: serial ones, stale ones, and ones that mix states. */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';
import type { Chance } from '../oracle/chance.ts';

type Mop = readonly [f: string, what: unknown, value?: unknown];
type State = Readonly<Record<string, unknown>>;

const KEYS = ['x', 'y', 'z'];
const PREDICATES = ['true', 'true', ['=', 2], ['mod', 2, 0], ['range', 1, 3]] as const;

/** Whether a predicate that is drawn here holds of a value. */
export function holds(predicate: (typeof PREDICATES)[number], value: unknown): boolean {
  if (predicate === 'true') return true;
  const [kind, a, b] = predicate as readonly [string, number, number];
  const number = value as number;
  return kind === '=' ? number === a : kind === 'mod' ? number % a === b : a <= number && number <= b;
}

function callsOf(c: Chance, next: () => number, keys: readonly string[], most: number): Mop[] {
  return Array.from({ length: 1 + c.int(most) }, (): Mop => {
    const key = c.pick(keys);
    const kind = c.pick(['r', 'rp', 'rp', 'w', 'insert', 'insert', 'delete']);
    if (kind === 'r') return ['r', key, null];
    if (kind === 'rp') return ['rp', c.pick(PREDICATES), null];
    return kind === 'delete' ? ['delete', key] : [kind, key, next()];
  });
}

/** What a transaction returns that reads these states, one a step, and the state that it leaves behind the last. */
function run(mops: readonly Mop[], read: () => State, last: State): { readonly output: Mop[]; readonly left: State } {
  const own: Record<string, unknown> = {};
  const output = mops.map((mop): Mop => {
    const [f, what, value] = mop;
    const now = { ...read(), ...own };
    if (f === 'r') return ['r', what, now[what as string] ?? null];
    if (f === 'rp') {
      const rows = Object.entries(now).filter(([, v]) => v !== undefined && holds(what as 'true', v));
      return ['rp', what, Object.fromEntries(rows)];
    }
    own[what as string] = f === 'delete' ? undefined : value;
    return mop;
  });
  return { output, left: { ...last, ...own } };
}

interface Begun {
  readonly start: number;
  readonly snapshot: State;
  readonly mops: readonly Mop[];
}

/** Which state each step reads: the last, that at the begin, or any. */
function readingOf(
  c: Chance,
  { snapshot }: Begun,
  states: readonly State[],
  wild: number,
  wilder: boolean,
): () => State {
  const last = states.at(-1) as State;
  if (c.maybe(wild)) return () => snapshot;
  // Each row as it was at some time or, seldom, as it never was.
  const mixed = (): State => Object.fromEntries(KEYS.map((key) => [key, c.maybe(0.02) ? 99 : c.pick(states)[key]]));
  return () => (wilder ? mixed() : c.maybe(wild) ? snapshot : last);
}

function ended(process: number, one: Begun, type: string, output: unknown, time: number): Operation {
  return {
    process,
    f: 'txn',
    input: one.mops,
    outcome: type === 'ok' ? { type, output } : { type, error: 'x' },
    start: one.start,
    end: type === 'info' ? NEVER : time,
    startNs: one.start,
    endNs: time,
  } as unknown as Operation;
}

/** A history of so many transactions; the same for the same chance. With `repeats` values are drawn from two. */
export function rowHistory(c: Chance, transactions: number, { repeats = false, mops = 2 } = {}): History {
  let value = 0;
  const keys = KEYS.slice(0, c.pick([1, 2, 2, 3]));
  const wild = c.pick([0, 0.2, 0.5, 0.8]);
  const wilder = c.maybe(0.8);
  const states: State[] = [{}];
  const done: Operation[] = [];
  const open = new Map<number, Begun>();
  const next = (): number => (repeats ? 1 + c.int(2) : ++value);
  const processes = 1 + c.int(3);
  const names = Array.from({ length: processes }, (_, i) => i);
  for (let time = 0, begun = 0; begun < transactions || open.size > 0; time++) {
    const lane = c.int(processes);
    const one = open.get(lane);
    if (!one) {
      if (begun === transactions) continue;
      begun++;
      const snapshot = c.maybe(wild) ? c.pick(states) : (states.at(-1) as State);
      open.set(lane, { start: time, snapshot, mops: callsOf(c, next, keys, mops) });
      continue;
    }
    open.delete(lane);
    const { output, left } = run(one.mops, readingOf(c, one, states, wild, wilder), states.at(-1) as State);
    const type = c.maybe(0.08) ? 'info' : c.maybe(0.08) ? 'fail' : 'ok';
    if (type === 'ok' || c.maybe(0.3)) states.push(left);
    done.push(ended(names[lane] as number, one, type, output, time));
    if (type === 'info') names[lane] = (names[lane] as number) + 10;
  }
  return historyOf(done);
}
