/**
 * Random histories of any datatype: operations at random times, each
 * process's one after another, some of them failed or without a completion.
 */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';
import type { Chance } from '../oracle/chance.ts';

export interface Drawn {
  readonly f: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly key?: string;
}

export interface Drawing {
  readonly processes?: number;
  readonly operations?: number;
  /** Of ten operations, how many never return, and how many fail. */
  readonly info?: number;
  readonly fail?: number;
  readonly nodes?: readonly string[];
}

/**
 * The i-th operation is what `draw` says; processes stay at their nodes.
 * Events get indices of their own, in the order of their times.
 */
export function drawHistory(
  c: Chance,
  draw: (i: number, before: readonly Operation[]) => Drawn,
  { processes = 3, operations = 8, info = 1, fail = 1, nodes = [] }: Drawing = {},
): Operation[] {
  const free = Array.from({ length: processes }, () => 0);
  const slow = c.maybe(0.5) ? 9 : 2;
  const all: Operation[] = [];
  let time = 0;
  for (let i = 0; i < 2 + c.int(operations); i++) {
    const process = c.int(processes);
    const { f, input = null, output = null, key } = draw(i, all);
    time = Math.max(time, free[process] as number) + 1 + c.int(3);
    const end = time + 1 + c.int(slow);
    const fate = c.int(10);
    const type = fate < info ? 'info' : fate < info + fail ? 'fail' : 'ok';
    const node = nodes.length > 0 ? { node: nodes[process % nodes.length] as string } : {};
    const outcome = type === 'ok' ? { type, output } : { type, error: 'by chance' };
    free[process] = end + 1;
    const times = { start: time, end: type === 'info' ? NEVER : end };
    all.push({ process, ...node, f, input, ...(key === undefined ? {} : { key }), outcome, ...times } as never);
  }
  return renumbered(all);
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
    const endNs = end === NEVER ? Number.POSITIVE_INFINITY : end * 1e6;
    return { ...o, start, end, startNs: start * 1e6, endNs } as Operation;
  });
}

/** The output; nothing where the operation did not succeed. */
export function told(o: Operation): unknown {
  return o.outcome.type === 'ok' ? o.outcome.output : undefined;
}

/** The operations without real time: each process's in order, different processes' anyhow. */
export function interleavedAnew(c: Chance, operations: readonly Operation[]): History {
  const waiting = new Map<number, Operation[]>();
  for (const o of operations) waiting.set(o.process, [...(waiting.get(o.process) ?? []), o]);
  const order: Operation[] = [];
  while (waiting.size > 0) {
    const process = c.pick([...waiting.keys()]);
    const [next, ...rest] = waiting.get(process) as [Operation, ...Operation[]];
    order.push(next);
    if (rest.length > 0) waiting.set(process, rest);
    else waiting.delete(process);
  }
  const named = order.map((o, i) => {
    const end = o.end === NEVER ? NEVER : order.length + i;
    return { ...o, start: i, end, startNs: i, endNs: end } as Operation;
  });
  return historyOf(named, { realTime: false });
}
