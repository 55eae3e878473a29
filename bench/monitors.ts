/**
 * Each monitor on a million operations, and on as many as
 * its baseline bears: the general search, or the textbook's way.
 *
 *   node dist/bench/monitors.js [operations] [name...]
 */
import { cpus } from 'node:os';
import {
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
  growOnlySet,
  gSet,
  type History,
  HistoryBuilder,
  largestFirst,
  lifoStack,
  linearizable,
  logMonitor,
  longFork,
  type Model,
  mutex,
  mutualExclusion,
  orSet,
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

/**
 * What an operation takes and returns when it takes effect, on
 * an object in memory; undefined where the process has to wait.
 */
type Act = (process: number, i: number) => { f: string; input: unknown; output: unknown } | undefined;

interface Baseline {
  readonly model: Model<Api, unknown>;
  readonly operations: number;
}

interface Subject {
  readonly name: string;
  /** A fresh object. */
  readonly object: (draw: () => number) => Act;
  readonly checker: () => Checker;
  /** The general search over this model, and on how many operations it is tried. */
  readonly baseline?: Baseline;
  /** Whether all operations return. */
  readonly safe?: boolean;
  /** Operations, where a million would not fit into memory: every one carries many elements. */
  readonly operations?: number;
}

const PROCESSES = 10;

/**
 * A history of `operations` by ten clients that take effect at
 * some moment of their intervals; 1 of 1,000 never returns.
 */
function historyOf(operations: number, { object, safe }: Subject): History {
  let state = 12345;
  const draw = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return ((state >>> 8) & 0xffffff) / 0x1000000;
  };
  const act = object(draw);
  const builder = new HistoryBuilder();
  const open = new Map<number, { row: number; output: unknown }>();
  let index = 0;
  let fresh = PROCESSES;
  const processes = [...Array(PROCESSES).keys()];
  for (let made = 0; made < operations || open.size > 0; ) {
    const at = Math.floor(draw() * PROCESSES);
    const process = processes[at] as number;
    const running = open.get(process);
    if (running) {
      open.delete(process);
      if (!safe && draw() < 0.001) processes[at] = fresh++;
      else builder.complete(running.row, index, 1000 * index, { type: 'ok', output: running.output });
      index++;
    } else if (made < operations) {
      // It takes effect at once, and returns later: what others do meanwhile comes after it.
      const acted = act(process, made);
      if (!acted) continue;
      made++;
      const { f, input, output } = acted;
      open.set(process, { row: builder.invoke(index, 1000 * index, process, { f, input }), output });
      index++;
    }
  }
  return builder;
}

const container =
  (add: string, remove: string, take: (values: number[]) => number | undefined): Subject['object'] =>
  (draw) => {
    const values: number[] = [];
    return (_, i) => {
      if (draw() < 0.5) {
        values.push(i);
        return { f: add, input: i, output: null };
      }
      return { f: remove, input: null, output: take(values) ?? null };
    };
  };

/** A lock of so many holders; who finds it taken waits. Its holders never crash, or nobody would hold it again. */
const bounded =
  (permits: number): Subject['object'] =>
  () => {
    const holding = new Set<number>();
    return (process) => {
      if (holding.delete(process)) return { f: 'release', input: null, output: null };
      if (holding.size >= permits) return undefined;
      holding.add(process);
      return { f: 'acquire', input: null, output: null };
    };
  };

const general = (model: unknown, operations: number): Baseline => ({ model: model as Model<Api, unknown>, operations });
const any = (checker: unknown): Checker => checker as Checker;

const subjects: readonly Subject[] = [
  {
    name: 'queue',
    object: container('enqueue', 'dequeue', fifo()),
    checker: () => any(fifoQueue()),
    baseline: general(queue, 400),
  },
  { name: 'unordered-queue', object: container('enqueue', 'dequeue', fifo()), checker: () => any(unorderedQueue()) },
  { name: 'total-queue', object: container('enqueue', 'dequeue', fifo()), checker: () => any(totalQueue()) },
  {
    name: 'stack',
    object: container('push', 'pop', (values) => values.pop()),
    checker: () => any(lifoStack()),
    baseline: general(stack, 400),
  },
  { name: 'priority-queue', object: heap, checker: () => any(largestFirst()), baseline: general(priorityQueue, 400) },
  {
    name: 'mutex',
    object: bounded(1),
    safe: true,
    checker: () => any(mutualExclusion()),
    baseline: general(mutex, 400),
  },
  {
    name: 'semaphore',
    object: bounded(4),
    safe: true,
    checker: () => any(semaphoreOf(4)),
    baseline: general(semaphore(4), 400),
  },
  { name: 'counter', object: counting, checker: () => any(counterMonitor()), baseline: general(counter, 400) },
  {
    name: 'grow-only-set',
    object: growing(50),
    checker: () => any(growOnlySet()),
    operations: 100_000,
    baseline: general(set, 300),
  },
  { name: 'set-full', object: growing(50), checker: () => any(setFull()), operations: 100_000 },
  { name: 'g-set', object: growing(50), checker: () => any(gSet()), operations: 100_000 },
  { name: 'element-set', object: elements, checker: () => any(elementSet()), baseline: general(set, 400) },
  { name: 'or-set', object: elements, checker: () => any(orSet()) },
  { name: 'cache', object: caching, checker: () => any(cache()) },
  {
    name: 'unique-ids',
    object: () => (_, i) => ({ f: 'generate', input: null, output: i }),
    checker: () => any(uniqueIds()),
  },
  {
    name: 'fencing-tokens',
    object: () => (_, i) => ({ f: 'store', input: { token: i }, output: null }),
    checker: fencingTokens,
  },
  { name: 'causal-reverse', object: comments(50), checker: () => any(causalReverse()), operations: 100_000 },
  { name: 'bank', object: accounts, checker: () => any(bank()) },
  { name: 'long-fork', object: forks, checker: () => any(longFork()) },
  { name: 'log', object: partitioned, checker: () => any(logMonitor()) },
];

function fifo(): (values: number[]) => number | undefined {
  const heads = new WeakMap<number[], number>();
  return (values) => {
    const head = heads.get(values) ?? 0;
    if (head >= values.length) return undefined;
    heads.set(values, head + 1);
    return values[head];
  };
}

/** A priority queue that holds few values at a time, so that a sorted list is fast enough. */
function heap(draw: () => number): Act {
  const values: number[] = [];
  let next = 0;
  return () => {
    if (values.length < 64 && draw() < 0.5) {
      const value = (Math.imul(next++, 2654435761) >>> 0) * 4 + 1;
      values.push(value);
      values.sort((a, b) => a - b);
      return { f: 'enqueue', input: value, output: null };
    }
    return { f: 'dequeue', input: null, output: values.pop() ?? null };
  };
}

function counting(draw: () => number): Act {
  let sum = 0;
  return () => {
    if (draw() < 0.5) return { f: 'read', input: null, output: sum };
    sum++;
    return { f: 'add', input: 1, output: null };
  };
}

/** A set of a few hundred elements a key; `every` operations there is a read of all. */
function growing(every: number): Subject['object'] {
  return () => {
    const held: number[] = [];
    return (_, i) => {
      if (i % every === every - 1) return { f: 'read', input: null, output: held.slice() };
      held.push(i);
      return { f: 'add', input: i, output: null };
    };
  };
}

function elements(draw: () => number): Act {
  const states = new Map<number, number>();
  return (_, i) => {
    const element = Math.floor(i / 8);
    const state = states.get(element) ?? 0;
    if (state < 2 && draw() < 0.4) {
      states.set(element, state + 1);
      return { f: state === 0 ? 'add' : 'remove', input: element, output: null };
    }
    return { f: 'contains', input: element, output: state === 1 };
  };
}

function caching(draw: () => number): Act {
  let value: number | null = null;
  return (_, i) => {
    if (draw() < 0.6) return { f: 'get', input: null, output: draw() < 0.1 ? null : value };
    value = draw() < 0.8 ? i : null;
    return value === null ? { f: 'invalidate', input: null, output: null } : { f: 'set', input: value, output: null };
  };
}

function comments(every: number): Subject['object'] {
  const grow = growing(every);
  return (draw) => {
    const act = grow(draw);
    return (process, i) => {
      const acted = act(process, i);
      if (!acted) return undefined;
      const { f, input, output } = acted;
      return { f: f === 'add' ? 'write' : f, input, output };
    };
  };
}

function accounts(draw: () => number): Act {
  const balances = [10, 10, 10, 10, 10, 10, 10, 10];
  return () => {
    if (draw() < 0.5) return { f: 'read', input: null, output: Object.fromEntries(balances.entries()) };
    const [from, to] = [Math.floor(draw() * 8), Math.floor(draw() * 8)];
    if ((balances[from] as number) > 0) {
      (balances[from] as number)--;
      (balances[to] as number)++;
    }
    return { f: 'transfer', input: { from, to, amount: 1 }, output: null };
  };
}

function forks(draw: () => number): Act {
  const written = new Set<number>();
  let next = 0;
  return () => {
    if (draw() < 0.3) {
      const key = next++;
      written.add(key);
      return { f: 'write', input: [['w', key, 1]], output: [['w', key, 1]] };
    }
    const group = Math.max(0, next - 3);
    const mops = [group, group + 1, group + 2].map((key) => ['r', key, written.has(key) ? 1 : null]);
    return { f: 'read', input: mops.map(([f, key]) => [f, key, null]), output: mops };
  };
}

function partitioned(draw: () => number): Act {
  const logs = [...Array(8)].map(() => 0);
  const positions = new Map<number, number[]>();
  return (process, i) => {
    const key = Math.floor(draw() * 8);
    if (draw() < 0.5) {
      const offset = logs[key] as number;
      logs[key] = offset + 1;
      return { f: 'send', input: [['send', key, i]], output: [['send', key, [offset, i]]] };
    }
    const at = positions.get(process) ?? [...Array(8)].map(() => 0);
    positions.set(process, at);
    return { f: 'poll', input: [['poll']], output: [['poll', {}]] };
  };
}

const wanted = Number(process.argv[2] ?? 1_000_000);
const names = process.argv.slice(3);
console.log(`${cpus()[0]?.model}, Node ${process.version}`);
for (const subject of subjects) {
  if (names.length > 0 && !names.includes(subject.name)) continue;
  const operations = Math.min(wanted, subject.operations ?? wanted);
  const own = measured(subject.checker(), historyOf(operations, subject));
  let line = `${subject.name.padEnd(16)} ${operations.toLocaleString('en').padStart(9)} operations ${own.ms.toFixed(0).padStart(6)} ms ${rate(operations, own.ms)} ${own.verdict}`;
  if (subject.baseline) {
    const { model, operations: few } = subject.baseline;
    const history = historyOf(few, subject);
    const search = measured(linearizable(model, { maxSteps: 1_000_000 }) as Checker, history, 1);
    const same = measured(subject.checker(), history);
    line += `; ${few.toLocaleString('en')}: ${same.ms.toFixed(1)} ms, general search ${search.ms.toFixed(1)} ms (${(search.ms / same.ms).toFixed(0)}x) ${search.verdict}`;
  }
  console.log(line);
}

function rate(operations: number, ms: number): string {
  return `${(operations / ms / 1000).toFixed(2).padStart(6)} million/s`;
}

/** The median of several checks. */
function measured(checker: Checker, history: History, runs = 5): { ms: number; verdict: string } {
  const times: number[] = [];
  let verdict = '';
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    verdict = checker.check(history).type;
    times.push(performance.now() - began);
  }
  return { ms: times.sort((a, b) => a - b)[runs >> 1] as number, verdict };
}
