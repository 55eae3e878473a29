import {
  type Anomaly,
  type Api,
  type Checker,
  counter,
  type History,
  historyOf,
  judge,
  linearizable,
  type Model,
  multiRegister,
  mutex,
  type Operation,
  priorityQueue,
  queue,
  type Register,
  register,
  sequentialObjects,
  set,
  stack,
  text,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { bruteLinearizable, bruteSequential } from './oracle/brute-force.ts';
import { type Chance, chance } from './oracle/chance.ts';
import { randomHistory } from './oracle/random.ts';
import { type SlowModel, slowly } from './oracle/sessions.ts';
import { timelessHistory, timelessShape } from './oracle/timeless.ts';

const REGISTERS = 600;
const OBJECTS = 200;

/** What an operation observed that another one wrote or put in. */
function found({ f, input, outcome }: Operation): unknown {
  if (f === 'cas') return (input as unknown[])[0];
  return ['read', 'dequeue', 'pop'].includes(f) && outcome.type === 'ok' ? outcome.output : undefined;
}

function wrote({ f, input }: Operation): unknown {
  if (f === 'cas') return (input as unknown[])[1];
  return ['write', 'enqueue', 'push'].includes(f) ? input : undefined;
}

/**
 * The operations that an anomaly names, by themselves. What one of them observed of an operation
 * that is left out is blanked: a read or a removal says nothing, and a swap only writes.
 */
function alone(history: History, { operations }: Anomaly, initial: unknown = null): History {
  const named = [...history].filter(({ start }) => operations.includes(start));
  const isCut = (o: Operation): boolean => {
    const writes = (w: Operation): boolean => w.key === o.key && w.outcome.type !== 'fail' && wrote(w) === found(o);
    return ![undefined, initial].includes(found(o)) && [...history].some(writes) && !named.some(writes);
  };
  return historyOf(
    named.flatMap((o): Operation[] => {
      if (!isCut(o)) return [o];
      return o.f === 'cas' ? [{ ...o, f: 'write', input: wrote(o) } as unknown as Operation] : [];
    }),
    history,
  );
}

function holds(model: string, history: History, initial: unknown): boolean {
  const registers = history as unknown as History<Register>;
  return model === 'linearizable'
    ? bruteLinearizable(registers, register, initial)
    : slowly(model as SlowModel, registers, initial);
}

describe('what an anomaly of registers names breaks the model by itself, in the same way', () => {
  const models = [
    ...['linearizable', 'sequential', 'causal', 'CM', 'CC', 'PRAM'],
    ...['writes-follow-reads', 'monotonic-writes', 'monotonic-reads', 'read-your-writes'],
  ];
  for (const model of models)
    it(model, () => {
      let count = 0;
      for (let seed = 0; seed < REGISTERS; seed++) {
        const c = chance(seed);
        const shape = { ...timelessShape(c), ...(c.maybe(0.2) && model === 'linearizable' ? { values: 4 } : {}) };
        const history = timelessHistory(c, shape) as unknown as History;
        const asked = { type: 'register', model, initial: shape.initial };
        for (const anomaly of judge(history, asked).anomalies) {
          const few = alone(history, anomaly, shape.initial);
          const names = judge(few, asked).anomalies.map(({ name }) => name);
          if (holds(model, few, shape.initial) || !names.includes(anomaly.name))
            expect.fail(`seed ${seed}: ${names} of ${JSON.stringify(anomaly)} in ${JSON.stringify([...history])}`);
          count++;
        }
      }
      expect(count).toBeGreaterThan(REGISTERS / 15);
    });
});

type Draw = (c: Chance, n: number) => { f: string; input: unknown };
const read = { f: 'read', input: null };
const plain = (model: unknown): Model<Api, unknown> => model as Model<Api, unknown>;
const subjects: readonly (readonly [string, Model<Api, unknown>, Draw])[] = [
  ['registers whose values repeat', plain(register), (c) => (c.maybe(0.5) ? read : { f: 'write', input: c.int(3) })],
  [
    'registers with swaps, whose values repeat',
    plain(register),
    (c) => c.pick([read, { f: 'write', input: c.int(3) }, { f: 'cas', input: [c.int(3), c.int(3)] }]),
  ],
  ['counters', plain(counter), (c) => (c.maybe(0.5) ? read : { f: 'add', input: 1 + c.int(2) })],
  ['queues', plain(queue), (c, n) => (c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null })],
  [
    'priority queues',
    plain(priorityQueue),
    (c, n) => (c.maybe(0.5) ? { f: 'enqueue', input: n } : { f: 'dequeue', input: null }),
  ],
  ['stacks', plain(stack), (c, n) => (c.maybe(0.5) ? { f: 'push', input: n } : { f: 'pop', input: null })],
  ['sets', plain(set), (c) => c.pick([read, { f: 'add', input: c.int(3) }, { f: 'remove', input: c.int(3) }])],
  [
    'texts',
    plain(text),
    (c) =>
      c.pick([
        { f: 'get', input: null },
        { f: 'append', input: c.pick(['a', 'b']) },
      ]),
  ],
  ['locks', plain(mutex), (c) => ({ f: c.pick(['acquire', 'release']), input: null })],
  [
    'multi-registers',
    plain(multiRegister),
    (c) => ({
      f: 'txn',
      input: [c.maybe(0.5) ? ['r', c.pick(['x', 'y']), null] : ['w', c.pick(['x', 'y']), c.int(3)]],
    }),
  ],
];

/** A history long enough that the search would rather tell of what came last. */
function drawnHistory(c: Chance, model: Model<Api, unknown>, call: Draw): History {
  return randomHistory(c, model, {
    operations: 6 + c.int(8),
    processes: 2 + c.int(2),
    call,
    info: c.pick([0, 0.1]),
    fail: c.pick([0, 0.1]),
    damage: 1 + c.int(4),
    slow: c.pick([1, 3]),
  });
}

/** How many anomalies the checker finds; fails where one does not stand alone. */
function standing(checker: Checker, isRight: (few: History) => boolean, history: History, seed: number): number {
  const verdict = checker.check(history);
  if (verdict.type !== 'invalid') return 0;
  for (const anomaly of verdict.anomalies) {
    const few = alone(history, anomaly);
    const again = checker.check(few);
    const names = again.type === 'invalid' ? again.anomalies.map((one) => one.name) : [again.type];
    // An anomaly that only a search finds among many operations may have a better name among few.
    const same = names.includes(anomaly.name) || (again.type === 'invalid' && anomaly.name === 'non-linearizable');
    if (isRight(few) || !same)
      expect.fail(`seed ${seed}: ${names} of ${JSON.stringify(anomaly)} in ${JSON.stringify([...history])}`);
  }
  return verdict.anomalies.length;
}

describe('what an anomaly of objects names breaks the model by itself, in the same way', () => {
  for (const [name, model, call] of subjects)
    it(name, () => {
      let count = 0;
      for (let seed = 0; seed < OBJECTS; seed++) {
        const history = drawnHistory(chance(seed), model, call);
        count += standing(linearizable(model), (few) => bruteLinearizable(few, model), history, seed);
        count += standing(sequentialObjects(model), (few) => bruteSequential(few, model), history, seed);
      }
      expect(count).toBeGreaterThan(OBJECTS / 5);
    });
});
