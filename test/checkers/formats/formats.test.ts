import { readFileSync } from 'node:fs';
import { formats, HistoryError, historyReader, judge, prepare, type Reading, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

/** The operations as their datatype means them, as one short line each. */
function shortly(text: string, format?: string): string[] {
  return [...prepare(readHistory(text, format).history).history].map(
    ({ process, f, key, input, outcome, start, end }) => {
      const said = outcome.type === 'ok' ? `ok ${JSON.stringify(outcome.output)}` : `${outcome.type} ${outcome.error}`;
      const until = end === Number.MAX_SAFE_INTEGER ? '' : end;
      return `${start}-${until} p${process} ${f}${key === undefined ? '' : ` ${key}`} ${JSON.stringify(input)}: ${said}`;
    },
  );
}

/** The same, with nothing read where the text begins no format. */
function tryReading(text: string): Reading {
  try {
    return readHistory(text);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return readHistory('', 'jsonl');
  }
}

function problem(text: string, format?: string): { line: number | undefined; reason: string } {
  try {
    readHistory(text, format);
  } catch (error) {
    if (error instanceof HistoryError) return { line: error.line, reason: error.reason };
    throw error;
  }
  throw new Error('was read without a complaint');
}

const expected: Record<string, { format: string; operations: string[] }> = {
  'etcd.log': {
    format: 'etcd-log',
    operations: [
      '0-2 p0 read null: ok null',
      '1-3 p1 write 3: ok null',
      '4- p0 cas [3,4]: info timed-out',
      '5-6 p1 cas [1,2]: fail mismatch',
      '8-9 p1 read null: fail timed-out',
      '10-11 p1 read null: ok 4',
      '12- p2 write 1: info never returned',
    ],
  },
  'porcupine-kv.txt': {
    format: 'edn',
    operations: ['0-2 p0 append 0 "x 0 0 y": ok null', '1-3 p1 get 0 null: ok "x 0 0 y"', '4-5 p0 put 1 "": ok null'],
  },
  'keyed-register.edn': {
    format: 'edn',
    operations: [
      '1-3 p0 write x 1: ok null',
      '2-4 p1 read x null: ok 1',
      '5-6 p0 cas y [1,2]: fail mismatch',
      '7- p1 write y 5: info timeout',
    ],
  },
  'list-append.edn': {
    format: 'edn',
    operations: [
      '0-2 p0 txn [["append",5,1],["r",6,null]]: ok [["append",5,1],["r",6,[]]]',
      '1-3 p1 txn [["r",5,null]]: ok [["r",5,[1]]]',
    ],
  },
  'bank.json': {
    format: 'json',
    operations: ['1-2 p0 read null: ok {"0":10,"1":10}', '4-7 p1 transfer {"from":0,"to":1,"amount":3}: ok null'],
  },
  'plume.txt': {
    format: 'plume',
    operations: [
      '0-1 p0 txn [["w",0,1],["w",1,2]]: ok [["w",0,1],["w",1,2]]',
      '2-3 p1 txn [["r",0,null],["r",1,null]]: ok [["r",0,1],["r",1,null]]',
      '4-5 p1 txn [["w",0,7]]: fail aborted',
      '6-7 p0 txn [["r",0,null]]: ok [["r",0,1]]',
      '8-9 p2 txn [["w",2,0]]: ok [["w",2,0]]',
      '10-11 p1 txn [["r",2,null]]: ok [["r",2,0]]',
    ],
  },
  'history.txt': {
    format: 'history-txt',
    operations: [
      '0-1 p0 cas [4,0]: fail failed',
      '2- p3 write 2: info indeterminate:',
      '6-7 p8 read null: ok 2',
      '8- p1 write "a b": info timeout',
    ],
  },
  'knossos-vectors.edn': {
    format: 'edn',
    operations: ['0-2 p0 write 1: ok null', '1-3 p1 read null: ok 1', '5-6 p2 cas [1,2]: fail timeout'],
  },
  'awdit.txt': {
    format: 'awdit-test',
    operations: [
      '0-1 p0 txn [["w",0,0],["w",1,0]]: ok [["w",0,0],["w",1,0]]',
      '2-3 p0 txn [["r",0,null],["w",0,5]]: ok [["r",0,0],["w",0,5]]',
      '4-5 p1 txn [["r",0,null]]: ok [["r",0,5]]',
      '6-7 p1 txn [["r",1,null]]: ok [["r",1,0]]',
    ],
  },
  'viper.log': {
    format: 'viper',
    operations: [
      '0-1 p0 txn [["w",1,2]]: ok [["w",1,2]]',
      '2-3 p0 txn [["r",1,null],["r",2,null],["r","k",null]]: ok [["r",1,2],["r",2,null],["r","k",null]]',
    ],
  },
  'porcupine.json': {
    format: 'porcupine-json',
    operations: [
      '0-2 p1 put x "a": ok null',
      '1- p0 append x "b": info unknown',
      '4-6 p1 get x null: ok "ab"',
      '5- p2 get x null: info never returned',
    ],
  },
  'tipocket.jsonl': {
    format: 'tipocket',
    operations: ['0- p0 write 3: info unknown', '1-3 p1 read null: ok null', '5-6 p2 cas [3,4]: fail mismatch'],
  },
  'dbcop.json': {
    format: 'dbcop',
    operations: [
      '0-1 p0 txn [["w",0,1],["w",1,2]]: ok [["w",0,1],["w",1,2]]',
      '2-3 p1 txn [["r",0,null],["r",1,null]]: ok [["r",0,1],["r",1,null]]',
      '4-5 p1 txn [["w",0,9]]: fail aborted',
    ],
  },
};

describe('a history of another tool', () => {
  for (const [name, { format, operations }] of Object.entries(expected)) {
    it(`is read from ${name}, whose format is told by its content or its name`, () => {
      expect(readHistory(fixture(name)).format).toBe(format);
      expect(shortly(fixture(name))).toEqual(operations);
      expect(shortly(fixture(name), format)).toEqual(operations);
    });

    it(`is the same from ${name} in chunks of any size, with carriage returns and a byte order mark`, () => {
      for (const text of [fixture(name), `\ufeff${fixture(name).replaceAll('\n', '\r\n')}`])
        for (const size of [1, 3, 50]) {
          const reader = historyReader();
          for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
          expect(reader.end().history.length).toBe(operations.length);
        }
    });
  }

  it('is empty where the file is, and that is said', () => {
    for (const text of ['', '\n', '\ufeff', ' \n \n'])
      expect(readHistory(text)).toMatchObject({ history: { length: 0 }, notes: ['the file is empty'] });
    for (const { name } of formats)
      if (name !== 'json' && name !== 'dbcop') expect(readHistory('', name).history.length).toBe(0);
  });

  it('keeps a value that is a pair where nothing shows that the first half is a key', () => {
    const set = '{:process 0 :type :invoke :f :add :value [0 1]} {:process 0 :type :ok :f :add :value [0 1]}';
    const read = '{:process 0 :type :invoke :f :read :value [0 nil]} {:process 0 :type :ok :f :read :value [1]}';
    expect(shortly(`${set} ${read}`)[0]).toBe('0-1 p0 add [0,1]: ok null');
    const cas = '{:process 0 :type :invoke :f :cas :value [1 2]} {:process 0 :type :ok :f :cas :value [1 2]}';
    expect(shortly(cas)).toEqual(['0-1 p0 cas [1,2]: ok null']);
  });

  it('gives a write without a value the value that its completion names', () => {
    const text = '{:process 0 :type :invoke :f :write} {:process 0 :type :ok :f :write :value 3}';
    expect(shortly(text)).toEqual(['0-1 p0 write 3: ok null']);
  });

  it('keeps whole numbers exact that a double would round', () => {
    const edn = '{:process 0 :type :invoke :f :generate} {:process 0 :type :ok :f :generate :value 9007199254740993}';
    const json =
      '[{"process":0,"type":"invoke","f":"generate"},{"process":0,"type":"ok","f":"generate","value":9007199254740993}]';
    for (const text of [edn, json]) expect(shortly(text)).toEqual(['0-1 p0 generate null: ok "9007199254740993"']);
  });
});

describe('a broken history of another tool', () => {
  const cases: [what: string, text: string, format: string | undefined, line: number | undefined, reason: RegExp][] = [
    ['an etcd log', `${fixture('etcd.log')}INFO something else\nINFO\n`, undefined, 14, /no line of an etcd log/],
    [
      'an etcd log with a strange value',
      'INFO  jepsen.util  - 0\t:invoke\t:write\tfoo\n',
      undefined,
      1,
      /"foo" is no value/,
    ],
    [
      'EDN that lacks a bracket in its middle',
      '{:process 0 :type :invoke :f :read\n{:process 1 :type :invoke :f :read}\n{:process 1 :type :ok :f :read',
      undefined,
      3,
      /the text ends inside/,
    ],
    ['EDN that is no map', '[1 2]', undefined, 1, /an operation is a map, not \[1,2\]/],
    [
      'EDN with two open calls',
      '{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :read}',
      undefined,
      2,
      /still open/,
    ],
    [
      'JSON that lacks a bracket in its middle',
      fixture('bank.json').replace('}', ''),
      undefined,
      8,
      /the text ends inside the array/,
    ],
    ['JSON with a broken object', '[{"process":0,\n"type":oops}]', undefined, 1, /^not JSON/],
    ['JSON with something behind it', '[{"process":"nemesis"}]\n[]', undefined, 2, /something follows/],
    ['JSON that is no array', '{"process":0}', 'json', 1, /an array of objects/],
    ['Plume text', 'w(0,1,0,0)\nw(0,1,0)\n', undefined, 2, /r\(key,value,session,transaction\)/],
    [
      'a transaction of two sessions',
      'w(0,1,0,5)\nr(0,1,1,5)\n',
      undefined,
      2,
      /transaction 5 is of session 0 and of session 1/,
    ],
    ['a number that no double holds', 'w(0,9007199254740993,0,5)\n', undefined, 1, /too large to be kept exact/],
    ['dbcop without data', '{"params":{}}', undefined, undefined, /"data" of a dbcop history is a list/],
    ['dbcop with a strange event', '{"data":[[{"events":[{"Wrote":1}]}]]}', undefined, 1, /\{"Wrote":1\} is no event/],
    ['an unknown format', '', 'yaml', undefined, /no format is called "yaml"/],
  ];
  for (const [what, text, format, line, reason] of cases)
    it(`is named: ${what}`, () => {
      expect(problem(text, format)).toEqual({ line, reason: expect.stringMatching(reason) });
    });

  it('of sessions that a crash cut off lacks sessions, and nobody is accused of reading what they wrote', () => {
    const plume = 'r(1,5,0,0)\nr(1,6,0,1)\nw(1,5,1,2)\nw(1,6,1,3)\n';
    const dbcop = (events: string): string => `{"events":[${events}],"committed":true}`;
    const read = (version: number): string => dbcop(`{"Read":{"variable":1,"version":${version}}}`);
    const wrote = (version: number): string => dbcop(`{"Write":{"variable":1,"version":${version}}}`);
    const awdit = 'r 1 5\n-----\nr 1 6\n=====\nw 1 5\n-----\nw 1 6\n';
    for (const text of [plume, `[[${read(5)},${read(6)}],[${wrote(5)},${wrote(6)}]]`, awdit]) {
      expect(judge(readHistory(text).history, { type: 'rw-register' }).valid).toBe(true);
      for (let length = 1; length < text.length; length++) {
        const { history, notes } = tryReading(text.slice(0, length));
        if (notes.length > 0)
          expect(judge(history, { type: 'rw-register' }).valid, text.slice(0, length)).not.toBe(false);
      }
    }
  });

  it('that a crash cut off ends before the cut line, and that is said', () => {
    const log = fixture('etcd.log');
    expect(readHistory(log.slice(0, log.indexOf('[1 2]\n') + 2)).notes).toEqual([
      'line 6 is cut off: the history ends before it',
    ]);
    expect(readHistory('w(0,1,0,0)\nr(0,').notes).toEqual(['line 2 is cut off: the history ends before it']);
    for (const [text, line] of [
      [fixture('keyed-register.edn').slice(0, 300), 4],
      [fixture('bank.json').slice(0, 150), 4],
    ] as const)
      expect(readHistory(text).notes).toEqual([`line ${line} is cut off: the history ends before it`]);
  });

  it('never throws anything but a HistoryError, whatever bytes there are', () => {
    const texts = Object.keys(expected).map(fixture);
    let state = 1;
    const below = (limit: number): number => {
      state = (state * 48271) % 2147483647;
      return state % limit;
    };
    const bits = [
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ' ',
      '\n',
      '\\',
      '#',
      '-',
      '9',
      'null',
      'nil',
      ':type',
      '(',
      '\u0000',
      '\ud800',
    ];
    for (let round = 0; round < 3000; round++) {
      let text = texts[below(texts.length)] as string;
      for (let edits = 1 + below(3); edits > 0; edits--) {
        const at = below(text.length);
        text = text.slice(0, at) + bits[below(bits.length)] + text.slice(at + below(4));
      }
      try {
        readHistory(text);
      } catch (error) {
        expect(error).toBeInstanceOf(HistoryError);
      }
    }
  });
});
