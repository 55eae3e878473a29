/** Transactions whose values repeat: decided as by trying every writer of every read, with least counterexamples. */
import { type Anomaly, analyse, type History, historyOf, type Operation, type Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { transactions } from '../../fuzz/transactions.ts';
import { modelsWithRepeats } from './repeated-values.ts';

type Mop = readonly [f: string, key: string, value: unknown];

const mopsOf = ({ input, outcome }: Operation): readonly Mop[] =>
  (outcome.type === 'ok' ? outcome.output : input) as unknown as readonly Mop[];

/** Some operations alone: what one that is left out may have written is read by nobody, and in no list. */
function alone(history: History, starts: ReadonlySet<number>): History {
  const id = (key: string, value: unknown): string => `${key} ${JSON.stringify(value)}`;
  const isWriter = ({ outcome }: Operation): boolean => outcome.type !== 'fail';
  const ids = (some: readonly Operation[]): Set<string> =>
    new Set(some.flatMap((one) => mopsOf(one).flatMap(([f, k, v]) => (f === 'r' ? [] : [id(k, v)]))));
  const happened = ids([...history].filter(isWriter));
  const initial = (value: unknown): boolean => value === null;
  const left = [...history].filter(({ start }) => !starts.has(start));
  const out = new Set([
    ...ids(left.filter(isWriter)),
    ...[...ids(left)].filter((one) => !happened.has(one) && !one.endsWith(' null')),
  ]);
  const seen = ([f, key, value]: Mop): Mop[] => {
    if (f === 'w') return [[f, key, value]];
    if (f === 'append') return out.has(id(key, value)) ? [] : [[f, key, value]];
    if (Array.isArray(value)) return [[f, key, value.filter((element) => !out.has(id(key, element)))]];
    return out.has(id(key, value)) && !(initial(value) && !happened.has(id(key, value))) ? [] : [[f, key, value]];
  };
  return historyOf(
    [...history].flatMap((operation): Operation[] => {
      if (!starts.has(operation.start)) return [];
      const mops = mopsOf(operation).flatMap(seen);
      const { outcome } = operation;
      const told = outcome.type === 'ok' ? { type: 'ok', output: mops } : outcome;
      return [{ ...operation, input: mops, outcome: told } as unknown as Operation];
    }),
    history,
  );
}

/** What is wrong with an anomaly as a proof: null, that it does not stand alone, or that there is a smaller one. */
function flawOf(history: History, model: string, { operations, message }: Anomaly): string | null {
  if (modelsWithRepeats(alone(history, new Set(operations)))[model] === true) return 'it does not break it by itself';
  const { type } = analyse(alone(history, new Set(operations))).verdict(model);
  if (type !== 'invalid') return `alone it is ${type}`;
  if (!message.startsWith('whichever')) return null;
  // What was never answered may be there to keep two sessions of one process apart.
  const hasSessions = model === 'causal' || model.includes('session');
  const separates = (operation: number): boolean =>
    hasSessions && [...history].some(({ start, outcome }) => start === operation && outcome.type === 'info');
  const needless = operations.find((operation) => {
    if (separates(operation)) return false;
    const fewer = alone(history, new Set(operations.filter((other) => other !== operation)));
    return [...fewer].length > 0 && modelsWithRepeats(fewer)[model] === false;
  });
  return needless === undefined ? null : `operation ${needless} is not needed`;
}

const subjects = transactions.filter(({ name }) => / that repeat$/.test(name));

const SHOWN_TWICE = Number(process.env.SHOWN_TWICE ?? 40);

interface Tally {
  valid: number;
  invalid: number;
  searched: number;
}

/** Compares one model of one history, and looks at the proof that it is broken. */
function compare(
  where: string,
  history: History,
  model: string,
  verdict: Verdict,
  defined: boolean,
  tally: Tally,
): void {
  if (verdict.type !== (defined ? 'valid' : 'invalid')) expect.fail(`${where}, ${model}: ${JSON.stringify(verdict)}`);
  tally[defined ? 'valid' : 'invalid']++;
  if (verdict.type !== 'invalid') return;
  const [anomaly] = verdict.anomalies;
  const flaw = flawOf(history, model, anomaly);
  if (flaw) expect.fail(`${where}, ${model}: ${flaw}: ${JSON.stringify(anomaly)}`);
  if (anomaly.message.startsWith('whichever')) tally.searched++;
}

/** The history with the first of several appends of an element failed that some list shows twice; null without one. */
function oneFailed(history: History): History | null {
  const twice = new Set(
    [...history].flatMap((operation) =>
      mopsOf(operation).flatMap(([, key, value]) =>
        Array.isArray(value)
          ? value.filter((element, at) => value.indexOf(element) < at).map((element) => `${key} ${String(element)}`)
          : [],
      ),
    ),
  );
  const failed = [...history].find(
    (operation) =>
      operation.outcome.type === 'ok' &&
      mopsOf(operation).some(([f, key, value]) => f === 'append' && twice.has(`${key} ${String(value)}`)),
  );
  if (!failed) return null;
  const told = { ...failed, outcome: { type: 'fail' } } as unknown as Operation;
  return historyOf(
    [...history].map((operation) => (operation === failed ? told : operation)),
    history,
  );
}

it('an element that is shown twice may be of one that failed', () => {
  const { draw, judge, truth } = subjects.find(({ name }) => name.includes('lists')) ?? expect.fail('no lists');
  const tally = { valid: 0, invalid: 0, searched: 0 };
  for (let seed = 0; seed < SHOWN_TWICE; seed++) {
    const history = oneFailed(draw(seed));
    if (!history) continue;
    const defined = truth(history);
    for (const [model, verdict] of Object.entries(judge(history)))
      if (defined[model] !== undefined) compare(`seed ${seed}`, history, model, verdict, defined[model], tally);
  }
  expect(tally.valid).toBeGreaterThan(SHOWN_TWICE / 20);
  expect(tally.invalid).toBeGreaterThan(SHOWN_TWICE / 20);
});

describe.each(subjects)('$name', ({ draw, judge, truth }) => {
  it('is decided as by definition, and each counterexample stands alone', () => {
    const tally = { valid: 0, invalid: 0, searched: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const history = draw(seed);
      const defined = truth(history);
      for (const [model, verdict] of Object.entries(judge(history)))
        if (defined[model] !== undefined) compare(`seed ${seed}`, history, model, verdict, defined[model], tally);
        else expect(verdict.type, `seed ${seed}, ${model}`).not.toBe('unknown');
    }
    expect(tally.valid).toBeGreaterThan(400);
    expect(tally.invalid).toBeGreaterThan(60);
    expect(tally.searched).toBeGreaterThan(1);
  });
});
