import {
  datatypes,
  HistoryError,
  historyOf,
  type Judgement,
  judge,
  type Operation,
  prepare,
  readHistory,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { below, type Draw, type Drawn, drawOperations, draws, pick } from './drawn-calls.ts';

const RUNS = 25;

/** How a file spells one operation: the values of its two lines, and how it ended. */
interface Spelled {
  readonly invoked: unknown;
  readonly completed: unknown;
  readonly type: 'ok' | 'fail' | 'info';
  readonly error?: unknown;
  readonly f?: string;
}
type Spelling = (operation: Drawn, draw: Draw, type: string) => Spelled;

/** As our own files have it: a completion that tells nothing repeats its input. */
const plain: Spelling = ({ input, outcome }) =>
  outcome.type === 'ok'
    ? { invoked: input, completed: outcome.output ?? input, type: 'ok' }
    : { invoked: input, completed: input, type: outcome.type, error: outcome.error };

const recordOf = (type: string, f: string) => datatypes.find(({ name }) => name === type)!.functions[f]!;

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  'completions that carry outputs alone': ({ input, outcome }) =>
    outcome.type === 'ok'
      ? { invoked: input, completed: outcome.output, type: 'ok' }
      : { invoked: input, completed: null, type: outcome.type, error: outcome.error },
  'invocations into which outputs were filled in': (operation, draw, type) => {
    const spelled = plain(operation, draw, type);
    const { takes, returns, micro } = recordOf(type, operation.f);
    const fills = operation.outcome.type === 'ok' && returns && (!takes || micro) && draw() < 0.7;
    return fills ? { ...spelled, invoked: spelled.completed } : spelled;
  },
  'updates that are acknowledged in any words': (operation, draw, type) => {
    const spelled = plain(operation, draw, type);
    const { returns, repeats, refusal } = recordOf(type, operation.f);
    if (operation.outcome.type !== 'ok' || returns) return spelled;
    const words = repeats ? [true, null] : ['OK', true, { ok: 1 }, [], ...(refusal ? [] : [1, 0, 7])];
    return { ...spelled, completed: pick(draw, words) };
  },
  'refusals that are an ok with false': (operation, draw, type) => {
    const spelled = plain(operation, draw, type);
    const { refusal, returns, updates } = recordOf(type, operation.f);
    const { outcome } = operation;
    if (outcome.type !== 'fail' || (returns && !updates)) return spelled;
    return outcome.error === refusal || refusal === undefined
      ? { invoked: spelled.invoked, completed: false, type: 'ok' }
      : spelled;
  },
  'refusals in the words of other tools': (operation, draw, type) => {
    const spelled = plain(operation, draw, type);
    if (operation.outcome.type !== 'fail' || operation.outcome.error !== recordOf(type, operation.f).refusal)
      return spelled;
    const others: Readonly<Record<string, readonly unknown[]>> = {
      mismatch: [':mismatch', ['precondition-failed', 'it is 3'], [22, 'no'], [':key-does-not-exist'], [20]],
      held: ['already-held', ':held'],
    };
    return { ...spelled, error: pick(draw, others[operation.outcome.error] ?? [operation.outcome.error]) };
  },
};

function linesOf(operations: readonly Drawn[], spell: (operation: Drawn) => Spelled): string {
  const events: [number, object][] = [];
  for (const operation of operations) {
    const { invoked, completed, type, error, f = operation.f } = spell(operation);
    const { process, start, end } = operation;
    events.push([start, { process, type: 'invoke', f, value: invoked }]);
    if (end !== Number.MAX_SAFE_INTEGER) events.push([end, { process, type, f, value: completed, error }]);
  }
  return events
    .sort(([a], [b]) => a - b)
    .map(([index, event]) => `${JSON.stringify({ index, time: index * 1e6, ...event })}\n`)
    .join('');
}

const different = new Set<string>();

/** The verdicts, or the refusal of a history that no history of its type can be. */
function verdicts(text: string, type: string): Pick<Judgement, 'valid' | 'models'> | string {
  const { valid, models } = judge(readHistory(text, 'jsonl').history, { type, budget: 20_000 });
  return { valid, models };
}

describe.each(datatypes.map(({ name }) => name))('a history of a %s', (type) => {
  for (const [name, spell] of Object.entries(SPELLINGS))
    it(`has the same verdicts with ${name}`, () => {
      for (let seed = 0; seed < RUNS; seed++) {
        const operations = drawOperations(seed, type);
        const draw = draws(seed + 1_000_000);
        const once = linesOf(operations, (operation) => plain(operation, draw, type));
        const other = linesOf(operations, (operation) => spell(operation, draw, type));
        if (once !== other) different.add(name);
        expect(verdicts(other, type), `${type}, seed ${seed}\n${other}`).toEqual(verdicts(once, type));
      }
    });

  it('is the same once it conforms', () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const operations = drawOperations(seed, type);
      const { history } = prepare(readHistory(linesOf(operations, (one) => plain(one, draws(seed), type))).history, {
        type,
      });
      expect([...prepare(history, { type }).history]).toEqual([...history]);
      const known = prepare(historyOf(operations as unknown as Operation[]), { type }).history;
      expect([...history].map(shortly)).toEqual([...known].map(shortly));
    }
  });
});

it('every spelling is one that other histories than the plain ones have', () => {
  expect([...different].sort()).toEqual(Object.keys(SPELLINGS).sort());
});

/** What an engine sees of an operation. */
function shortly({ f, input, outcome }: Drawn): unknown[] {
  return [f, input, outcome.type, outcome.type === 'ok' ? outcome.output : outcome.type === 'fail' && outcome.error];
}

const TRANSACTIONS = datatypes.filter(({ functions }) => functions.txn?.micro).map(({ name }) => name);

describe.each(TRANSACTIONS)('a transaction of a %s', (type) => {
  it('is refused with its line where it completes as another one', () => {
    let refused = 0;
    for (let seed = 0; seed < 4 * RUNS; seed++) {
      const draw = draws(seed);
      const operations = drawOperations(seed, type).filter(({ f, outcome }) => f === 'txn' && outcome.type === 'ok');
      const victim = operations[below(draw, operations.length)];
      if (!victim) continue;
      const text = linesOf(operations, (one) => (one === victim ? altered(one, draw) : plain(one, draw, type)));
      const { history, lineOf } = readHistory(text);
      let error: unknown;
      try {
        prepare(history, { type });
      } catch (thrown) {
        error = thrown;
      }
      expect(error, text).toBeInstanceOf(HistoryError);
      const { operation } = error as HistoryError;
      expect(operation).toBe(victim.start);
      expect(text.split('\n')[(lineOf?.(operation!) ?? 0) - 1]).toContain('"type":"ok"');
      refused++;
    }
    expect(refused).toBeGreaterThan(RUNS);
  });

  it('may have any function', () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const operations = drawOperations(seed, type).filter(({ f }) => f === 'txn');
      const spell = (one: Drawn, f: string) => ({ ...plain(one, draws(seed), type), f });
      const names = ['move', 'transfer', 'txn'];
      const once = linesOf(operations, (one) => spell(one, 'txn'));
      const other = linesOf(operations, (one) => spell(one, names[one.start % 3]!));
      expect(verdicts(other, type)).toEqual(verdicts(once, type));
    }
  });
});

describe('a completion that nothing explains', () => {
  const problem = (invoked: object, completed: object, type: string): HistoryError | undefined => {
    const line = (kind: string, more: object) => `${JSON.stringify({ process: 0, type: kind, ...more })}\n`;
    try {
      prepare(readHistory(line('invoke', invoked) + line('ok', completed)).history, { type });
      return undefined;
    } catch (error) {
      return error as HistoryError;
    }
  };
  it.each([
    ['register', 'write', 1, 2, /a write of a register was asked for 1 and completes with 2/],
    ['register', 'cas', [1, 2], [1, 3], /was asked for \[1,2\] and completes with \[1,3\]/],
    ['register', 'cas', [1, 2], 1, /returned the number 1, which does not say whether it took effect.*"mismatch"/],
    ['mutex', 'acquire', null, 0, /returned the number 0.*"held"/],
    ['queue', 'dequeue', 'jobs', 5, /takes nothing: "jobs" is neither null nor what it returned/],
    ['lin-set', 'contains', 3, 3, /returns true or false, and 3 alone does not say which of them it is/],
    ['unique-ids', 'generate', null, null, /returns an identifier, which is not null, and not null/],
    ['counter', 'read', null, 'many', /returns a number, and not "many"/],
    ['set-full', 'read', null, 5, /returns a list/],
    ['log', 'poll', [['poll']], 7, /completes as another transaction/],
    ['lease-lock', 'acquire', { ttlMs: 1 }, 'odd', /returns a number or \{ token: a number \} or null, and not "odd"/],
    ['rw-register', 'txn', [['r', 'x', null]], null, /says nothing of what it read/],
  ])('is refused: %s %s', (type, f, invoked, completed, says) => {
    const error = problem({ f, value: invoked }, { f, value: completed }, type);
    expect(error).toBeInstanceOf(HistoryError);
    expect(error?.message).toMatch(says);
    expect(error?.operation).toBe(0);
  });
  it.each([
    ['register', 'write', null, 3],
    ['lin-set', 'add', 1, 1],
    ['counter', 'add', 2, 7],
    ['queue', 'enqueue', 1, 'OK'],
    ['stack', 'push', 1, true],
    ['mutex', 'acquire', null, true],
    ['cache', 'get', null, null],
    ['rw-register', 'txn', [['w', 'x', 1]], null],
    ['log', 'send', [['send', 'x', 1]], [['send', 'x', [4, 1]]]],
  ])('is none: %s %s', (type, f, invoked, completed) => {
    expect(problem({ f, value: invoked }, { f, value: completed }, type)).toBeUndefined();
  });
});

it('a completion without an invocation, in a file that has others, may have begun at any time after its process was free', () => {
  const line = (index: number, event: object) => `${JSON.stringify({ index, ...event })}\n`;
  const text = [
    line(0, { process: 0, type: 'invoke', f: 'write', value: 1 }),
    line(1, { process: 0, type: 'ok', f: 'write', value: 1 }),
    line(2, { process: 1, type: 'invoke', f: 'write', value: 2 }),
    line(3, { process: 1, type: 'ok', f: 'write', value: 2 }),
    line(4, { process: 0, type: 'ok', f: 'read', value: 1 }),
    line(5, { process: 2, type: 'ok', f: 'read', value: null }),
  ].join('');
  const { history } = prepare(readHistory(text).history);
  expect([...history].map(({ process, f, start, end }) => [process, f, start, end])).toEqual([
    [2, 'read', 0, 7],
    [0, 'write', 1, 2],
    [0, 'read', 3, 6],
    [1, 'write', 4, 5],
  ]);
  expect(judge(history).valid).toBe(true);
});

/** A completion with a micro-operation less or more, of another kind, key or value. */
function altered(operation: Drawn, draw: Draw): Spelled {
  const done = (operation.outcome as { output: readonly (readonly unknown[])[] }).output;
  const at = below(draw, done.length);
  const mop = done[at] as readonly unknown[];
  const others: (readonly (readonly unknown[])[])[] = [done.slice(0, at), [...done, mop]];
  if (mop[0] !== 'poll') others.push(done.with(at, [mop[0] === 'r' ? 'w' : 'r', mop[1], 99]));
  if (mop[0] !== 'poll') others.push(done.with(at, [mop[0], 'z', mop[2]]));
  if (mop[0] === 'w' || mop[0] === 'append' || mop[0] === 'send') others.push(done.with(at, [mop[0], mop[1], 'other']));
  return { invoked: operation.input, completed: pick(draw, others), type: 'ok' };
}
