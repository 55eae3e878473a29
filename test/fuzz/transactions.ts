/**
 * Transactions over lists and over registers: every model that has a definition that can be tried on a handful of them.
 */
import { type Api, analyse, type History, historyOf, type Model, multiRegister, type Operation } from 'elle-ts';
import { bruteLinearizable, bruteSequential } from '../checkers/oracle/brute-force.ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import { blindHistory, hasSnapshots } from '../checkers/transactions/blind-transactions.ts';
import { definitions, modelsThatHold, oddities } from '../checkers/transactions/definitions.ts';
import { randomHistory } from '../checkers/transactions/random-transactions.ts';
import { modelsWithRepeats } from '../checkers/transactions/repeated-values.ts';
import { drawHostile, sessions } from './hostile.ts';
import type { Subject } from './subject.ts';

type Mop = readonly [f: string, key: string, value: unknown];

function subjectOf(name: string, lists: boolean, mops: number): Subject {
  const shape = { lists, txns: 4, keys: 2, mops, processes: 3 };
  return {
    name,
    draw: (seed) => randomHistory(seed, shape),
    judge: (history) => {
      const analysis = analyse(history, { certificate: true });
      return Object.fromEntries(Object.keys(definitions).map((model) => [model, analysis.verdict(model)]));
    },
    truth: (history) => {
      const odd = oddities(history);
      const hold = modelsThatHold(history);
      const defined = Object.entries(definitions).filter(
        ([, { internal, committed }]) => (internal || !odd.has('internal')) && (committed || !odd.has('incompatible')),
      );
      return Object.fromEntries(defined.map(([model]) => [model, hold.has(model)]));
    },
  };
}

/** Lists as a state machine. */
const lists: Model<Api, unknown> = {
  name: 'lists',
  init: {},
  step: {
    txn: (state: Readonly<Record<string, readonly unknown[]>>, mops: readonly Mop[]) => {
      const after = { ...state };
      const output = mops.map((mop): Mop => {
        const [f, key, value] = mop;
        if (f === 'r') return ['r', key, after[key] ?? []];
        after[key] = [...(after[key] ?? []), value];
        return mop;
      });
      return [after, output];
    },
  } as never,
};

/**
 * Values that repeat, among them the initial one; failures that took effect,
 * and retries of the same; processes that continue after an `info`.
 */
function hostileTransactions(c: Chance, model: Model<Api, unknown>, write: string, unique: boolean): History {
  let written = 0;
  const value = (): unknown => (unique ? ++written : c.pick([null, 1, 2, '1', 3, 4, 5, 6]));
  const call = (): Mop[] =>
    Array.from({ length: 1 + c.int(3) }, (): Mop => {
      const key = c.pick(['x', 'y']);
      return c.maybe(0.5) ? ['r', key, null] : [write, key, value()];
    });
  const output = (_: Chance, __: string, input: unknown): unknown =>
    (input as readonly Mop[]).map(([f, key, given]): Mop => {
      const seen = c.pick(unique ? [null, 1, 2, 3, 4, 99] : [null, 1, 2, '1']);
      const list = [1, 2, 3].slice(0, c.int(4)).map((element) => (unique ? element : c.pick([element, null, '1'])));
      return f === 'r' ? ['r', key, write === 'w' ? seen : list] : [f, key, given];
    });
  return drawHostile(c, { model, call: () => ['txn', call()], output }, [undefined]);
}

function hostileSubject(name: string, model: Model<Api, unknown>, write: string, unique: boolean): Subject {
  const models = ['strict-serializable', 'strong-session-serializable', 'serializable'];
  return {
    name,
    draw: (seed) => hostileTransactions(chance(seed), model, write, unique),
    judge: (history) => {
      const analysis = analyse(history, { certificate: true });
      return Object.fromEntries(models.map((model) => [model, analysis.verdict(model)]));
    },
    truth: (history) => {
      const apart = historyOf([...history].map((o, process): Operation => ({ ...o, process }) as Operation));
      return {
        'strict-serializable': bruteLinearizable(history, model),
        'strong-session-serializable': bruteSequential(sessions(history), model),
        serializable: bruteSequential(apart, model),
      };
    },
  };
}

/**
 * Blind writes, by a short search alone, by derivation first, and by both; and snapshots by trying all moments. Of
 * unique values, or of only so many that they repeat.
 */
function blindSubject(name: string, early: number | undefined, values = 0): Subject {
  const models = ['strict-serializable', 'strong-session-serializable', 'serializable'];
  const snapshots = {
    'strong-snapshot-isolation': 'real',
    'strong-session-snapshot-isolation': 'session',
    'snapshot-isolation': 'none',
  } as const;
  const registers = multiRegister as unknown as Model<Api, unknown>;
  return {
    name,
    draw: (seed) => {
      const shape = { transactions: 4 + (seed % 4), processes: 2 + (seed % 4), keys: 1 + (seed % 3), mops: 3 };
      const history = blindHistory(seed, shape);
      return values === 0 ? history : repeating(history, values + (seed % 3), 1);
    },
    judge: (history) => {
      const analysis = analyse(history, { certificate: true, ...(early === undefined ? {} : { early }) });
      return Object.fromEntries(
        [...models, ...Object.keys(snapshots)].map((model) => [model, analysis.verdict(model)]),
      );
    },
    truth: (history) => {
      const apart = historyOf([...history].map((o, process): Operation => ({ ...o, process }) as Operation));
      return {
        'strict-serializable': bruteLinearizable(history, registers),
        'strong-session-serializable': bruteSequential(sessions(history), registers),
        serializable: bruteSequential(apart, registers),
        ...Object.fromEntries(Object.entries(snapshots).map(([model, time]) => [model, hasSnapshots(history, time)])),
      };
    },
  };
}

/** Few values for many writes: of some reads it is not known whose write they are of. The first is `least`, or null. */
function repeating(history: History, values: number, least = 0): History {
  const few = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(few);
    return typeof value === 'number' ? (value % values) + least || null : value;
  };
  const all = (mops: readonly Mop[]): Mop[] => mops.map(([f, key, value]): Mop => [f, key, few(value)]);
  return historyOf(
    [...history].map((operation) => {
      const { outcome } = operation;
      const told = outcome.type === 'ok' ? { type: 'ok', output: all(outcome.output as readonly Mop[]) } : outcome;
      return { ...operation, input: all(operation.input as readonly Mop[]), outcome: told } as unknown as Operation;
    }),
    history,
  );
}

const MODELS = Object.keys(definitions);

/** Every model of histories whose values repeat, by trying every possible writer of every read. */
function repeatedSubject(name: string, lists: boolean): Subject {
  return {
    name,
    draw: (seed) => {
      const shape = { lists, txns: 4, keys: 1 + (seed % 2), mops: 3, processes: 3 };
      return repeating(randomHistory(seed, shape), 2 + (seed % 3));
    },
    judge: (history) => {
      const analysis = analyse(history, { certificate: true });
      return Object.fromEntries(MODELS.map((model) => [model, analysis.verdict(model)]));
    },
    truth: (history) => modelsWithRepeats(history),
  };
}

export const transactions: readonly Subject[] = [
  repeatedSubject('transactions over registers, values that repeat', false),
  repeatedSubject('transactions over lists, elements that repeat', true),
  blindSubject('blind writes', undefined),
  blindSubject('blind writes, a short search alone', 1e9),
  blindSubject('blind writes, derived first', 0),
  blindSubject('blind writes, repeated values', undefined, 2),
  hostileSubject('hostile transactions over registers', multiRegister as unknown as Model<Api, unknown>, 'w', true),
  hostileSubject(
    'hostile transactions over registers, repeated values',
    multiRegister as unknown as Model<Api, unknown>,
    'w',
    false,
  ),
  hostileSubject('hostile transactions over lists', lists, 'append', true),
  hostileSubject('hostile transactions over lists, repeated values', lists, 'append', false),
  subjectOf('transactions over lists', true, 3),
  subjectOf('transactions over registers', false, 4),
];
