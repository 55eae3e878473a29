import {
  ArgumentError,
  datatypes,
  type Elements,
  type History,
  historyOf,
  type JudgeOptions,
  judge,
  type Operation,
  type Register,
  register,
  type Text,
  text,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { bruteLinearizable } from './oracle/brute-force.ts';
import { type Chance, chance } from './oracle/chance.ts';
import { drawn } from './oracle/drawing.ts';
import { slowly } from './oracle/sessions.ts';
import { asTransactions, timelessHistory, timelessShape } from './oracle/timeless.ts';

const HISTORIES = 500;
const REGISTER_MODELS = ['linearizable', 'sequential', 'causal', 'CM', 'CC', 'PRAM', 'monotonic-reads'];

/** A small random history of a register, and what it holds at first. */
function history(random: Chance, more: object = {}): { h: History<Register>; initial: string | number | null } {
  const shape = { ...timelessShape(random), ...more };
  return { h: timelessHistory(random, shape), initial: shape.initial };
}

function valid(h: unknown, options: JudgeOptions): boolean | 'unknown' {
  return judge(h as History, options).valid;
}

function said(h: History<Register>): string {
  return [...h].map((o) => JSON.stringify([o.process, o.f, o.key, o.input, o.outcome])).join(' ');
}

function isNullRead({ f, outcome }: Operation<Register>): boolean {
  return f === 'read' && outcome.type === 'ok' && outcome.output === null;
}

/** The history, some of whose reads gave null. */
function withNulls(random: Chance, h: History<Register>): History<Register> {
  const isBlank = ({ f, outcome }: Operation<Register>): boolean =>
    f === 'read' && outcome.type === 'ok' && random.maybe(0.3);
  return historyOf(
    [...h].map((o) => (isBlank(o) ? ({ ...o, outcome: { type: 'ok', output: null } } as Operation<Register>) : o)),
  );
}

describe('an initial value', () => {
  it('is what a register holds at first, and nothing else is, for every way to write the same history', () => {
    const count = { true: 0, false: 0, unknown: 0 };
    for (let seed = 0; seed < HISTORIES; seed++) {
      const { h, initial } = history(chance(seed), { cas: 0 });
      const given = initial === null ? {} : { initial };
      const map = initial === null ? {} : { initial: { x: initial, y: initial } };
      const transactions = asTransactions(h);
      const linearizable = bruteLinearizable(h, register, initial);
      const sequential = slowly('sequential', h, initial);
      const ways: [wanted: boolean, said: boolean | 'unknown', way: string][] = [
        [linearizable, valid(h, { type: 'register', model: 'linearizable', ...given }), 'register'],
        [sequential, valid(h, { type: 'register', model: 'sequential', ...given }), 'register, seq'],
        [linearizable, valid(transactions, { type: 'multi-register', model: 'linearizable', ...map }), 'multi'],
        [sequential, valid(transactions, { type: 'multi-register', model: 'sequential', ...map }), 'multi, seq'],
        [linearizable, valid(transactions, { type: 'rw-register', model: 'strict-serializable', ...given }), 'rw'],
        [
          sequential,
          valid(transactions, { type: 'rw-register', model: 'strong-session-serializable', ...given }),
          'rw, seq',
        ],
      ];
      for (const [wanted, got, way] of ways) {
        count[`${got}`]++;
        if (got !== 'unknown' && got !== wanted)
          expect.fail(`seed ${seed}, ${way}, initially ${initial}: ${got}, and not ${wanted}: ${said(h)}`);
      }
    }
    expect(count.unknown).toBe(0);
    expect(Math.min(count.true, count.false)).toBeGreaterThan(HISTORIES);
  });

  it('may be any JSON, as all values may', () => {
    const wrapped = (value: unknown): unknown => (value === null ? null : { held: [value], by: 'x' });
    for (let seed = 0; seed < HISTORIES / 4; seed++) {
      const { h, initial } = history(chance(seed), { cas: 0 });
      const structured = historyOf(
        [...h].map(({ input, outcome, ...rest }) => {
          const told = outcome.type === 'ok' ? { type: 'ok', output: wrapped(outcome.output) } : outcome;
          return { ...rest, input: wrapped(input), outcome: told } as unknown as Operation<Register>;
        }),
      );
      for (const model of REGISTER_MODELS) {
        const plain = valid(h, { type: 'register', model, initial });
        const got = valid(structured, { type: 'register', model, initial: wrapped(initial) });
        if (got !== plain) expect.fail(`seed ${seed}, ${model}: ${got}, and not ${plain}: ${said(structured)}`);
      }
    }
  });

  it('makes a read of null a violation of every model, unless null was written', () => {
    const lost = drawn<Register>('0: [write 5] [read -> null]');
    const back = drawn<Register>('0: [read -> 0] [write 5] [read -> 5]');
    const written = drawn<Register>('0: [write 5] [write null] [read -> null]');
    for (const model of REGISTER_MODELS) {
      expect(valid(lost, { type: 'register', model, initial: 0 }), model).toBe(false);
      expect(valid(back, { type: 'register', model, initial: 0 }), model).toBe(true);
      expect(valid(written, { type: 'register', model, initial: 0 }), model).toBe(true);
    }
  });
});

describe('reads of null that are said to be unknown', () => {
  it('say nothing: the rest of the history decides, for registers, multi-registers and texts', () => {
    const count = { true: 0, false: 0 };
    for (let seed = 0; seed < HISTORIES; seed++) {
      const random = chance(seed);
      const { h, initial } = history(random, { initial: random.pick([0, 'a']), cas: 0, info: 0 });
      const all = withNulls(random, h);
      const rest = historyOf([...all].filter((o) => !isNullRead(o)));
      const wanted = new Map<string, boolean | 'unknown'>();
      const expectSame = (model: string, got: boolean | 'unknown', way: string): void => {
        if (got !== wanted.get(model))
          expect.fail(`seed ${seed}, ${way}, ${model}: ${got}, and not ${wanted.get(model)}: ${said(all)}`);
      };
      for (const model of ['linearizable', 'sequential', 'causal', 'PRAM']) {
        wanted.set(model, valid(rest, { type: 'register', model, initial }));
        const got = valid(all, { type: 'register', model, nullReads: 'unknown', initial });
        expectSame(model, got, 'register');
        count[`${got as boolean}`]++;
      }
      const transactions = asTransactions(all);
      const map = { x: initial, y: initial };
      for (const model of ['linearizable', 'sequential'])
        expectSame(
          model,
          valid(transactions, { type: 'multi-register', model, nullReads: 'unknown', initial: map }),
          'multi-register',
        );
    }
    expect(Math.min(count.true, count.false)).toBeGreaterThan(HISTORIES / 4);
  });

  it('of whole sets are violations where nothing is said, of every model that judges them', () => {
    const h = drawn<Elements>('0: [add 1] [read -> null] [read -> [1]]');
    for (const type of ['lin-set', 'set', 'set-full'])
      for (const model of ['linearizable', 'sequential']) {
        expect(valid(h, { type, model }), type).toBe(false);
        expect(valid(h, { type, model, nullReads: 'unknown' }), type).toBe(true);
      }
  });

  it('are refused for all other datatypes, as is every assumption that means nothing there', () => {
    const special = { nullReads: 'unknown', linearizableKeys: true, sequentialKeys: true, wfrKeys: true } as const;
    for (const { name: type, heeds = [] } of datatypes)
      for (const [one, assumed] of Object.entries(special)) {
        const asked = () => judge(historyOf([]), { type, [one]: assumed });
        if (heeds.some((other) => other === one)) expect(asked).not.toThrow();
        else expect(asked, `${one} of ${type}`).toThrow(ArgumentError);
      }
  });

  it('of texts are violations where nothing is said', () => {
    const h = drawn<Text>('0: [put "a"] [get -> null] [get -> "a"]');
    expect(bruteLinearizable(h, text)).toBe(false);
    for (const model of ['linearizable', 'sequential']) {
      expect(valid(h, { type: 'kv', model })).toBe(false);
      expect(valid(h, { type: 'kv', model, nullReads: 'unknown' })).toBe(true);
    }
  });
});
