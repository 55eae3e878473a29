import {
  type Anomaly,
  datatypes,
  explain,
  type History,
  historyOf,
  judge,
  type Operation,
  type Register,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from './oracle/chance.ts';
import { drawn } from './oracle/drawing.ts';
import { historyOfType } from './oracle/every-datatype.ts';
import { timelessHistory, timelessShape } from './oracle/timeless.ts';

const HISTORIES = 80;
const REGISTERS = 600;

/** Words that no message may have: those of absent values, and wrong grammar. */
const NEVER_SAID = /undefined|NaN|Infinity|\[object/;
const THINGS = 'operation|addition|removal|write|read|value|swap|element|message|transaction|process|key|time|anomalie';
const GRAMMAR = new RegExp(`(?<![\\d,.\\[])\\b1 (?:acknowledged |more |other )?(?:${THINGS})s\\b|\\ba [aei][a-z]+[- ]`);

function textsOf(history: History, anomaly: Anomaly): string[] {
  return [anomaly.message, ...anomaly.steps, explain(history, anomaly)];
}

/** What is wrong with an anomaly's words, whatever it is about. */
function faults(history: History, anomaly: Anomaly, initial: unknown = null): string[] {
  const starts = new Set([...history].map(({ start }) => start));
  const texts = textsOf(history, anomaly);
  const nulls = initial === null || meansNull(history) ? [] : texts.filter((text) => /\bnull\b/.test(text));
  return [
    ...texts.filter((text) => NEVER_SAID.test(text)),
    ...[anomaly.message, ...anomaly.steps].filter((text) => GRAMMAR.test(text)),
    ...nulls,
    ...anomaly.operations.filter((start) => !starts.has(start)).map((start) => `no operation begins at ${start}`),
    ...(new Set(anomaly.operations).size < anomaly.operations.length ? ['an operation is named twice'] : []),
  ];
}

/** Whether null is a value of the history: somewhere within an input, or what an observation found. */
function meansNull(history: History): boolean {
  const holds = (value: unknown): boolean =>
    value === null || (typeof value === 'object' && Object.values(value as object).some(holds));
  const asks = /^(read|get|dequeue|pop|contains|cas|generate|txn)$/;
  return [...history].some(
    ({ f, input, outcome }) =>
      (input !== null && holds(input)) ||
      (asks.test(f) && outcome.type === 'ok' && f !== 'cas' && holds(outcome.output)),
  );
}

function fail(seed: number, history: History, anomaly: Anomaly, what: readonly string[]): never {
  return expect.fail(
    `seed ${seed}: ${what.join('; ')} in ${JSON.stringify(anomaly, null, 1)} of ${JSON.stringify([...history])}`,
  );
}

/** The anomalies of all models together, and of each of these by itself. */
function anomaliesOf(history: History, type: string, alone: readonly string[]): Anomaly[] {
  const judged = [judge(history, { type }), ...alone.map((model) => judge(history, { type, model }))];
  return judged.flatMap(({ anomalies }) => anomalies);
}

describe('what anomalies say', () => {
  for (const { name: type, models } of datatypes)
    it(`is made of words and of operations that are there: ${type}`, () => {
      const initial = /register|^kv$/.test(type) ? null : 'not null';
      let said = 0;
      for (let seed = 0; seed < HISTORIES; seed++) {
        const history = historyOfType(chance(seed), type);
        for (const anomaly of anomaliesOf(history, type, seed % 10 === 0 ? Object.keys(models) : [])) {
          const wrong = faults(history, anomaly, initial);
          if (wrong.length > 0) fail(seed, history, anomaly, wrong);
          said++;
        }
      }
      expect(said).toBeGreaterThan(HISTORIES / 25);
    });

  it('of registers is true of the history, and explains each read once', () => {
    const names = new Map<string, number>();
    for (let seed = 0; seed < REGISTERS; seed++) {
      const { history, initial } = registers(chance(seed));
      const { anomalies } = judge(history, { type: 'register', initial });
      for (const anomaly of anomalies) {
        const others = anomalies.filter((other) => other !== anomaly && reader(other) === reader(anomaly));
        const wrong = [
          ...faults(history, anomaly, initial),
          ...misplaced(history, anomaly),
          ...untrue(history, anomaly, initial),
          ...others.map(({ name }) => `${name} explains the same read`),
        ];
        if (wrong.length > 0) fail(seed, history, anomaly, wrong);
        names.set(anomaly.name, (names.get(anomaly.name) ?? 0) + 1);
      }
    }
    for (const name of ['thin-air-read', 'aborted-read', 'future-read', 'stale-read', 'lost-update', 'cyclic-versions'])
      expect(names.get(name), name).toBeGreaterThan(5);
  });
});

/** The read of which an anomaly says that nothing explains it; of any other anomaly, itself. */
function reader({ name, message, operations }: Anomaly): string {
  return UNEXPLAINED.has(name) ? message.replace(/, (but|which|before) .*/, '') : `${name}: ${message} ${operations}`;
}

const UNEXPLAINED = new Set(['thin-air-read', 'aborted-read', 'future-read']);

/**
 * Histories of registers in which values are unique or come again, and reads find what was written, and what was not.
 */
function registers(c: Chance): { history: History; initial: unknown } {
  const shape = { ...timelessShape(c), cas: c.pick([0, 0.5]), fail: 0.1, info: 0.1, damage: 1 + c.int(4) };
  const values = c.maybe(0.3) ? { values: 4 } : {};
  return { history: timelessHistory(c, { ...shape, ...values }) as unknown as History, initial: shape.initial };
}

/** Compares every operation that a sentence states with the history, and every order in time. */
function misplaced(history: History, anomaly: Anomaly): string[] {
  const all = [...history];
  return [anomaly.message, ...anomaly.steps].flatMap((text) => {
    const wrong = [...text.matchAll(PLACED)].map(told).filter((one) => {
      const o = all.find(({ start }) => start === one.start);
      return !o || o.process !== one.process || o.end !== (one.end ?? o.end) || !did(o, one.verb, one.value);
    });
    const order = /\(from \d+ to (\d+|the end)\), which ended before this began.*\(from (\d+) to [^)]*\)$/.exec(text);
    const backwards = order && !(Number(order[1]) < Number(order[2]));
    return [...wrong.map(() => `no such operation: ${text}`), ...(backwards ? [`not in that order: ${text}`] : [])];
  });
}

/** What is said of values that nobody wrote, or that only a failed operation did. */
function untrue(history: History, { name, message, operations }: Anomaly, initial: unknown): string[] {
  const named = [...history].filter(({ start }) => operations.includes(start));
  if (name === 'aborted-read') {
    const [failed, first] = [true, false].map((is) => named.find(({ outcome }) => (outcome.type === 'fail') === is));
    return failed && first && failed.start < first.end ? [] : ['the failed write began after the read had ended'];
  }
  const nobody = /but no operation ever wrote (.*?)(;|$)/.exec(message)?.[1];
  if (nobody === undefined) return [];
  const wrote = [...history].some(
    (o) =>
      o.f !== 'read' &&
      o.outcome.type !== 'fail' &&
      o.key === named[0]?.key &&
      JSON.stringify(o.f === 'cas' ? (o.input as unknown as unknown[])[1] : o.input) === nobody,
  );
  return wrote || nobody === JSON.stringify(initial) ? ['somebody wrote it'] : [];
}

const PLACED =
  /process (\d+) (read|wrote|swapped|called) ([^ ]+)(?: for [^ ]+)?(?: and never learned what became of it)? \(from (\d+) to (\d+|the end)\)/g;

function told([, process, verb, value, start, end]: RegExpExecArray) {
  return {
    process: Number(process),
    verb: verb as string,
    value: value as string,
    start: Number(start),
    end: end === 'the end' ? undefined : Number(end),
  };
}

function did(o: Operation, verb: string, value: string): boolean {
  const output = o.outcome.type === 'ok' ? o.outcome.output : undefined;
  if (verb === 'read') return o.f === 'read' && JSON.stringify(output) === value;
  if (verb === 'wrote') return o.f === 'write' && JSON.stringify(o.input) === value;
  if (verb === 'swapped') return o.f === 'cas' && JSON.stringify((o.input as unknown[])[0]) === value;
  return o.outcome.type === 'info' && value === `${o.f}(${JSON.stringify(o.input)})`;
}

describe('a swap of what nobody wrote', () => {
  it('is one finding about the value, and no stale read beside', () => {
    const history = drawn<Register>(`
      2: [cas [1,3] ~
      5:             [read -> null]
      1:                             [read -> 3]`);
    const { anomalies } = judge(history as unknown as History, { type: 'register', model: 'linearizable' });
    expect(anomalies.map(({ name }) => name)).toEqual(['thin-air-read']);
    expect(anomalies[0]?.message).toBe(
      'process 2 called cas([1,3]) and never learned what became of it, but no operation ever wrote 1',
    );
  });

  it('is told with its key behind the call', () => {
    const history = drawn<Register>('2: [y.cas [1,3] ~\n1:   [y.read -> 3]');
    const { anomalies } = judge(history as unknown as History, { type: 'register', model: 'linearizable' });
    expect(anomalies[0]?.message).toContain('called cas([1,3]) of key "y" and never learned what became of it');
  });
});

describe('a hint at the initial value', () => {
  const register = (...operations: [f: string, value: unknown, type?: string][]): History =>
    historyOf(
      operations.map(([f, value, type = 'ok'], at) => {
        const outcome = type === 'ok' ? { type, output: f === 'read' ? value : null } : { type, error: 'refused' };
        const times = { start: 2 * at, end: 2 * at + 1, startNs: 0, endNs: 0 };
        return {
          process: at,
          f,
          key: 'x',
          input: f === 'read' ? null : value,
          outcome,
          ...times,
        } as unknown as Operation;
      }),
    );
  const message = (history: History, model?: string): string | undefined =>
    judge(history, { type: 'register', ...(model === undefined ? {} : { model }) }).anomalies[0]?.message;

  it('is given where one value explains all and was read before anything else, in every model', () => {
    const history = register(['read', 0], ['write', 0, 'fail'], ['write', 5], ['read', 5]);
    for (const model of [undefined, 'linearizable', 'sequential', 'causal', 'PRAM', 'read-your-writes'])
      expect(message(history, model), model).toContain('if 0 is the initial value: --initial 0');
    expect(judge(history, { type: 'register', initial: 0 }).valid).toBe(true);
  });

  it('is given where the value is written later, too', () => {
    const history = register(['read', 'a'], ['write', 'b'], ['write', 'a'], ['write', 'b'], ['read', 'b']);
    expect(message(history)).toContain('if "a" is the initial value: --initial a');
    expect(judge(history, { type: 'register', initial: 'a' }).valid).toBe(true);
  });

  it('is not given where it would not help', () => {
    const late = register(['write', 5], ['read', 0]);
    const several = register(['read', 0], ['read', 7]);
    const empty = register(['read', null], ['read', 0]);
    for (const history of [late, several, empty]) expect(message(history)).not.toContain('--initial');
  });
});
