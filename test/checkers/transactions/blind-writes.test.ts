/**
 * The search for an order of blind writes: against every order tried, against itself with more and with less derived
 * beforehand, and every smallest set of transactions that it names judged alone.
 */
import {
  type Api,
  analyse,
  type History,
  historyOf,
  type Model,
  multiRegister,
  type Operation,
  type Verdict,
} from 'elle-ts';
import { describe, expect, it, test } from 'vitest';
import { bruteLinearizable, bruteSequential } from '../oracle/brute-force.ts';
import { alone } from './alone.ts';
import { blindHistory, hasSnapshots, shuffledHistory } from './blind-transactions.ts';

const registers = multiRegister as unknown as Model<Api, unknown>;
const apart = (history: History): History =>
  historyOf([...history].map((o, process): Operation => ({ ...o, process }) as Operation));

/** By trying every order; `snapshots` takes longer, so only the smaller histories have it. */
const DEFINITIONS: Readonly<Record<string, (history: History) => boolean>> = {
  'strict-serializable': (history) => bruteLinearizable(history, registers),
  'strong-session-serializable': (history) => bruteSequential(history, registers),
  serializable: (history) => bruteSequential(apart(history), registers),
  'strong-snapshot-isolation': (history) => hasSnapshots(history, 'real'),
  'strong-session-snapshot-isolation': (history) => hasSnapshots(history, 'session'),
  'snapshot-isolation': (history) => hasSnapshots(history, 'none'),
};

/** A short search alone, derivation and then a search, and both. */
const ENGINES = [{ early: 1e9 }, { early: 0 }, {}] as const;

const text = (history: History): string =>
  [...history]
    .map(({ process, start, end, outcome, input }) => JSON.stringify({ process, start, end, outcome, input }))
    .join('\n');

/** Judges one model of a history with every engine; all must say what the definition does. */
function compare(seed: number, model: string, history: History): Verdict {
  const expected = DEFINITIONS[model]?.(history) ? 'valid' : 'invalid';
  const verdicts = ENGINES.map((engine) => analyse(history, { ...engine, certificate: true }).verdict(model));
  for (const [at, verdict] of verdicts.entries())
    if (verdict.type !== expected)
      expect.fail(
        `seed ${seed}, ${JSON.stringify(ENGINES[at])}: ${model} is ${expected}, not ${JSON.stringify(verdict)}\n${text(history)}`,
      );
  return verdicts[0] as Verdict;
}

/** How many of a model's verdicts were each: a test of one kind alone would prove little. */
function counted(verdicts: readonly Verdict[]): { valid: number; invalid: number } {
  const valid = verdicts.filter(({ type }) => type === 'valid').length;
  return { valid, invalid: verdicts.length - valid };
}

describe('an order of blind writes is found where there is one, by every engine', () => {
  const serial = ['strict-serializable', 'strong-session-serializable', 'serializable'];
  const snapshot = ['strong-snapshot-isolation', 'strong-session-snapshot-isolation', 'snapshot-isolation'];
  const kinds = [
    ...serial.map((model) => ({ model, transactions: 9, seeds: 400 })),
    ...snapshot.map((model) => ({ model, transactions: 6, seeds: 400 })),
  ];
  it.each(kinds)('$model', ({ model, transactions, seeds }) => {
    const verdicts = Array.from({ length: seeds }, (_, seed) => {
      const shape = {
        transactions: transactions - (seed % 3),
        processes: 2 + (seed % 4),
        keys: 1 + (seed % 3),
        mops: 3,
      };
      return compare(seed, model, blindHistory(seed, shape));
    });
    const { valid, invalid } = counted(verdicts);
    // Hardly anything breaks snapshot isolation without time, but for lost updates.
    expect(Math.min(valid, invalid)).toBeGreaterThan(seeds / 25);
  });
});

test('three engines agree on histories of forty transactions, and every certificate is replayed', () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < 100; seed++) {
    const shape = { transactions: 25 + (seed % 25), processes: 4 + (seed % 9), keys: 1 + (seed % 3), mops: 3 };
    const history = blindHistory(seed, shape);
    for (const model of Object.keys(DEFINITIONS)) {
      const types = ENGINES.map((engine) => analyse(history, { ...engine, certificate: true }).verdict(model).type);
      if (new Set(types).size > 1)
        expect.fail(`seed ${seed}: ${model} is ${types.join(', ')} by the engines\n${text(history)}`);
      counts[types[0] as Verdict['type']]++;
    }
  }
  expect(counts.unknown).toBe(0);
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(100);
});

test.each(ENGINES)('an order is found where there was one, of 300 transactions that all overlap: $early', (engine) => {
  for (let seed = 0; seed < 10; seed++) {
    const history = shuffledHistory(seed, { transactions: 300, processes: 300, keys: 200, mops: 8 });
    const analysis = analyse(history, { ...engine, certificate: true });
    for (const model of ['serializable', 'snapshot-isolation', 'prefix'])
      expect({ seed, model, ...analysis.verdict(model) }).toMatchObject({ seed, model, type: 'valid' });
  }
});

/** What the search named, where it is what refuted the model. */
function coreOf(verdict: Verdict): readonly number[] | null {
  if (verdict.type !== 'invalid') return null;
  const [{ message, operations }] = verdict.anomalies;
  return message.startsWith('whatever the order') ? operations : null;
}

/** Holds that some transactions have no order, and the rest of them one without any of them. */
function checkMinimal(model: string, history: History, core: readonly number[], seed: number): void {
  const holds = DEFINITIONS[model] as (history: History) => boolean;
  const said = (part: History): string => `seed ${seed}: ${model}: ${core}\n${text(part)}\nof\n${text(history)}`;
  const part = alone(history, new Set(core));
  if (holds(part)) expect.fail(`has an order alone: ${said(part)}`);
  for (const left of core) {
    const fewer = alone(history, new Set(core.filter((start) => start !== left)));
    if (!holds(fewer)) expect.fail(`does not need ${left}: ${said(fewer)}`);
  }
}

test('what has no order has none by itself, and has one without any of its transactions', () => {
  const sizes = new Map<number, number>();
  for (let seed = 0; seed < 300; seed++) {
    const shape = { transactions: 10 + (seed % 20), processes: 3 + (seed % 5), keys: 1 + (seed % 3), mops: 3 };
    const history = blindHistory(seed, shape);
    for (const model of Object.keys(DEFINITIONS)) {
      const core = coreOf(analyse(history, ENGINES[seed % 3]).verdict(model));
      // All orders of more are too many to try.
      if (core === null || core.length > (model.includes('snapshot') ? 6 : 9)) continue;
      checkMinimal(model, history, core, seed);
      sizes.set(core.length, (sizes.get(core.length) ?? 0) + 1);
    }
  }
  expect([...sizes.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(60);
  expect(sizes.size).toBeGreaterThan(2);
});

const txn = (process: number, start: number, end: number, ...output: unknown[]): Operation =>
  ({
    ...{ process, start, end, f: 'txn', input: output, startNs: 0, endNs: 0 },
    outcome: { type: 'ok', output },
  }) as unknown as Operation;

test('who wrote what two others read is part of the reason, for without it neither comes before the other', () => {
  const history = historyOf([
    txn(0, 0, 2, ['w', 'x', 1]),
    txn(1, 1, 8, ['r', 'x', 1], ['w', 'y', 6]),
    txn(2, 3, 5, ['r', 'x', 1], ['w', 'x', 2], ['w', 'y', 5]),
    txn(3, 6, 9, ['r', 'y', 6]),
  ]);
  const verdict = analyse(history).verdict('strict-serializable');
  expect(coreOf(verdict)).toEqual([0, 1, 3, 6]);
  expect(verdict.type === 'invalid' && verdict.anomalies[0]).toEqual({
    name: 'G2-item-realtime',
    message:
      'whatever the order of their writes, these 4 transactions are not strict-serializable: each order closes a cycle of dependencies',
    steps: [
      'T1 is operation 0: write x = 1',
      'T2 is operation 1: read x = 1, write y = 6',
      'T3 is operation 3: read x = 1, write x = 2, write y = 5',
      'T4 is operation 6: read y = 6',
      'T2 wrote y before T3 did: otherwise T3 is before T2 (T2 wrote y = 6 after T3 wrote 5), before T3 (T2 read x = 1, which T1 wrote and T3 overwrote with 2)',
      'so T4 is before T3 (T4 read y = 6, which T2 wrote and T3 overwrote with 5), before T4 (T3 had ended when T4 began)',
    ],
    operations: [0, 1, 3, 6],
    cycle: [
      {
        from: 6,
        to: 3,
        kind: 'rw',
        key: 'y',
        via: [1, 0],
        why: 'T4 read y = 6, which T2 wrote and T3 overwrote with 5',
      },
      { from: 3, to: 6, kind: 'realtime', why: 'T3 had ended when T4 began' },
    ],
  });
});
