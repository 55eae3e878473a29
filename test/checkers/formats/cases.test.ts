/** Small histories of formats that know sessions and no time, and of Jepsen's text, with their verdicts. */
import { type JudgeOptions, judge, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';

const ryw = 'w(7,11,0,0)\nr(7,0,0,1)\n';
const sound = 'w(7,11,0,0)\nr(7,11,0,1)\nr(7,11,1,2)\n';
const dbcop = (version: number | null): string =>
  `[[${[`{"Write":{"variable":4,"version":9}}`, `{"Read":{"variable":4,"version":${version}}}`]
    .map((event) => `{"events":[${event}],"committed":true}`)
    .join(',')}]]`;
const appended = (read: string): string =>
  `{:process 3, :type :ok, :f :txn, :value [[:append :q 1]], :index 1}\n{:process 3, :type :ok, :f :txn, :value [[:r :q ${read}]], :index 3}\n`;
const jepsen = (read: number): string =>
  `0\t:invoke\t:cas\t[4 0]\n0\t:ok\t:cas\t[4 0]\n0\t:invoke\t:write\t4\n0\t:ok\t:write\t4\n:nemesis\t:info\t:start\tnil\n2\t:invoke\t:read\tnil\n2\t:ok\t:read\t${read}\n`;
const log = (fails: string): string =>
  `INFO  jepsen.util  - 0\t:invoke\t:write\t1\nINFO  jepsen.util  - 0\t:ok\t:write\t1\nINFO  jepsen.util  - 0\t:invoke\t:cas\t[${fails} 3]\nINFO  jepsen.util  - 0\t:fail\t:cas\t[${fails} 3]\n`;

const cases: readonly (readonly [what: string, text: string, options: JudgeOptions, valid: boolean | 'unknown'])[] = [
  ['Plume: a session that does not see its own write', ryw, { model: 'causal' }, false],
  ['Plume: the same, asked for real time', ryw, { model: 'strict-serializable' }, false],
  ['Plume: a sound history', sound, { model: 'causal' }, true],
  ['Plume: the same for the strongest model that can be decided', sound, {}, true],
  ['Plume: the same, asked for real time', sound, { model: 'strict-serializable' }, 'unknown'],
  ['Plume: a read of an aborted value', 'w(1,5,0,0)\nw(1,6,0,-1)\nr(1,6,1,1)\n', { model: 'read-committed' }, false],
  [
    'Plume: what an aborted transaction read',
    'w(1,5,0,0)\nr(1,99,0,-1)\nw(2,6,0,-1)\nr(2,77,0,-1)\nr(1,5,0,1)\n',
    {},
    true,
  ],
  ['Plume: 0 where somebody writes it', 'w(1,0,0,0)\nw(1,5,0,1)\nr(1,0,0,2)\n', { model: 'causal' }, false],
  ['Plume: 0 where nobody writes it', 'r(1,0,0,0)\nw(1,5,0,1)\nr(1,5,1,2)\n', { model: 'causal' }, true],
  [
    'dbcop: a session that does not see its own write',
    `{"params":{},"data":${dbcop(null)}}`,
    { model: 'causal' },
    false,
  ],
  ['dbcop: a list of sessions', dbcop(9), { model: 'serializable' }, true],
  ['dbcop: the same with a violation', dbcop(null), { model: 'strong-session-serializable' }, false],
  [
    'completions alone: a session that does not see its own append',
    appended('nil'),
    { model: 'strong-session-serializable' },
    false,
  ],
  ['completions alone: one that does', appended('[1]'), { model: 'strong-session-serializable' }, true],
  ['completions alone: the same, asked for real time', appended('[1]'), { model: 'strict-serializable' }, 'unknown'],
  [
    'completions alone without processes: each is a session of its own',
    appended('nil').replaceAll(':process 3, ', ''),
    { model: 'strong-session-serializable' },
    true,
  ],
  [
    'completions alone of a register',
    '{:process 0, :type :ok, :f :write, :value 1}\n{:process 0, :type :ok, :f :read, :value 1}\n',
    { type: 'register', model: 'read-your-writes' },
    true,
  ],
  ["Jepsen's history.txt", jepsen(4), { type: 'register', initial: 4 }, true],
  ["Jepsen's history.txt with a stale read", jepsen(0), { type: 'register', initial: 4 }, false],
  ["Jepsen's log: a plain failure of cas found another value", log('2'), { type: 'register' }, true],
  ["Jepsen's log: and here there was none", log('1'), { type: 'register' }, false],
  [
    "Jepsen's history.txt: a plain failure of cas found nothing",
    log('1').replace(/INFO.*- /g, ''),
    { type: 'register' },
    true,
  ],
  [
    'transactions whose functions have other names',
    '{:type :invoke, :f :read, :value [[:r 9 nil]], :process 3}\n{:type :ok, :f :read, :value [[:r 9 nil]], :process 3}\n',
    { type: 'rw-register' },
    true,
  ],
];

describe('is judged by what its format knows', () => {
  for (const [what, text, options, valid] of cases)
    it(`${what}${options.model === undefined ? '' : ` (${options.model})`}`, () => {
      const { valid: said, reason } = judge(readHistory(text).history, options);
      expect({ said, reason }).toMatchObject({ said: valid });
      if (valid === 'unknown') expect(reason).toContain('real time');
    });
});

it('Plume: lines of aborted transactions are one where they follow one another in a session, and others behind a commit', () => {
  const { history } = readHistory('w(1,5,0,-1)\nw(2,5,0,-1)\nw(1,6,0,1)\nw(1,7,0,-1)\nw(3,8,1,-1)\n');
  const found = [...history].map(({ process, input, outcome }) => [process, JSON.stringify(input), outcome.type]);
  expect(found).toEqual([
    [0, '[["w",1,5],["w",2,5]]', 'fail'],
    [0, '[["w",1,6]]', 'ok'],
    [0, '[["w",1,7]]', 'fail'],
    [1, '[["w",3,8]]', 'fail'],
  ]);
});
