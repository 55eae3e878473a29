import { analyseRows, type History, historyOf, judge, type Operation, rowRules } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { rowModelsThatHold } from './row-definitions.ts';
import { rowHistory } from './row-histories.ts';

const MODELS = Object.keys(rowRules);

/** How many small histories are judged both ways; a longer run is `npm run fuzz -- --only rows`. */
const HISTORIES = 1_500;

/** Models of which the checker and the definition say something else. */
function differences(history: History, held: ReadonlySet<string>, count: Map<string, number>): string[] {
  const said = analyseRows(history);
  const strict = judge(history, { type: 'predicate-registers', model: 'strict-serializable' }).valid;
  const wrong = strict === held.has('strict-serializable') ? [] : [`strict-serializable is ${strict} by search`];
  for (const model of MODELS) {
    const { type } = said(model);
    if (type !== (held.has(model) ? 'valid' : 'invalid')) wrong.push(`${model} is ${type}`);
    count.set(`${model} ${type}`, (count.get(`${model} ${type}`) ?? 0) + 1);
  }
  return wrong;
}

describe('rows read by predicate', () => {
  it('have the models of their definition', () => {
    const count = new Map<string, number>();
    let tried = 0;
    for (let seed = 0; seed < HISTORIES; seed++) {
      const c = chance(seed);
      const history = rowHistory(c, 3 + c.int(2), { repeats: seed % 4 === 0, mops: 3 });
      const held = rowModelsThatHold(history);
      if (!held) continue;
      tried++;
      expect(differences(history, held, count), `seed ${seed}: ${JSON.stringify([...history])}`).toEqual([]);
    }
    expect(tried).toBeGreaterThan(HISTORIES * 0.8);
    for (const model of MODELS)
      for (const type of ['valid', 'invalid'])
        expect(count.get(`${model} ${type}`), `${model} ${type}`).toBeGreaterThan(10);
  });
});

/** Transactions at the same time. */
function together(...txns: readonly (readonly unknown[])[]) {
  return historyOf(
    txns.map((output, i): Operation => {
      const input = (output as unknown[][]).map((mop) =>
        mop[0] === 'r' || mop[0] === 'rp' ? [mop[0], mop[1], null] : mop,
      );
      const times = { start: i, end: 10 + i, startNs: i, endNs: 10 + i };
      return { process: i, f: 'txn', input, outcome: { type: 'ok', output }, ...times } as unknown as Operation;
    }),
  );
}

describe('a phantom', () => {
  const phantom = together(
    [
      ['rp', ['mod', 2, 1], {}],
      ['insert', 'x', 1],
    ],
    [
      ['rp', ['mod', 2, 1], {}],
      ['insert', 'y', 3],
    ],
  );

  it('is allowed by repeatable read and not by serializability, and the cycle names its rows', () => {
    const { models, anomalies, strongest } = judge(phantom, { type: 'predicate-registers' });
    expect(models).toMatchObject({ 'repeatable-read': true, 'snapshot-isolation': true, serializable: false });
    expect(strongest).toContain('repeatable-read');
    expect(anomalies[0]).toMatchObject({
      name: 'G2',
      operations: [0, 1],
      cycle: [
        { kind: 'rwp', from: 1, to: 0, key: 'x' },
        { kind: 'rwp', from: 0, to: 1, key: 'y' },
      ],
      steps: [
        'operation 1 saw no row x with ["mod",2,1], and operation 0 wrote x = 1',
        'operation 0 saw no row y with ["mod",2,1], and operation 1 wrote y = 3',
      ],
    });
  });

  it('needs rows that match: what the predicate does not ask for is no phantom', () => {
    const apart = together(
      [
        ['rp', ['mod', 2, 0], {}],
        ['insert', 'x', 1],
      ],
      [
        ['rp', ['mod', 2, 0], {}],
        ['insert', 'y', 3],
      ],
    );
    expect(judge(apart, { type: 'predicate-registers', model: 'strict-serializable' }).valid).toBe(true);
  });
});

describe('a read by predicate', () => {
  it('of what was aborted, replaced or never so is named', () => {
    const aborted = historyOf([
      ...together([['rp', 'true', { x: 1 }]]),
      {
        process: 7,
        f: 'txn',
        input: [['insert', 'x', 1]],
        outcome: { type: 'fail', error: 'no' },
        start: 5,
        end: 6,
        startNs: 5,
        endNs: 6,
      } as unknown as Operation,
    ]);
    const names = (history: Parameters<typeof judge>[0], model: string) =>
      judge(history, { type: 'predicate-registers', model }).anomalies.map(({ name }) => name);
    expect(names(aborted, 'read-committed')).toEqual(['G1a']);
    expect(names(aborted, 'read-uncommitted')).toEqual([]);
    const replaced = together(
      [['rp', 'true', { x: 1 }]],
      [
        ['insert', 'x', 1],
        ['w', 'x', 2],
      ],
    );
    expect(names(replaced, 'read-committed')).toEqual(['G1b']);
    expect(names(together([['rp', ['=', 2], { x: 1 }]], [['insert', 'x', 1]]), 'read-uncommitted')).toEqual([
      'garbage-read',
    ]);
    const missed = judge(together([['rp', 'true', {}]]), {
      type: 'predicate-registers',
      initial: { x: 1 },
      model: 'read-uncommitted',
    });
    expect(missed.anomalies.map(({ name }) => name)).toEqual(['predicate-read-miss']);
  });
});
