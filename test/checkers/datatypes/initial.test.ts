import { datatypes, judge, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';

interface Call {
  readonly f: string;
  readonly value: unknown;
  readonly returns?: unknown;
  readonly key?: string;
}

function historyOf(calls: readonly Call[]) {
  const events = calls.flatMap(({ f, value, returns, key }) => [
    { process: 0, type: 'invoke', f, key, value },
    { process: 0, type: 'ok', f, key, value: returns ?? value },
  ]);
  return readHistory(events.map((event) => `${JSON.stringify(event)}\n`).join('')).history;
}

const read = (returns: unknown, key?: string): Call => ({ f: 'read', value: null, returns, ...(key ? { key } : {}) });
const txn = (...mops: readonly (readonly unknown[])[]): Call => ({
  f: 'txn',
  value: mops.map((mop) => (mop[0] === 'r' ? ['r', mop[1], null] : mop)),
  returns: mops,
});

/** By datatype: an initial value, a history that it explains, and one that it refutes. */
const TABLE: Readonly<Record<string, readonly (readonly [initial: unknown, right: Call[], wrong: Call[]])[]>> = {
  register: [
    [0, [read(0), { f: 'write', value: 5 }, read(5)], [{ f: 'write', value: 5 }, read(null)]],
    ['x', [{ f: 'cas', value: ['x', 'y'] }, read('y')], [read(null)]],
  ],
  kv: [['ab', [{ f: 'get', value: null, returns: 'ab' }], [{ f: 'get', value: null, returns: '' }]]],
  'multi-register': [[{ x: 0, y: 1 }, [txn(['r', 'x', 0], ['r', 'y', 1])], [txn(['r', 'x', null])]]],
  'rw-register': [
    [0, [txn(['r', 'x', 0]), txn(['w', 'x', 1], ['r', 'y', 0])], [txn(['r', 'x', null])]],
    [{ x: 5, 1: 6 }, [txn(['r', 'x', 5], ['r', 1, 6], ['r', 'z', null])], [txn(['r', 'x', null])]],
    [{ x: 5 }, [txn(['w', 'x', 7]), txn(['r', 'x', 7])], [txn(['w', 'x', 7]), txn(['r', 'x', 5])]],
  ],
  counter: [[10, [read(10), { f: 'add', value: 2 }, read(12)], [read(0)]]],
  set: [
    [
      [1, 2],
      [{ f: 'add', value: 3 }, read([1, 2, 3])],
      [{ f: 'add', value: 3 }, read([3])],
    ],
  ],
  'lin-set': [[[1], [read([1]), { f: 'remove', value: 1 }, read([])], [read([])]]],
  queue: [[[1, 2], [{ f: 'dequeue', value: null, returns: 1 }], [{ f: 'dequeue', value: null, returns: 2 }]]],
  'unordered-queue': [[[1], [{ f: 'dequeue', value: null, returns: 1 }], [{ f: 'dequeue', value: null, returns: 9 }]]],
  'priority-queue': [
    [[1, 2], [{ f: 'dequeue', value: null, returns: 2 }], [{ f: 'dequeue', value: null, returns: 1 }]],
  ],
  stack: [[[1, 2], [{ f: 'pop', value: null, returns: 2 }], [{ f: 'pop', value: null, returns: 1 }]]],
  list: [[['a', 'b'], [read(['a', 'b'])], [read(['b', 'a'])]]],
  mutex: [
    [
      true,
      [
        { f: 'release', value: null },
        { f: 'acquire', value: null },
      ],
      [{ f: 'acquire', value: null }],
    ],
  ],
  semaphore: [
    [
      2,
      [
        { f: 'acquire', value: null },
        { f: 'acquire', value: null },
      ],
      [
        { f: 'acquire', value: null },
        { f: 'acquire', value: null },
        { f: 'acquire', value: null },
      ],
    ],
  ],
  bank: [[{ a: 5, b: 5 }, [read({ a: 3, b: 7 })], [read({ a: 5, b: 6 })]]],
  'predicate-registers': [[{ x: 1 }, [txn(['r', 'x', 1])], [txn(['r', 'x', null])]]],
};

describe.each(Object.entries(TABLE))('the initial value of a %s', (type, rows) => {
  it.each(rows)('%j explains what it explains, and nothing else', (initial, right, wrong) => {
    const known = judge(historyOf(right), { type, initial });
    expect(known.valid, JSON.stringify(known)).toBe(true);
    const refuted = judge(historyOf(wrong), { type, initial });
    expect(refuted.valid).toBe(false);
    expect(refuted.anomalies.length).toBeGreaterThan(0);
    for (const { operations, message, steps } of refuted.anomalies) {
      for (const start of operations) expect(start).toBeGreaterThanOrEqual(0);
      expect([message, ...steps].join(' ')).not.toMatch(/process 1\b|undefined/);
    }
  });

  it('is no more than it says: without it the verdict is another one', () => {
    // The first read of a bank tells its sum where nothing else does.
    const valid = rows.map(([, right]) => judge(historyOf(right), { type }).valid);
    expect(valid.some((one) => one !== true)).toBe(type !== 'bank');
  });
});

it('is refused where a datatype has none, and where it is none of the datatype', () => {
  for (const { name, initial } of datatypes) {
    expect(initial !== undefined, name).toBe(Object.hasOwn(TABLE, name));
    if (!initial) expect(() => judge(historyOf([]), { type: name, initial: 1 })).toThrow(/has no initial value/);
  }
  expect(() => judge(historyOf([read(0)]), { type: 'counter', initial: 'x' })).toThrow(/is a number, and not "x"/);
});
