/**
 * Random small histories of transactions, from a run of a model database
 * that is more or less strict, with a few outputs changed afterwards.
 */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';

/** A seeded source of random numbers (mulberry32). */
function chance(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

export interface Shape {
  readonly lists: boolean;
  readonly txns: number;
  readonly keys: number;
  readonly mops: number;
  readonly processes: number;
}

type Mop = [string, string, unknown];

interface Plan {
  readonly process: number;
  readonly start: number;
  readonly end: number;
  readonly type: 'ok' | 'info' | 'fail';
  readonly calls: readonly Mop[];
}

/** A history and how sloppy the database was that made it. */
export function randomHistory(seed: number, shape: Shape): History {
  const pick = chance(seed);
  const plans = schedule(pick, shape);
  const sloppiness = [0, 1, 2, 3, 3, 4, 4, 4][pick(8)] as number;
  const order = commitOrder(pick, plans, sloppiness);
  const operations = complete(pick, shape, plans, order, sloppiness);
  return historyOf(operations);
}

function schedule(pick: (n: number) => number, shape: Shape): Plan[] {
  const count = Math.max(2, shape.txns - pick(3));
  const free = Array.from({ length: shape.processes }, (_, process) => process);
  const open: { process: number; start: number; calls: Mop[] }[] = [];
  const plans: Plan[] = [];
  let clock = 0;
  let value = 0;
  let fresh = shape.processes;
  while (plans.length < count) {
    if (open.length > 0 && (free.length === 0 || plans.length + open.length >= count || pick(2) === 0)) {
      const [one] = open.splice(pick(open.length), 1) as [(typeof open)[0]];
      const luck = pick(16);
      const type = luck === 0 ? 'fail' : luck === 1 ? 'info' : 'ok';
      plans.push({ ...one, type, end: type === 'info' ? NEVER : clock++ });
      // Some clients continue as the same process.
      free.push(type === 'info' && pick(3) > 0 ? fresh++ : one.process);
      continue;
    }
    const [process] = free.splice(pick(free.length), 1) as [number];
    const calls = Array.from({ length: 1 + pick(shape.mops) }, (): Mop => {
      const key = 'xyz'[pick(shape.keys)] as string;
      if (pick(5) < 3) return ['r', key, null];
      value++;
      return [shape.lists ? 'append' : 'w', key, value];
    });
    open.push({ process, start: clock++, calls });
  }
  return plans.sort((a, b) => a.start - b.start);
}

/** An order of all transactions: by a moment inside each, or anyhow. */
function commitOrder(pick: (n: number) => number, plans: readonly Plan[], sloppiness: number): number[] {
  const moment = plans.map((plan) => {
    if (sloppiness >= 3) return pick(1000);
    const end = Math.min(plan.end, plan.start + 40);
    return plan.start + pick(1000 * (end - plan.start)) / 1000;
  });
  return plans.map((_, i) => i).sort((a, b) => (moment[a] as number) - (moment[b] as number) || a - b);
}

interface Run {
  readonly pick: (n: number) => number;
  readonly shape: Shape;
  readonly plans: readonly Plan[];
  readonly order: readonly number[];
  readonly sloppiness: number;
  readonly versions: Map<string, { txn: number; value: unknown }[]>;
  readonly outputs: Mop[][];
}

function complete(
  pick: (n: number) => number,
  shape: Shape,
  plans: readonly Plan[],
  order: readonly number[],
  sloppiness: number,
): Operation[] {
  const run: Run = { pick, shape, plans, order, sloppiness, versions: new Map(), outputs: plans.map(() => []) };
  order.forEach((_, at) => {
    execute(run, at);
  });
  if (pick(3) === 0) corrupt(pick, shape, plans, run.outputs);
  return plans.map((plan, txn) => {
    const { process, start, end, type, calls } = plan;
    const outcome =
      type === 'ok' ? { type, output: run.outputs[txn] } : { type, error: type === 'info' ? 'timeout' : 'aborted' };
    return { process, start, end, f: 'txn', input: calls, outcome, startNs: start, endNs: end } as unknown as Operation;
  });
}

/** What a transaction sees when it runs: the whole past, a part of it, or with gaps. */
function sight({ pick, order, sloppiness }: Run, at: number): Set<number> {
  const horizon = sloppiness === 0 ? at : sloppiness === 1 ? Math.max(0, at - pick(2)) : pick(at + 1);
  const visible = new Set(order.slice(0, horizon));
  if (sloppiness >= 3) for (const other of order.slice(horizon, at)) if (pick(2) === 0) visible.add(other);
  return visible;
}

function execute(run: Run, at: number): void {
  const { pick, order, plans, sloppiness, versions, shape } = run;
  const txn = order[at] as number;
  const plan = plans[txn] as Plan;
  const outputs = run.outputs[txn] as Mop[];
  const visible = sight(run, at);
  const own = new Map<string, unknown[]>();
  for (const [f, key, value] of plan.calls) {
    if (f !== 'r') {
      own.set(key, [...(own.get(key) ?? []), value]);
      outputs.push([f, key, value]);
      continue;
    }
    const log = versions.get(key) ?? [];
    const anyhow = sloppiness === 4 && pick(2) === 0;
    const last = anyhow ? pick(log.length + 1) - 1 : log.findLastIndex((version) => visible.has(version.txn));
    const all = [...log.slice(0, last + 1).map((version) => version.value), ...(own.get(key) ?? [])];
    outputs.push(['r', key, shape.lists ? all : (all.at(-1) ?? null)]);
  }
  const luck = plan.type === 'ok' ? 0 : pick(plan.type === 'info' ? 2 : 6);
  if (luck > 0) return;
  for (const [key, values] of own)
    versions.set(key, [...(versions.get(key) ?? []), ...values.map((value) => ({ txn, value }))]);
}

/** Changes one output: a read takes another read's value, or loses its last element. */
function corrupt(pick: (n: number) => number, shape: Shape, plans: readonly Plan[], outputs: Mop[][]): void {
  const reads = outputs.flat().filter(([f]) => f === 'r');
  if (reads.length === 0) return;
  const read = reads[pick(reads.length)] as Mop;
  if (shape.lists && Array.isArray(read[2]) && pick(2) === 0) {
    read[2] = read[2].slice(0, -1);
    return;
  }
  const written = plans.flatMap((plan) => plan.calls).filter(([f, key]) => f !== 'r' && key === read[1]);
  if (written.length === 0) return;
  const value = (written[pick(written.length)] as Mop)[2];
  read[2] = shape.lists ? [...((read[2] ?? []) as unknown[]).filter((v) => v !== value), value] : value;
}
