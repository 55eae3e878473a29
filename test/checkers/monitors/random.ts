/** Seeded random histories: a correct concurrent run of a model, with a wrong output in half of them. */
import type { Api, History, Model, Operation, Outcome } from 'elle-ts';
import { historyOf, NEVER } from 'elle-ts';

/** Uniform in [0, 1), by mulberry32. */
export type Draw = () => number;

export function draws(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function below(draw: Draw, n: number): number {
  return Math.floor(draw() * n);
}

export function pick<T>(draw: Draw, from: readonly T[]): T {
  return from[below(draw, from.length)] as T;
}

export interface Shape {
  readonly processes: number;
  readonly operations: number;
  /** The chances that an operation ends as `info` or `fail`. */
  readonly info?: number;
  readonly fail?: number;
  /** The chance that outputs are corrupted, and the chance that intervals are. */
  readonly lie?: number;
  readonly squeeze?: number;
}

interface Open {
  call: { f: string; input: unknown };
  process: number;
  start: number;
  done: boolean;
  output: unknown;
  fate: 'ok' | 'fail' | 'info';
}

/**
 * A random history of `model`, whose calls `call` draws; `lies`
 * draws outputs that may be wrong for operations named in `liars`.
 */
export function randomHistory<A extends Api, S>(
  draw: Draw,
  model: Model<A, S>,
  call: (i: number, process: number) => { f: string; input: unknown },
  liars: readonly string[],
  lies: (operation: Operation<A>, others: readonly Operation<A>[]) => unknown,
  shape: Shape,
): History<A> {
  const operations = run(draw, model, call, shape);
  if (draw() < (shape.lie ?? 0.6)) corrupt(draw, operations, liars, lies);
  if (draw() < (shape.squeeze ?? 0)) squeeze(draw, operations);
  return historyOf(operations);
}

/** Lets operations end as soon as they began, or begin just before they ended: what was concurrent is no more. */
function squeeze<A extends Api>(draw: Draw, operations: Operation<A>[]): void {
  operations.forEach((o, i) => {
    const wide = { ...o, start: 4 * o.start, end: o.end === NEVER ? NEVER : 4 * o.end };
    const chance = wide.end === NEVER ? 1 : draw();
    if (chance < 0.2) wide.end = wide.start + 1;
    else if (chance < 0.4) wide.start = wide.end - 1;
    operations[i] = wide as Operation<A>;
  });
}

function run<A extends Api, S>(
  draw: Draw,
  model: Model<A, S>,
  call: (i: number, process: number) => { f: string; input: unknown },
  shape: Shape,
): Operation<A>[] {
  const operations: Operation<A>[] = [];
  const steps = model.step as unknown as Record<string, (state: S, input: unknown) => readonly [S, unknown]>;
  const { info = 0.1, fail = 0.05 } = shape;
  const idle = [...Array(shape.processes).keys()];
  let fresh = shape.processes;
  let state = model.init;
  let time = 0;
  let next = 0;
  let open: Open[] = [];
  const begin = (): void => {
    const chance = draw();
    const fate = chance < info ? 'info' : chance < info + fail ? 'fail' : 'ok';
    const process = idle.splice(below(draw, idle.length), 1)[0] as number;
    open.push({ call: call(next++, process), process, start: time++, done: false, output: null, fate });
  };
  const act = (o: Open): void => {
    const step = steps[o.call.f] as (state: S, input: unknown) => readonly [S, unknown];
    const [after, output] = step(state, o.call.input);
    if (after !== undefined) [state, o.output, o.done] = [after, output, true];
  };
  const end = (o: Open): void => {
    open = open.filter((other) => other !== o);
    const outcome: Outcome<unknown> =
      o.fate === 'ok' ? { type: 'ok', output: o.output } : { type: o.fate, error: 'by chance' };
    const ended = o.fate === 'info' ? NEVER : time++;
    operations.push(operation(o, outcome, ended) as Operation<A>);
    idle.push(o.fate === 'info' ? fresh++ : o.process);
  };
  for (let patience = 0; (next < shape.operations || open.length > 0) && patience < 1000; patience++) {
    if (next < shape.operations && idle.length > 0 && draw() < 0.5) {
      begin();
      continue;
    }
    if (open.length === 0) continue;
    const o = pick(draw, open);
    if (!o.done && (o.fate === 'ok' || (o.fate === 'info' && draw() < 0.7))) act(o);
    if ((o.done || o.fate !== 'ok') && draw() < 0.6) end(o);
  }
  for (const o of [...open]) {
    if (!o.done) o.fate = 'info';
    end(o);
  }
  return operations;
}

function operation(o: Open, outcome: Outcome<unknown>, end: number): unknown {
  return {
    process: o.process,
    f: o.call.f,
    input: o.call.input,
    outcome,
    start: o.start,
    end,
    startNs: o.start * 1e6,
    endNs: end === NEVER ? Number.POSITIVE_INFINITY : end * 1e6,
  };
}

function corrupt<A extends Api>(
  draw: Draw,
  operations: Operation<A>[],
  liars: readonly string[],
  lies: (operation: Operation<A>, others: readonly Operation<A>[]) => unknown,
): void {
  const some = operations
    .map((o, i) => [o, i] as const)
    .filter(([o]) => o.outcome.type === 'ok' && liars.includes(o.f));
  if (some.length === 0) return;
  for (let times = 1 + below(draw, 2); times > 0; times--) {
    const [one, at] = pick(draw, some);
    operations[at] = { ...one, outcome: { type: 'ok', output: lies(one, operations) } } as Operation<A>;
  }
}

/** An operation for hand-made histories: `op(0, 'write', 1, null, 0, 1)` is process 0's, from event 0 to event 1. */
export function op(
  process: number,
  f: string,
  input: unknown,
  output: unknown,
  start: number,
  end: number | 'info' | 'fail',
  key?: string,
): Operation {
  const outcome: Outcome<unknown> = typeof end === 'number' ? { type: 'ok', output } : { type: end, error: 'by hand' };
  const ended = end === 'info' ? NEVER : end === 'fail' ? start : end;
  return {
    process,
    f,
    ...(key === undefined ? {} : { key }),
    input,
    outcome,
    start,
    end: ended,
    startNs: start * 1e6,
    endNs: ended === NEVER ? Number.POSITIVE_INFINITY : ended * 1e6,
  } as unknown as Operation;
}

/** A hand-made history of a datatype. */
export function made<A extends Api>(...operations: readonly Operation[]): History<A> {
  return historyOf(operations) as unknown as History<A>;
}
