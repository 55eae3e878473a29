/** Two engines against each other on histories too large for the definition: the monitors, and the general search. */
import {
  type Api,
  type Checker,
  counter,
  counterMonitor,
  elementSet,
  fifoQueue,
  growOnlySet,
  largestFirst,
  lifoStack,
  linearizable,
  type Model,
  priorityQueue,
  queue,
  set,
  stack,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { below, type Draw, draws, randomHistory } from './random.ts';

type Ask = (draw: Draw, i: number) => { f: string; input: unknown };

function agree<S>(
  seed: number,
  model: Model<never, S>,
  monitor: unknown,
  call: Ask,
  liars: string,
  lie: (draw: Draw, output: unknown) => unknown,
): void {
  const draw = draws(seed);
  const plain = model as unknown as Model<Api, S>;
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let run = 0; run < 60; run++) {
    const shape = { processes: 4, operations: 15 + below(draw, 30), info: run % 2 ? 0.02 : 0, lie: 0.5 };
    const history = randomHistory(
      draw,
      plain,
      (i) => call(draw, i),
      [liars],
      (o) => lie(draw, o.outcome.type === 'ok' ? o.outcome.output : null),
      shape,
    );
    const one = (monitor as Checker).check(history);
    const two = linearizable(plain, { maxSteps: 20_000 }).check(history);
    seen[two.type]++;
    if (one.type === 'unknown' || two.type === 'unknown') continue;
    if (one.type !== two.type) expect({ run, one, two, history: [...history] }).toBe('agreed');
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(5);
}

const contents =
  (add: string, remove: string): Ask =>
  (draw, i) =>
    draw() < 0.5 ? { f: add, input: i } : { f: remove, input: null };
const other = (draw: Draw, output: unknown): unknown =>
  typeof output === 'number' ? output + below(draw, 5) - 2 : null;

test('the queue monitor and the search agree on medium histories', () => {
  agree(91, queue as never, fifoQueue({ maxSteps: 20_000 }), contents('enqueue', 'dequeue'), 'dequeue', other);
});

test('the stack monitor and the search agree on medium histories', () => {
  agree(92, stack as never, lifoStack({ maxSteps: 20_000 }), contents('push', 'pop'), 'pop', other);
});

test('the priority queue monitor and the search agree on medium histories', () => {
  agree(
    93,
    priorityQueue as never,
    largestFirst({ maxSteps: 20_000 }),
    contents('enqueue', 'dequeue'),
    'dequeue',
    other,
  );
});

test('the counter monitor and the search agree on medium histories', () => {
  agree(
    94,
    counter as never,
    counterMonitor(),
    (draw) => (draw() < 0.5 ? { f: 'add', input: 1 } : { f: 'read', input: null }),
    'read',
    other,
  );
});

test('the grow-only set monitor and the search agree on medium histories', () => {
  agree(
    95,
    set as never,
    growOnlySet(),
    (draw, i) => (draw() < 0.6 ? { f: 'add', input: i } : { f: 'read', input: null }),
    'read',
    (draw, output) => (output as unknown[]).filter(() => draw() < 0.9),
  );
});

test('the element set monitor and the search agree on medium histories', () => {
  agree(
    96,
    set as never,
    elementSet(),
    (draw) => ({ f: ['add', 'remove', 'contains', 'contains'][below(draw, 4)] as string, input: below(draw, 4) }),
    'contains',
    (draw) => draw() < 0.5,
  );
});
