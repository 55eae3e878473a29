/** Small histories with the exit code that the definitions ask of `check`. */
import type { Row } from './write.ts';

/** A call and how it ended: by default `ok`, and with its input for an output. */
type Call = readonly [
  process: number,
  f: string,
  input: unknown,
  output?: unknown,
  kind?: 'ok' | 'fail' | 'info',
  error?: unknown,
];

/** Calls one after another. */
export const calls = (...made: readonly Call[]): Row[] =>
  made.flatMap(([process, f, input, output = input, kind = 'ok', error]): Row[] => [
    [process, 'invoke', f, input],
    [process, kind, f, output, error === undefined ? {} : { error }],
  ]);
const keyed = (key: string, rows: readonly Row[]): Row[] =>
  rows.map(([process, kind, f, value, more]) => [process, kind, f, value, { ...more, key }]);
/** A final read at the node of its process. */
const finally_ = (process: number, value: unknown): Row[] => [
  [process, 'invoke', 'read', null, { node: `n${process}`, 'final?': true }],
  [process, 'ok', 'read', value, { node: `n${process}`, 'final?': true }],
];

export const HELD = 0;
export const REFUTED = 1;
export const UNKNOWN = 2;
const BROKEN = 255;

interface Edge {
  readonly exit: number;
  readonly args: string;
  readonly rows: readonly Row[];
  readonly says?: string | RegExp;
}
const edge = (args: string, exit: number, rows: readonly Row[], says?: string | RegExp): Edge => ({
  args,
  exit,
  rows,
  ...(says === undefined ? {} : { says }),
});

const nobody: Row[] = [
  [0, 'invoke', 'acquire', null],
  [0, 'info', 'acquire', null],
];
export const edges: Readonly<Record<string, Edge>> = {
  'two locks, each under its key': edge(
    '--type mutex',
    HELD,
    calls([0, 'acquire', ['a', null]], [1, 'acquire', ['b', null]], [0, 'release', ['a', null]]),
  ),
  'one lock twice, under its key': edge(
    '--type mutex',
    REFUTED,
    calls([0, 'acquire', ['a', null]], [1, 'acquire', ['a', null]]),
  ),
  'two locks under keys, one refused with false': edge(
    '--type mutex',
    HELD,
    calls([0, 'acquire', ['a', null]], [1, 'acquire', ['b', null], true], [2, 'acquire', ['b', null], false]),
  ),
  'two leases, each under its key': edge(
    '--type lease-lock',
    HELD,
    calls([0, 'acquire', ['a', { ttlMs: 1e6 }], ['a', 1]], [1, 'acquire', ['b', { ttlMs: 1e6 }], ['b', 1]]),
  ),
  'one lease twice, under its key': edge(
    '--type lease-lock',
    REFUTED,
    calls([0, 'acquire', ['a', { ttlMs: 1e6 }], ['a', 1]], [1, 'acquire', ['a', { ttlMs: 1e6 }], ['a', 2]]),
  ),
  'two stacks under keys': edge(
    '--type stack',
    HELD,
    calls(
      [0, 'push', ['a', 1]],
      [0, 'push', ['b', 2]],
      [1, 'pop', ['a', null], ['a', 1]],
      [1, 'pop', ['b', null], ['b', 2]],
    ),
  ),
  'a stack under a key, out of order': edge(
    '--type stack',
    REFUTED,
    calls(
      [0, 'push', ['a', 1]],
      [0, 'push', ['a', 2]],
      [1, 'pop', ['a', null], ['a', 1]],
      [1, 'pop', ['a', null], ['a', 2]],
    ),
  ),
  'a stack of pairs that are no keys': edge(
    '--type stack',
    HELD,
    calls([0, 'push', ['a', 1]], [1, 'pop', null, ['a', 1]]),
  ),
  'another key is empty': edge(
    '--type queue',
    HELD,
    calls(
      [0, 'enqueue', ['a', 1]],
      [1, 'dequeue', ['b', null], ['b', null], 'fail', 'empty'],
      [1, 'dequeue', ['a', null], ['a', 1]],
    ),
  ),
  'a swap under a key that is acknowledged with true': edge(
    '--type register',
    HELD,
    calls([0, 'write', ['x', 1], true], [0, 'cas', ['x', [1, 2]], true], [1, 'read', ['x', null], ['x', 2]]),
  ),
  'a swap under a key that is refused with false though it matched': edge(
    '--type register',
    REFUTED,
    calls([0, 'write', ['x', 1], true], [0, 'cas', ['x', [1, 2]], false], [1, 'read', ['x', null], ['x', 1]]),
  ),
  'a write that was refused with false, and not seen': edge(
    '--type register',
    HELD,
    calls([0, 'write', 1, false], [1, 'read', null, null]),
  ),
  'a write that was refused with false, and seen': edge(
    '--type register',
    REFUTED,
    calls([0, 'write', 1, false], [1, 'read', null, 1]),
  ),
  'a swap that matched and failed with 22': edge(
    '--type register',
    REFUTED,
    calls([0, 'write', 1], [1, 'cas', [1, 2], [1, 2], 'fail', [22, 'expected 1']]),
  ),
  'a swap that matched and failed with a timeout': edge(
    '--type register',
    HELD,
    calls([0, 'write', 1], [1, 'cas', [1, 2], [1, 2], 'fail', 'timeout']),
  ),
  'a swap that matched and whose fate is unknown': edge(
    '--type register',
    HELD,
    calls([0, 'write', 1], [1, 'cas', [1, 2], [1, 2], 'info', 'mismatch']),
  ),
  'a swap that comes before the write in another session': edge(
    '--type register --model sequential',
    HELD,
    calls([0, 'write', 1], [1, 'cas', [1, 2], [1, 2], 'fail', 'mismatch']),
  ),
  'a swap that comes after the write in its own session': edge(
    '--type register --model sequential',
    REFUTED,
    calls([0, 'write', 1], [0, 'cas', [1, 2], [1, 2], 'fail', 'mismatch']),
  ),
  'a swap with a number for an answer': edge('--type register', BROKEN, calls([0, 'cas', [null, 2], 1]), 'mismatch'),
  'a lock that was free and called held in the words of Knossos': edge(
    '--type mutex',
    REFUTED,
    calls([0, 'acquire', null, null, 'fail', 'already-held']),
  ),
  'a lock that may have been taken': edge('--type mutex', HELD, [
    ...nobody,
    ...calls([1, 'acquire', null, null, 'fail', 'held']),
  ]),
  'one of two permits is left': edge(
    '--type semaphore --initial 2',
    REFUTED,
    calls([0, 'acquire', null], [1, 'acquire', null, null, 'fail', 'held']),
  ),
  'no permit is left': edge(
    '--type semaphore',
    HELD,
    calls([0, 'acquire', null], [1, 'acquire', null, null, 'fail', 'held']),
  ),
  'a stack that was found empty': edge(
    '--type stack',
    REFUTED,
    calls([0, 'push', 1], [1, 'pop', null, null], [1, 'pop', null, 1]),
  ),
  'a question whose answer stands in its place': edge(
    '--type lin-set',
    BROKEN,
    calls([0, 'add', 1], [1, 'contains', true]),
    'does not say which of them it is',
  ),
  'a message at the offset that is its own number': edge(
    '--type log',
    REFUTED,
    keyed('a', calls([0, 'send', 0, 0], [0, 'send', 1, 0], [1, 'poll', null, [[0, 1]]])),
    'Offset 0 holds',
  ),
  'messages at the offsets that are their numbers': edge(
    '--type log',
    HELD,
    keyed(
      'a',
      calls(
        [0, 'send', 0, 0],
        [0, 'send', 1, 1],
        [
          1,
          'poll',
          null,
          [
            [0, 0],
            [1, 1],
          ],
        ],
      ),
    ),
  ),
  'a message that nobody sent': edge(
    '--type log',
    REFUTED,
    keyed(
      'a',
      calls(
        [0, 'send', 7, 0],
        [
          1,
          'poll',
          null,
          [
            [0, 7],
            [1, 8],
          ],
        ],
      ),
    ),
    'no client sent it',
  ),
  'a message whose sender never learned what became of it': edge(
    '--type log',
    HELD,
    keyed(
      'a',
      calls(
        [0, 'send', 7, 0],
        [0, 'send', 8, 8, 'info', 'timeout'],
        [
          1,
          'poll',
          null,
          [
            [0, 7],
            [1, 8],
          ],
        ],
      ),
    ),
  ),
  'texts by key, of which there are none at first': edge(
    '--type kv',
    HELD,
    calls([0, 'get', null], [0, 'put', 'a'], [0, 'get', null, 'a']),
  ),
  'texts by key that are lost': edge('--type kv', REFUTED, calls([0, 'put', 'a'], [0, 'get', null]), 'returned null'),
  'the empty text was put, and nothing is found': edge('--type kv', REFUTED, calls([0, 'put', ''], [0, 'get', null])),
  'null where 0 was at first': edge(
    '--type register --initial 0 --model PRAM',
    REFUTED,
    calls([0, 'write', 5], [1, 'read', null]),
  ),
  'null that says nothing': edge(
    '--type register --initial 0 --model PRAM --assume-null-unknown',
    HELD,
    calls([0, 'write', 5], [1, 'read', null]),
  ),
  'null that was written': edge('--type register --initial 0', HELD, calls([0, 'write', null], [1, 'read', null])),
  'a transaction that reads null where 0 was at first': edge(
    '--type rw-register --initial 0',
    REFUTED,
    calls([0, 'txn', [['r', 'x', null]]], [0, 'txn', [['w', 'x', 5]]]),
  ),
  'transactions that read 0 before anybody wrote': edge(
    '--type rw-register',
    REFUTED,
    calls(
      [
        0,
        'txn',
        [
          ['r', 'x', null],
          ['r', 'y', null],
        ],
        [
          ['r', 'x', 0],
          ['r', 'y', 0],
        ],
      ],
      [1, 'txn', [['w', 'x', 5]]],
    ),
    '--initial 0',
  ),
  'transactions that read 0 after another value': edge(
    '--type rw-register',
    REFUTED,
    calls([1, 'txn', [['w', 'x', 5]]], [0, 'txn', [['r', 'x', null]], [['r', 'x', 0]]]),
    /which no transaction wrote$/m,
  ),
  'transactions of which one read 0 and one read nothing': edge(
    '--type rw-register',
    REFUTED,
    calls([0, 'txn', [['r', 'x', null]], [['r', 'x', 0]]], [0, 'txn', [['r', 'y', null]]]),
    /which no transaction wrote$/m,
  ),
  'what lay in a stack comes out last in first out': edge(
    '--type stack --initial [1,2]',
    HELD,
    calls([0, 'pop', null, 2], [0, 'pop', null, 1]),
  ),
  'what lay in a queue comes out of order': edge(
    '--type queue --initial [1,2]',
    REFUTED,
    calls([0, 'dequeue', null, 2], [0, 'dequeue', null, 1]),
  ),
  'a version that was overwritten before, with linearizable keys': edge(
    '--type rw-register --model read-uncommitted --assume-linearizable-keys',
    REFUTED,
    calls([0, 'txn', [['w', 1, 1]]], [1, 'txn', [['r', 1, null]]], [2, 'txn', [['r', 1, null]], [['r', 1, 1]]]),
  ),
  'the same without that assumption': edge(
    '--type rw-register --model read-uncommitted',
    HELD,
    calls([0, 'txn', [['w', 1, 1]]], [1, 'txn', [['r', 1, null]]], [2, 'txn', [['r', 1, null]], [['r', 1, 1]]]),
  ),
  'a transaction that completes with its appends in another order': edge(
    '--type list-append',
    BROKEN,
    calls([
      0,
      'txn',
      [
        ['append', 1, 1],
        ['append', 2, 2],
      ],
      [
        ['append', 2, 2],
        ['append', 1, 1],
      ],
    ]),
    /line \d/,
  ),
  'a transaction that failed with other micro-operations': edge(
    '--type list-append',
    HELD,
    calls(
      [0, 'txn', [['append', 1, 1]]],
      [
        0,
        'txn',
        [
          ['append', 1, 2],
          ['append', 2, 2],
        ],
        [['append', 1, 2]],
        'info',
        'timeout',
      ],
    ),
    'note',
  ),
  'transactions under any name': edge('--type list-append', HELD, calls([0, 'transfer', [['append', 1, 1]]])),
  'an element shown before anybody added it': edge(
    '--type or-set',
    REFUTED,
    calls([1, 'read', null, [1]], [0, 'add', 1]),
  ),
  'a read before its write, without real time': edge(
    '--type register --model CM',
    HELD,
    calls([1, 'read', null, 1], [0, 'write', 1]),
  ),
  'a read of the own future': edge('--type register --model CC', REFUTED, calls([0, 'read', null, 1], [0, 'write', 1])),
  'final reads that differ': edge('--type pn-counter', REFUTED, [
    ...calls([0, 'add', 1], [1, 'add', 1]),
    ...finally_(0, 1),
    ...finally_(1, 2),
  ]),
  'final reads that agree': edge('--type pn-counter', HELD, [
    ...calls([0, 'add', 1], [1, 'add', 1]),
    ...finally_(0, 2),
    ...finally_(1, 2),
  ]),
  'an element that one node lacks at the end': edge('--type set-full', REFUTED, [
    ...calls([0, 'add', 1], [0, 'add', 2]),
    ...finally_(0, [1]),
    ...finally_(1, [1, 2]),
  ]),
  'texts with an element twice that differ': edge('--type list', REFUTED, [
    ...calls([0, 'insert', { after: null, value: 'a' }], [0, 'insert', { after: null, value: 'a' }]),
    ...finally_(0, ['a', 'a']),
    ...finally_(1, ['a']),
  ]),
  'the number 1 and the text 1 are two keys': edge(
    '--type register',
    HELD,
    calls([0, 'write', [1, 5]], [0, 'read', ['1', null]]),
  ),
  'the number 1 and the text 1 are two values': edge(
    '--type register',
    REFUTED,
    calls([0, 'write', 1], [0, 'read', null, '1']),
  ),
  'one identifier, its members in two orders': edge(
    '--type unique-ids',
    REFUTED,
    calls([0, 'generate', null, { a: 1, b: 2 }], [1, 'generate', null, { b: 2, a: 1 }]),
  ),
  'nothing was completed': edge('--type mutex', UNKNOWN, nobody, 'no operation was completed'),
};
