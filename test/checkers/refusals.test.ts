/** Failures that are observations, in every engine that judges them, against the definitions. */
import {
  type Api,
  type Checker,
  elementSet,
  fifoQueue,
  growOnlySet,
  type History,
  historyOf,
  largestFirst,
  lifoStack,
  linearizable,
  type Model,
  mutex,
  mutualExclusion,
  type Operation,
  priorityQueue,
  queue,
  type Register,
  register,
  semaphore,
  semaphoreOf,
  sequential,
  sequentialObjects,
  set,
  stack,
  type Value,
  verifyInterleaving,
  verifyLinearization,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { bruteLinearizable, bruteSequential } from './oracle/brute-force.ts';
import { type Chance, chance } from './oracle/chance.ts';
import { randomHistory, type Shape } from './oracle/random.ts';

/** Thousands of histories for each of the subjects below; what must be seen of them grows with it. */
const RUNS = 800;
type AnyModel = Model<Api, unknown>;

interface Subject {
  readonly name: string;
  readonly model: AnyModel;
  /** The engine that a datatype of this model is judged by. */
  readonly checker: Checker;
  readonly call: (chance: Chance, drawn: number) => { f: string; input: unknown };
  /** Whether processes release only what they hold; one history in ten may break that. */
  readonly owned?: true;
}

function subject<A extends Api, S>(
  name: string,
  model: Model<A, S>,
  checker: Checker<A>,
  call: Subject['call'],
  owned = false,
): Subject {
  const any = { model: model as unknown as AnyModel, checker: checker as unknown as Checker };
  return { name, call, ...any, ...(owned ? { owned: true } : {}) };
}

const certificate = true;
const inAndOut =
  (put: string, take: string): Subject['call'] =>
  (c, n) =>
    c.maybe(0.45) ? { f: put, input: n } : { f: take, input: null };
const locking: Subject['call'] = (c) => ({ f: c.maybe(0.6) ? 'acquire' : 'release', input: null });

const subjects: readonly Subject[] = [
  subject('queues', queue, fifoQueue({ certificate }), inAndOut('enqueue', 'dequeue')),
  subject('stacks', stack, lifoStack({ certificate }), inAndOut('push', 'pop')),
  subject('priority queues', priorityQueue, largestFirst({ certificate }), inAndOut('enqueue', 'dequeue')),
  subject('sets', set, elementSet({ certificate }), (c) => ({
    f: c.pick(['add', 'add', 'remove', 'contains']),
    input: c.int(5),
  })),
  subject('sets that only grow', set, growOnlySet({ certificate }), (c) =>
    c.maybe(0.4) ? { f: 'read', input: null } : { f: 'add', input: c.int(4) },
  ),
  subject('locks', mutex, mutualExclusion({ certificate }), locking, true),
  subject('locks that anybody releases', mutex, mutualExclusion({ certificate }), locking),
  subject('locks of two holders', semaphore(2), semaphoreOf(2, { certificate }), locking, true),
];

/** How histories are drawn here: refused operations, and wrong ones among them. */
function shapeOf(c: Chance, call: Shape['call']): Shape {
  return {
    operations: 3 + c.int(6),
    processes: 2 + c.int(4),
    call,
    info: c.pick([0, 0, 0.15]),
    fail: c.pick([0, 0.1]),
    damage: c.pick([0, 1, 1, 2]),
    slow: c.pick([1, 3, 8]),
    refuse: 0.3,
  };
}

function draw({ model, call, owned }: Subject, seed: number): History {
  const c = chance(seed);
  const history = randomHistory(c, model, shapeOf(c, call));
  if (!owned) return history;
  const held = new Map<number, number>();
  return historyOf(
    [...history].filter(({ f, process, outcome }) => {
      const holds = held.get(process) ?? 0;
      if (f === 'acquire') held.set(process, holds + (outcome.type === 'ok' ? 1 : 0));
      else if (holds > 0) held.set(process, holds - 1);
      return f === 'acquire' || holds > 0 || c.maybe(0.1);
    }),
  );
}

/** Outputs that these engines take for unknown. */
const tellsNothing = ({ f, outcome }: Operation): boolean =>
  (f === 'read' || f === 'contains') && outcome.type === 'ok' && (outcome.output as unknown) === null;

function refusalsIn(history: History, { refuses }: AnyModel): number {
  const isRefusal = ({ f, outcome }: Operation): boolean =>
    outcome.type === 'fail' && Object.hasOwn(refuses?.[f] ?? {}, outcome.error);
  return [...history].filter(isRefusal).length;
}

/** The operations that an anomaly names, alone. */
function alone(history: History, operations: readonly number[]): History {
  return historyOf([...history].filter(({ start }) => operations.includes(start)));
}

const lines = (history: History): string =>
  [...history]
    .map(({ process, f, key, input, outcome, start, end }) =>
      JSON.stringify([process, f, key, input, outcome, start, end]),
    )
    .join('\n');

/** What is true of a history, and whether a proof of it is right. */
interface Definition {
  readonly truth: (history: History) => boolean;
  readonly verify: (history: History, certificate: unknown) => string | undefined;
}

const linearizability = (model: AnyModel, initial: unknown = model.init): Definition => ({
  truth: (history) => bruteLinearizable(history, model, initial),
  verify: (history, certificate) => verifyLinearization(history, model, certificate as never, initial),
});

const sequentiality = (model: AnyModel): Definition => ({
  truth: (history) => bruteSequential(history, model),
  verify: (history, certificate) => verifyInterleaving(history, model, certificate as never),
});

/** How many histories there were of each kind, and how many anomalies of each name. */
type Seen = Record<string, number>;

/** Holds a verdict to the definition: its proof is replayed, and the operations that it names are wrong alone. */
function hold(checker: Checker, history: History, { truth, verify }: Definition, seed: number, seen: Seen): void {
  const count = (name: string): void => {
    seen[name] = (seen[name] ?? 0) + 1;
  };
  const verdict = checker.check(history);
  const expected = truth(history) ? 'valid' : 'invalid';
  count(expected);
  if (verdict.type !== expected) expect.fail(`seed ${seed}: ${JSON.stringify(verdict)}\n${lines(history)}`);
  if (verdict.type === 'valid' && verdict.certificate !== undefined)
    expect(verify(history, verdict.certificate), `seed ${seed}`).toBeUndefined();
  for (const { name, operations } of verdict.type === 'invalid' ? verdict.anomalies : []) {
    count(name);
    if (truth(alone(history, operations)))
      expect.fail(`seed ${seed}: ${operations} alone are valid\n${lines(history)}`);
  }
}

describe.each(subjects)('refusals of $name', (one) => {
  it('are linearizable where the definition says so, by the monitor and by the search', () => {
    const seen: Seen = {};
    let refused = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const history = draw(one, seed);
      if ([...history].some(tellsNothing)) continue;
      if (refusalsIn(history, one.model) > 0) refused++;
      hold(one.checker, history, linearizability(one.model), seed, seen);
      hold(linearizable(one.model, { certificate }), history, linearizability(one.model), seed, seen);
    }
    expect(Math.min(seen.valid!, 2 * seen.invalid!, refused)).toBeGreaterThan(RUNS / 8);
  });

  it('are sequential where the definition says so', () => {
    const seen: Seen = {};
    let refused = 0;
    for (let seed = RUNS; seed < 2 * RUNS; seed++) {
      const history = draw(one, seed);
      if (refusalsIn(history, one.model) > 0) refused++;
      const checker = sequentialObjects(one.model, { certificate: seed % 2 === 0 });
      hold(checker, history, sequentiality(one.model), seed, seen);
    }
    expect(Math.min(seen.valid!, 3 * seen.invalid!, refused)).toBeGreaterThan(RUNS / 8);
  });
});

/** Registers, mostly of unique values, under one key or two, with swaps of values that were there lately. */
function drawRegisters(seed: number, initial: Value): History<Register> {
  const c = chance(seed);
  const unique = c.maybe(0.85);
  const [swaps, reads] = [c.pick([0.3, 0.6, 0.9]), c.pick([0, 0.2, 0.4])];
  const value = (n: number): Value => (unique ? n + 1 : c.int(3));
  const lately = (n: number): Value => (unique ? Math.max(0, n - c.int(5)) || initial : c.int(3));
  const call: Shape['call'] = (_, n) => {
    if (c.maybe(reads)) return { f: 'read', input: null };
    if (!c.maybe(swaps)) return { f: 'write', input: value(n) };
    return { f: 'cas', input: [c.maybe(0.2) ? initial : lately(n), value(n)] };
  };
  const keys = c.pick([undefined, ['x', 'y']]);
  return randomHistory(c, register, { ...shapeOf(c, call), initial, ...(keys ? { keys } : {}) });
}

/** All registers as one object, for the definition of sequential consistency: functions are named by their key. */
function together(initial: Value): AnyModel {
  type State = Readonly<Record<string, Value>>;
  const of = (state: State, key: string): Value => (Object.hasOwn(state, key) ? (state[key] as Value) : initial);
  const model = { name: 'registers', init: {}, step: {}, refuses: {}, observes: [] as string[] };
  const steps = register.step as unknown as Record<string, (state: Value, input: unknown) => readonly [Value, unknown]>;
  for (const key of ['x', 'y', 'undefined']) {
    for (const [f, step] of Object.entries(steps)) {
      const taken = (state: State, input: unknown) => {
        const [after, output] = step(of(state, key), input);
        if (after === undefined) return [undefined, output];
        return [f === 'read' ? state : { ...state, [key]: after }, output];
      };
      Object.assign(model.step, { [`${f} ${key}`]: taken });
    }
    const mismatch = (state: State, [old]: readonly Value[]): boolean => of(state, key) !== old;
    Object.assign(model.refuses, { [`cas ${key}`]: { mismatch } });
    model.observes.push(`read ${key}`);
  }
  return model as unknown as AnyModel;
}

function underOneKey(history: History): History {
  return historyOf(
    [...history].map(({ key, ...operation }) => ({
      ...operation,
      f: `${operation.f} ${key}`,
    })) as unknown as Operation[],
  );
}

const registers = register as unknown as AnyModel;

describe('refused swaps of registers', () => {
  it.each([null, 0])('are linearizable where the definition says so, with %s at first', (initial) => {
    const seen: Seen = {};
    let refused = 0;
    const checker = linearizable(register, { initial, certificate }) as unknown as Checker;
    for (let seed = 0; seed < 2 * RUNS; seed++) {
      const history = drawRegisters(seed, initial) as unknown as History;
      if (refusalsIn(history, registers) > 0) refused++;
      hold(checker, history, linearizability(registers, initial), seed, seen);
    }
    expect(Math.min(seen.valid!, seen.invalid!, refused)).toBeGreaterThan(RUNS / 6);
    expect(seen['false-mismatch']).toBeGreaterThan(RUNS / 60);
  });

  it.each([null, 0])('are sequential where the definition says so, with %s at first', (initial) => {
    const seen: Seen = {};
    let refused = 0;
    const all = together(initial);
    const checker = sequential({ initial, certificate }) as unknown as Checker;
    const definition: Definition = {
      truth: (history) => bruteSequential(underOneKey(history), all),
      verify(history, found) {
        const { order = found } = found as { order?: unknown };
        return verifyInterleaving(history, registers, order as number[], initial);
      },
    };
    for (let seed = 0; seed < RUNS; seed++) {
      const history = drawRegisters(seed, initial) as unknown as History;
      if (refusalsIn(history, registers) > 0) refused++;
      hold(checker, history, definition, seed, seen);
    }
    expect(Math.min(seen.valid!, seen.invalid!, refused)).toBeGreaterThan(RUNS / 12);
  });

  it('are judged alike by the zones and by the search, with a proof, where very many overlap', () => {
    const seen = { valid: 0, invalid: 0, refused: 0 };
    const searched: typeof register = { ...register };
    for (let seed = 0; seed < 200; seed++) {
      const c = chance(seed);
      const call: Shape['call'] = (_, n) => {
        if (c.maybe(0.2)) return { f: 'read', input: null };
        return c.maybe(0.7)
          ? { f: 'cas', input: [Math.max(0, n - c.int(4)) || null, n + 1] }
          : { f: 'write', input: n + 1 };
      };
      const operations = 30 + c.int(60);
      const damage = c.pick([0, 0, 1]);
      const history = randomHistory(c, register, { ...shapeOf(c, call), operations, damage });
      const { type } = linearizable(searched).check(history);
      const verdict = linearizable(register, { certificate }).check(history);
      if (verdict.type !== type || type === 'unknown') expect.fail(`seed ${seed}: ${type}, ${JSON.stringify(verdict)}`);
      seen[type]++;
      seen.refused += refusalsIn(history as unknown as History, register as unknown as AnyModel);
      if (verdict.type === 'valid')
        expect(verifyLinearization(history, register, verdict.certificate as never)).toBeUndefined();
    }
    expect(Math.min(seen.valid, 2 * seen.invalid)).toBeGreaterThan(60);
    expect(seen.refused).toBeGreaterThan(3000);
  });
});
