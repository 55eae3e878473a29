/**
 * Counterexamples stand alone: the operations that an anomaly names, with what they read
 * of others blanked, break the model by its definition, and show an anomaly of the same name.
 */
import { type Anomaly, analyse, type History, historyOf, NEVER, type Operation } from 'elle-ts';
import { describe, expect, it, test } from 'vitest';
import { alone } from './alone.ts';
import { type Assumption, assumedVersions } from './assumed-versions.ts';
import { definitions, modelsThatHold, oddities } from './definitions.ts';
import { randomHistory } from './random-transactions.ts';

const text = (history: History): string =>
  [...history]
    .map(
      ({ process, start, end, outcome, input }) =>
        `${process} [${start},${end === NEVER ? '' : end}] ${outcome.type} ${JSON.stringify(outcome.type === 'ok' ? outcome.output : input)}`,
    )
    .join('\n');

interface Found {
  readonly model: string;
  readonly anomaly: Anomaly;
}

/** Every anomaly of every model that has a definition for these operations. */
function foundIn(history: History, assume: Assumption): Found[] {
  const analysis = analyse(history, assume);
  return Object.keys(definitions).flatMap((model) => {
    const verdict = analysis.verdict(model);
    return verdict.type === 'invalid' ? verdict.anomalies.map((anomaly) => ({ model, anomaly })) : [];
  });
}

/** Whether the definition of a model says nothing of a history. */
function isUndefined(model: string, history: History): boolean {
  const { internal, committed } = definitions[model] as { internal: boolean; committed: boolean };
  const odd = oddities(history);
  return (!internal && odd.has('internal')) || (!committed && odd.has('incompatible'));
}

function checkAlone(history: History, { model, anomaly }: Found, assume: Assumption): boolean {
  const part = alone(history, new Set(anomaly.operations));
  const said = (): string =>
    `${model}: ${anomaly.name}: ${anomaly.message}\n${anomaly.steps.join('\n')}\nof\n${text(history)}\nalone\n${text(part)}`;
  for (const start of anomaly.operations)
    if (!new RegExp(`operation ${start}\\b`).test([anomaly.message, ...anomaly.steps].join('\n')))
      expect.fail(`operation ${start} is in no sentence of ${said()}`);
  checkCycle(anomaly, said);
  if (isUndefined(model, part)) return false;
  if (modelsThatHold(part, assumedVersions(assume)).has(model)) expect.fail(`these operations alone are ${said()}`);
  return true;
}

/** What is no cycle of transactions. */
const NO_CYCLE = /^(G1a|G1b|internal|incompatible-order|duplicate-elements|garbage-read|dirty-update|future-read)$/;

/**
 * A cycle is closed, and its sentences and operations are those
 * of the anomaly; an anomaly without a cycle carries none.
 */
function checkCycle({ name, message, cycle, operations, steps }: Anomaly, said: () => string): void {
  const isOpen = message.startsWith('whatever the order');
  const isCycle = isOpen ? cycle !== undefined : !NO_CYCLE.test(name);
  if (isCycle === (cycle === undefined) && name !== 'cyclic-versions') expect.fail(`is it a cycle? ${said()}`);
  if (!cycle) return;
  const ends = cycle.map(({ to }) => to);
  const begins = cycle.map(({ from }) => from);
  const closed =
    ends.every((end, at) => end === begins[(at + 1) % begins.length]) && new Set(begins).size === begins.length;
  const named = cycle.flatMap(({ from, to, via = [] }) => [from, to, ...via]);
  const told = cycle.every(({ via = [], from, to }) => !via.includes(from) && !via.includes(to));
  if (cycle.length < 2 || !closed || !told) expect.fail(`no closed cycle: ${JSON.stringify(cycle)} of ${said()}`);
  expect([...new Set(named)].sort()).toEqual([...operations].sort());
  expect(steps.length).toBeGreaterThanOrEqual(cycle.length);
}

const ASSUMED: readonly Assumption[] = [{ linearizableKeys: true }, { sequentialKeys: true }, { wfrKeys: true }];
const KINDS = [
  { lists: true, assume: {}, seeds: 500 },
  { lists: false, assume: {}, seeds: 600 },
  ...ASSUMED.map((assume) => ({ lists: false, assume, seeds: 200 })),
];

describe('every anomaly of transactions stands alone', () => {
  it.each(KINDS)('lists: $lists, assuming $assume', ({ lists, assume, seeds }) => {
    const names = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed++) {
      const shape = { lists, txns: 4 + (seed % 4), keys: 1 + (seed % 3), mops: 3, processes: 3 };
      const history = randomHistory(seed, shape);
      const seen = new Set<string>();
      for (const found of foundIn(history, assume)) {
        const id = `${found.model} ${found.anomaly.name} ${found.anomaly.operations}`;
        if (seen.has(id)) continue;
        seen.add(id);
        if (checkAlone(history, found, assume)) names.set(found.anomaly.name, (names.get(found.anomaly.name) ?? 0) + 1);
      }
    }
    expect(names.size).toBeGreaterThan(12);
    expect([...names.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(seeds);
  });
});

const txn = (process: number, at: number, ...output: unknown[]): Operation =>
  ({
    process,
    f: 'txn',
    input: output,
    start: 2 * at,
    end: 2 * at + 1,
    startNs: 0,
    endNs: 0,
    outcome: { type: 'ok', output },
  }) as unknown as Operation;

test('what came by way of others is told with the others', () => {
  const history = historyOf([
    txn(1, 0, ['w', 1, 1], ['w', 1, 2], ['r', 1, 2]),
    txn(0, 1, ['r', 1, 2], ['w', 1, 3], ['w', 1, 4], ['w', 1, 5]),
    txn(1, 2, ['r', 1, 5], ['r', 1, 5]),
    txn(0, 3, ['w', 1, 6], ['r', 1, 6]),
    txn(1, 4, ['r', 1, 2], ['w', 1, 7]),
  ]);
  const verdict = analyse(history).verdict('causal');
  expect(verdict.type).toBe('invalid');
  if (verdict.type !== 'invalid') return;
  const { name, cycle, operations } = verdict.anomalies[0];
  expect(name).toBe('causality-violation-process');
  expect(operations).toEqual([0, 2, 4, 8]);
  expect(cycle).toEqual([
    { from: 0, to: 2, kind: 'wr', key: '1', why: 'T1 is before T2: T2 read 1 = 2, which T1 wrote' },
    {
      from: 2,
      to: 0,
      kind: 'seen',
      key: '1',
      why: 'T2 is before T1: operation 8 had seen T2, which writes 1, and yet read 1 = 2 from T1; operation 4 read 1 = 5, which T2 wrote; process 1 made operation 4 and then operation 8',
      via: [4, 8],
    },
  ]);
});
