/** The calls of small histories of each datatype of single objects that is judged against more than one model. */
import { type Alphabet, subsetsOf } from './objects.ts';

const distinct = (values: readonly unknown[]): unknown[] => [...new Set(values)];

const container = (add: string, remove: string): Alphabet => ({
  calls: [{ f: add, input: 'new' }, { f: remove }],
  outputs: (f, given) => (f === remove ? [null, ...given(add)] : [null]),
  keys: 0,
});

const growing: Alphabet = {
  calls: [{ f: 'add', input: 'new' }, { f: 'read' }],
  outputs: (f, given) => (f === 'read' ? subsetsOf(given('add')) : [null]),
  keys: 0,
};

const locks: Alphabet = { calls: [{ f: 'acquire' }, { f: 'release' }], keys: 0 };

const sums = (f: string, given: (f: string) => readonly unknown[]): unknown[] =>
  f === 'read' ? Array.from({ length: given('add').length + 2 }, (_, sum) => sum) : [null];

const counters: Alphabet = { calls: [{ f: 'add', input: [1] }, { f: 'read' }], outputs: sums, keys: 0 };

/** With removals of what was added: reads show any of it. */
const elements: Alphabet = {
  calls: [{ f: 'add', input: 'new' }, { f: 'remove', input: [1] }, { f: 'read' }],
  outputs: (f, given) => (f === 'read' ? subsetsOf(given('add')) : [null]),
  keys: 0,
  nodes: true,
};

const lastWrites: Alphabet = {
  calls: [{ f: 'write', input: 'new' }, { f: 'read' }],
  outputs: (f, given) => (f === 'read' ? [null, ...given('write')] : [null]),
  keys: 0,
  nodes: true,
};

/** The micro-operations of a transaction with all that its reads may show. */
const shownBy = (input: unknown, shown: (kind: string) => readonly unknown[]): unknown[][] =>
  (input as readonly (readonly [string, unknown, unknown?])[]).reduce<unknown[][]>(
    (some, mop) =>
      some.flatMap((done) =>
        mop[0] === 'r' || mop[0] === 'rp'
          ? shown(mop[0]).map((value) => [...done, [mop[0], mop[1], value]])
          : [[...done, mop]],
      ),
    [[]],
  );

/** By datatype. */
export const alphabets: Readonly<Record<string, Alphabet>> = {
  register: {
    calls: [{ f: 'write', input: 'new' }, { f: 'read' }],
    outputs: (f, given) => (f === 'read' ? [null, ...given('write')] : [null]),
    keys: 2,
  },
  kv: {
    calls: [{ f: 'put', input: ['a'] }, { f: 'append', input: ['b'] }, { f: 'get' }],
    outputs: (f) => (f === 'get' ? ['', 'a', 'b', 'ab'] : [null]),
    keys: 1,
  },
  'multi-register': {
    calls: [
      {
        f: 'txn',
        input: [
          [['w', 'x', 1]],
          [['w', 'y', 1]],
          [
            ['w', 'x', 2],
            ['w', 'y', 2],
          ],
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
        ],
      },
    ],
    outputs: (_, __, input) => shownBy(input, () => [null, 1, 2]),
    keys: 0,
  },
  'predicate-registers': {
    calls: [
      {
        f: 'txn',
        input: [
          [['insert', 'x', 1]],
          [['delete', 'x']],
          [['rp', 'true', null]],
          [
            ['rp', 'true', null],
            ['r', 'x', null],
          ],
          [
            ['rp', 'true', null],
            ['insert', 'x', 1],
          ],
          [
            ['rp', 'true', null],
            ['insert', 'y', 2],
          ],
          [
            ['r', 'x', null],
            ['insert', 'y', 2],
          ],
          [
            ['r', 'y', null],
            ['insert', 'x', 1],
          ],
        ],
      },
    ],
    outputs: (_, __, input) =>
      shownBy(input, (kind) => (kind === 'r' ? [null, 1, 2] : [{}, { x: 1 }, { y: 2 }, { x: 1, y: 2 }])),
    keys: 0,
  },
  counter: counters,
  queue: container('enqueue', 'dequeue'),
  'unordered-queue': container('enqueue', 'dequeue'),
  'priority-queue': container('enqueue', 'dequeue'),
  stack: container('push', 'pop'),
  set: growing,
  'set-full': growing,
  'lin-set': {
    calls: [{ f: 'add', input: [1] }, { f: 'remove', input: [1] }, { f: 'contains', input: [1] }, { f: 'read' }],
    outputs: (f, given) =>
      f === 'read' ? subsetsOf(distinct(given('add'))) : f === 'contains' ? [false, true] : [null],
    keys: 0,
  },
  mutex: locks,
  semaphore: locks,
  'lease-lock': {
    calls: [
      { f: 'acquire', input: [null, { ttlMs: 1 }] },
      { f: 'release' },
      { f: 'use', input: [{ token: 1 }, { token: 2 }] },
    ],
    outputs: (f) => (f === 'acquire' ? [{ token: 1 }, { token: 2 }] : [null]),
    keys: 0,
  },
  'g-counter': { ...counters, nodes: true },
  'replicated-counter': { ...counters, nodes: true },
  'pn-counter': { ...counters, nodes: true },
  'g-set': { ...growing, nodes: true },
  '2p-set': elements,
  'or-set': elements,
  'lww-register': lastWrites,
  'lww-map': { ...lastWrites, keys: 1 },
  'mv-register': {
    calls: [{ f: 'write', input: 'new' }, { f: 'read' }],
    outputs: (f, given) => (f === 'read' ? subsetsOf(given('write')) : [null]),
    keys: 0,
    nodes: true,
  },
  list: {
    calls: [
      {
        f: 'insert',
        input: [
          { value: 1, after: null },
          { value: 2, after: 1 },
        ],
      },
      { f: 'read' },
    ],
    outputs: (f) => (f === 'read' ? [[], [1], [1, 2]] : [null]),
    keys: 0,
    nodes: true,
  },
};
