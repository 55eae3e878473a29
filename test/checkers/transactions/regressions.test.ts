/** Histories of transactions on which other tools are wrong, or disagree, with our verdicts. */
import { analyse, datatypes, HistoryBuilder, judge, modelNames, readHistory, transactional } from 'elle-ts';
import { describe, expect, it, test } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { randomHistory } from './random-transactions.ts';

type Mop = readonly [f: string, key: string | number, value: unknown];

/**
 * Transactions as [process, micro-operations, how they ended], one after another unless `at` says from when to when.
 */
interface Txn {
  readonly by: number;
  readonly mops: readonly Mop[];
  readonly ended?: 'ok' | 'info' | 'fail';
  readonly at?: readonly [start: number, end: number];
}

function historyOf(...txns: readonly Txn[]): HistoryBuilder {
  const history = new HistoryBuilder();
  const events = txns.flatMap(({ at: [start, end] = [0, 0], ...txn }, i) => {
    const placed = end > 0 ? [start, end] : [2 * i, 2 * i + 1];
    return [
      { txn, i, time: placed[0] as number, begins: true },
      { txn, i, time: placed[1] as number, begins: false },
    ];
  });
  const rows: number[] = [];
  for (const [index, { txn, i, begins }] of events.sort((a, b) => a.time - b.time).entries()) {
    const { by, mops, ended = 'ok' } = txn;
    if (begins) {
      const input = mops.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
      rows[i] = history.invoke(index, index, by, { f: 'txn', input });
    } else if (ended === 'ok') history.complete(rows[i] as number, index, index, { type: 'ok', output: mops });
    else history.complete(rows[i] as number, index, index, { type: ended, error: 'timeout' });
  }
  return history;
}

const modelsOf = (history: HistoryBuilder, type: string) => judge(history, { type }).models;

describe('where dbcop, Plume and AWDIT disagree', () => {
  it('a transaction may read one version twice: dbcop calls that no read committed', () => {
    const { history } = readHistory('w(0,1,1,1)\nr(0,1,1,2)\nr(0,1,1,2)\n');
    expect(judge(history, { initial: 0 })).toMatchObject({ type: 'rw-register', valid: true });
  });

  it('a write and the initial value of its neighbour are a fractured read, and read committed all the same', () => {
    const both: Txn = {
      by: 0,
      mops: [
        ['w', 'x', 1],
        ['w', 'y', 1],
      ],
      at: [0, 9],
    };
    const written = historyOf(both, {
      by: 1,
      mops: [
        ['r', 'x', 1],
        ['r', 'y', null],
      ],
      at: [1, 8],
    });
    expect(modelsOf(written, 'rw-register')).toMatchObject({
      'read-committed': true,
      'monotonic-atomic-view': false,
      'read-atomic': false,
    });
    // The other way round nothing had been seen of the writer yet when the old value was read.
    const before = historyOf(both, {
      by: 1,
      mops: [
        ['r', 'y', null],
        ['r', 'x', 1],
      ],
      at: [1, 8],
    });
    expect(modelsOf(before, 'rw-register')).toMatchObject({ 'monotonic-atomic-view': true, 'read-atomic': false });
  });

  it('two values of one key in one transaction are read committed, and not read atomic', () => {
    const history = historyOf(
      { by: 0, mops: [['w', 'x', 1]], at: [0, 9] },
      { by: 1, mops: [['w', 'x', 2]], at: [1, 8] },
      {
        by: 2,
        mops: [
          ['r', 'x', 1],
          ['r', 'x', 2],
        ],
        at: [2, 7],
      },
    );
    expect(modelsOf(history, 'rw-register')).toMatchObject({ 'read-committed': true, 'read-atomic': false });
  });
});

describe('what Elle misses', () => {
  it('an element that nobody appended is an anomaly with a name, and no failed assertion', () => {
    const history = historyOf({ by: 0, mops: [['append', 'x', 1]] }, { by: 1, mops: [['r', 'x', [1, 7]]] });
    const { valid, anomalies } = judge(history, { type: 'list-append', model: 'read-uncommitted' });
    expect({ valid, names: anomalies.map(({ name }) => name) }).toEqual({ valid: false, names: ['garbage-read'] });
    const read = historyOf({ by: 0, mops: [['w', 'x', 1]] }, { by: 1, mops: [['r', 'x', 7]] });
    expect(judge(read, { model: 'read-uncommitted' }).anomalies[0]?.name).toBe('garbage-read');
  });

  it('a write that never returned is depended on by whoever read it', () => {
    const history = historyOf(
      {
        by: 0,
        mops: [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
        ended: 'info',
      },
      {
        by: 1,
        mops: [
          ['r', 'x', 1],
          ['r', 'y', null],
        ],
      },
    );
    expect(modelsOf(history, 'rw-register')).toMatchObject({ 'read-committed': true, 'snapshot-isolation': false });
  });

  it('a cycle of reads and the order of processes breaks the models of sessions, and those alone', () => {
    const history = historyOf(
      { by: 0, mops: [['r', 'y', [2]]] },
      { by: 0, mops: [['append', 'x', 1]] },
      { by: 1, mops: [['r', 'x', [1]]] },
      { by: 1, mops: [['append', 'y', 2]] },
    );
    expect(modelsOf(history, 'list-append')).toMatchObject({
      serializable: true,
      'strong-session-read-committed': false,
      causal: false,
    });
  });

  it('mixed kinds of elements are not taken for one another', () => {
    const history = historyOf(
      { by: 0, mops: [['append', 'x', 1]] },
      { by: 0, mops: [['append', 'x', '1']] },
      { by: 1, mops: [['r', 'x', [1, '1']]] },
    );
    expect(judge(history, { type: 'list-append' }).valid).toBe(true);
  });
});

test('a thousand transactions in real time have no cyclic versions under any assumption, where Elle finds some', () => {
  const random = chance(11);
  const state = new Map<number, number>();
  let written = 0;
  const txns = Array.from({ length: 1000 }, (_, i): Txn => {
    const mops = Array.from({ length: 1 + random.int(4) }, (): Mop => {
      const key = random.int(10);
      if (random.maybe(0.5)) return ['r', key, state.get(key) ?? null];
      state.set(key, ++written);
      return ['w', key, written];
    });
    // Each takes effect in the middle of an interval that overlaps those of its nine neighbours.
    return { by: i % 10, mops, at: [i * 10 - 44, i * 10 + 45] };
  });
  const history = historyOf(...txns);
  for (const assumed of [
    {},
    { linearizableKeys: true },
    { linearizableKeys: true, wfrKeys: true },
    { sequentialKeys: true },
  ])
    expect(judge(history, { type: 'rw-register', ...assumed })).toMatchObject({ valid: true, anomalies: [] });
});

test('a cycle through fifty thousand transactions overflows no stack, and is shown by what closes it', () => {
  const length = 50_000;
  const history = historyOf(
    ...Array.from({ length }, (_, i): Txn => {
      const before = (i + length - 1) % length;
      return {
        by: i,
        mops: [
          ['r', before, [before]],
          ['append', i, i],
        ],
        at: [i, 1_000_000 + i],
      };
    }),
  );
  const { valid, anomalies } = judge(history, { type: 'list-append', model: 'serializable' });
  expect(valid).toBe(false);
  expect(anomalies[0]?.name).toBe('G1c');
});

describe('a value that is written twice', () => {
  const twice = (f: string, read: unknown): HistoryBuilder =>
    historyOf(...Array.from({ length: 24 }, (_, i): Txn => ({ by: i, mops: [[f, `k${i % 12}`, 1]] })), {
      by: 30,
      mops: [['r', 'k3', read]],
    });

  it.each([
    ['w', 'rw-register', 1, 9],
    ['append', 'list-append', [1, 1], [1, 9]],
  ])('keeps no history from being judged: %s', (f, type, read, unwritten) => {
    expect(judge(twice(f, read), { type })).toMatchObject({ valid: true, strongest: ['strict-serializable'] });
    const { valid, anomalies } = judge(twice(f, unwritten), { type });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toEqual(['garbage-read']);
  });

  it('a read of what nobody wrote is an anomaly all the same where the key has no value twice', () => {
    const history = historyOf(
      { by: 0, mops: [['w', 'x', 1]] },
      { by: 1, mops: [['w', 'x', 1]] },
      { by: 2, mops: [['r', 'y', 7]] },
    );
    expect(judge(history, { type: 'rw-register' })).toMatchObject({
      valid: false,
      anomalies: [{ name: 'garbage-read' }],
    });
  });

  it.each(['linearizable', 'PRAM', 'cursor-stability', '1SR'])('%s is refused by name: no test decides it', (model) => {
    expect(() => analyse(new HistoryBuilder()).verdict(model)).toThrow(RangeError);
    expect(() => transactional(model)).toThrow(RangeError);
  });

  it('every model that can be named is decided', () => {
    for (const type of ['list-append', 'rw-register'])
      for (let seed = 0; seed < 60; seed++) {
        const shape = { lists: type === 'list-append', txns: 5, keys: 2, mops: 3, processes: 3 };
        expect(Object.values(judge(randomHistory(seed, shape), { type }).models)).not.toContain('unknown');
      }
  });
});

it.each(datatypes.map(({ name }) => name))('the models that can be named for %s are its own', (type) => {
  const history = new HistoryBuilder();
  for (const model of modelNames(type)) expect(judge(history, { type, model }).count).toBe(0);
});
