/**
 * Random histories: the run of a correct object, each operation taking effect at some instant of its interval,
 * and then, if wanted, damaged. Small ones feed the brute force, large ones pit engines against each other.
 */
import { type Api, type History, historyOf, type Model, NEVER, type Operation } from 'elle-ts';
import type { Chance } from './chance.ts';

/** What to draw. `call` draws the next request; chances are between 0 and 1. */
export interface Shape {
  readonly operations: number;
  readonly processes: number;
  readonly call: (chance: Chance, drawn: number) => { f: string; input: unknown };
  readonly initial?: unknown;
  readonly keys?: readonly string[];
  readonly info?: number;
  readonly fail?: number;
  /** The chance that an operation that may fail with an observation, and may succeed as well, fails. */
  readonly refuse?: number;
  /** How many outputs to replace by those of other operations, or by wrong ones. */
  readonly damage?: number;
  /** How long operations take, 1 being the shortest: raises concurrency. */
  readonly slow?: number;
}

interface Open {
  process: number;
  f: string;
  key?: string;
  input: unknown;
  start: number;
  outcome?: { type: 'ok'; output: unknown } | { type: 'fail'; error: string };
}

/** A history of the model under this shape. Valid if `damage` is 0. */
export function randomHistory<A extends Api, S>(chance: Chance, model: Model<A, S>, shape: Shape): History<A> {
  const states = new Map<string | undefined, unknown>();
  const done: Operation[] = [];
  const open: (Open | undefined)[] = Array.from({ length: shape.processes });
  const names = Array.from({ length: shape.processes }, (_, i) => i);
  let drawn = 0;
  let time = 0;
  const close = (client: number, outcome: Operation['outcome']): void => {
    const { outcome: _, ...call } = open[client] as Open;
    const end = outcome.type === 'info' ? NEVER : time++;
    done.push({ ...call, outcome, end, startNs: call.start * 1000, endNs: time * 1000 } as unknown as Operation);
    open[client] = undefined;
    if (outcome.type === 'info') names[client] = Math.max(...names) + 1;
  };
  const begin = (client: number): void => {
    const key = shape.keys && chance.pick(shape.keys);
    const call = shape.call(chance, drawn++);
    open[client] = { process: names[client] as number, ...(key === undefined ? {} : { key }), ...call, start: time++ };
  };
  while (drawn < shape.operations || open.some((o) => o)) {
    const client = chance.int(shape.processes);
    const now = open[client];
    if (!now && drawn < shape.operations) begin(client);
    if (!now) continue;
    if (chance.maybe(shape.info ?? 0)) close(client, { type: 'info', error: 'timeout' });
    else if (!now.outcome) now.outcome = effect(chance, model, shape, states, now);
    else if (!chance.maybe(1 - 1 / (shape.slow ?? 1))) close(client, now.outcome);
  }
  done.sort((a, b) => a.start - b.start);
  for (let i = 0; i < (shape.damage ?? 0); i++) damage(chance, done, model);
  return historyOf(done as unknown as Operation<A>[]);
}

function effect<A extends Api, S>(
  chance: Chance,
  model: Model<A, S>,
  shape: Shape,
  states: Map<string | undefined, unknown>,
  o: Open,
): NonNullable<Open['outcome']> {
  if (chance.maybe(shape.fail ?? 0)) return { type: 'fail', error: 'refused' };
  const state = states.has(o.key) ? states.get(o.key) : 'initial' in shape ? shape.initial : model.init;
  const step = model.step[o.f] as unknown as (state: unknown, input: unknown) => [unknown, unknown];
  const [after, output] = step(state, o.input);
  const refusal = errorsOf(model, o.f).find((error) => isRefused(model, o, error, state));
  if (refusal !== undefined && (after === undefined || chance.maybe(shape.refuse ?? 0))) {
    return { type: 'fail', error: refusal };
  }
  if (after === undefined) return { type: 'fail', error: 'mismatch' };
  states.set(o.key, after);
  return { type: 'ok', output };
}

/** The errors that are observations of this function. */
function errorsOf<A extends Api, S>(model: Model<A, S>, f: string): string[] {
  return Object.keys(model.refuses?.[f] ?? {});
}

function isRefused<A extends Api, S>(model: Model<A, S>, { f, input }: Open, error: string, state: unknown): boolean {
  const refusals = model.refuses?.[f] as Record<string, (state: unknown, input: unknown) => boolean>;
  return (refusals[error] as (state: unknown, input: unknown) => boolean)(state, input);
}

/**
 * Replaces an output by another operation's, or exchanges two operations'
 * places in time, or makes a success of a failure or the reverse.
 */
function damage<A extends Api, S>(chance: Chance, operations: Operation[], model: Model<A, S>): void {
  if (operations.length === 0) return;
  const kind = chance.int(10);
  const answered = operations.flatMap((o, i) => (o.outcome.type === 'ok' ? [i] : []));
  if (kind < 2) {
    const at = chance.int(operations.length);
    const o = operations[at] as Operation;
    const error = chance.pick(['refused', ...errorsOf(model, o.f)]);
    const outcome = o.outcome.type === 'ok' ? { type: 'fail', error } : { type: 'ok', output: null };
    if (o.outcome.type !== 'info') operations[at] = { ...o, outcome } as Operation;
  } else if (kind < 5 && answered.length > 1) {
    const [i, j] = [chance.pick(answered), chance.pick(answered)];
    const [a, b] = [operations[i] as Operation, operations[j] as Operation];
    if (a.key !== b.key) return;
    operations[i] = { ...a, f: b.f, input: b.input, outcome: b.outcome } as Operation;
    operations[j] = { ...b, f: a.f, input: a.input, outcome: a.outcome } as Operation;
  } else {
    const output = (i: number): string => JSON.stringify((operations[i] as Operation).outcome);
    const pairs = answered.flatMap((i) =>
      answered
        .filter((j) => operations[i]?.f === operations[j]?.f && output(i) !== output(j))
        .map((j) => [i, j] as const),
    );
    if (pairs.length === 0) return;
    const [i, j] = chance.pick(pairs);
    operations[i] = { ...operations[i], outcome: operations[j]?.outcome } as Operation;
  }
}
