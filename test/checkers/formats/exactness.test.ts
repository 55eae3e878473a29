/** Two things that a file tells apart stay two, and one thing stays one, however it is written. */
import { HistoryBuilder, HistoryError, historyReader, judge, readHistory } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A register of this key (or none) that is written and then read, in Jepsen's shape. */
function register(written: string, read: string, key?: readonly [string, string]): string {
  const [wrote, saw] = key ?? [];
  const line = (process: number, type: string, f: string, value: string, k?: string): string =>
    `{"process":${process},"type":"${type}","f":"${f}","value":${value}${k === undefined ? '' : `,"key":${k}`}}\n`;
  return (
    line(0, 'invoke', 'write', written, wrote) +
    line(0, 'ok', 'write', written, wrote) +
    line(1, 'invoke', 'read', 'null', saw) +
    line(1, 'ok', 'read', read, saw)
  );
}

const edn = (json: string): string =>
  json
    .replace(/"(process|type|f|value|key)":/g, ':$1 ')
    .replace(/null/g, 'nil')
    .replace(/":/g, '" ');

const inAllShapes = (lines: string): [string, string][] => [
  ['jsonl', lines],
  ['json', `[${lines.trim().replaceAll('\n', ',')}]`],
  ['edn', edn(lines)],
];

const valid = (text: string): boolean | 'unknown' => judge(readHistory(text).history, { type: 'register' }).valid;

function problem(text: string): { line: number | undefined; reason: string } {
  try {
    readHistory(text);
  } catch (error) {
    if (error instanceof HistoryError) return { line: error.line, reason: error.reason };
    throw error;
  }
  throw new Error('was read without a complaint');
}

describe('values', () => {
  const same: readonly (readonly [string, string])[] = [
    ['1.50', '1.5'],
    ['0.1', '0.10'],
    ['12345678901234567890', '12345678901234567890'],
    ['0.10000000000000000001', '0.100000000000000000010'],
    ['{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ['[{"x":1,"10":2,"9":3}]', '[{"9":3,"10":2,"x":1}]'],
  ];
  const different: readonly (readonly [string, string])[] = [
    ['0.1', '0.10000000000000000001'],
    ['9007199254740993', '9007199254740992'],
    ['9007199254740993', '"9007199254740993"'],
    ['"9007199254740993"', '9007199254740993'],
    ['1', '"1"'],
    ['[1]', '["1"]'],
    ['0.12345678901234567890', '"0.1234567890123456789"'],
    ['1e-999', '0'],
  ];
  for (const [written, read] of same)
    it(`${written} is ${read}`, () => {
      for (const [format, text] of inAllShapes(register(written, read)))
        expect({ format, valid: valid(text) }).toEqual({ format, valid: true });
    });
  for (const [written, read] of different)
    it(`${written} is not ${read}`, () => {
      for (const [format, text] of inAllShapes(register(written, read)))
        expect({ format, valid: valid(text) }).toEqual({ format, valid: false });
    });

  it('of EDN may be keywords, strings, symbols and characters of the same text', () => {
    const kinds = [':x', '"x"', 'x', '\\x', ':x'];
    for (const written of kinds)
      for (const read of kinds)
        expect(valid(edn(register(written, read))), `${written} ${read}`).toBe(written === read);
  });

  it('that are equal as JSON are equal in every shape, and only they', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, value, fc.infiniteStream(fc.nat(1000)), (a, b, order) => {
        if (a === null || b === null) return;
        for (const [written, read] of [
          [a, a],
          [a, b],
        ] as const) {
          const text = register(JSON.stringify(written), JSON.stringify(shuffled(read, order)));
          const equal = JSON.stringify(shuffled(written)) === JSON.stringify(shuffled(read));
          expect(valid(text)).toBe(equal);
          expect(valid(`[${text.trim().replaceAll('\n', ',')}]`)).toBe(equal);
        }
      }),
      { seed: 11, numRuns: 400 },
    );
  });
});

/** The value with its members in another order; in the order of their names where none is given. */
function shuffled(value: Json, order?: Iterator<number>): Json {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json) => shuffled(one, order));
  const entries = Object.entries(value).map(([name, one]): [string, Json, number] => [
    name,
    shuffled(one as Json, order),
    order?.next().value ?? 0,
  ]);
  entries.sort(([a, , x], [b, , y]) => (order ? x - y : 0) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, one]));
}

describe('keys', () => {
  // A read of 5 is wrong of a key that was never written.
  it('of different kinds are different keys, and of one kind the same', () => {
    const kinds = ['1', '"1"', '"x"', '[1]', '"[1]"'];
    for (const written of kinds)
      for (const read of kinds)
        for (const [format, text] of inAllShapes(register('5', '5', [written, read])))
          expect({ format, written, read, valid: valid(text) }).toEqual({
            format,
            written,
            read,
            valid: written === read,
          });
    for (const [written, read, right] of [
      [':x', ':x', true],
      [':x', '"x"', false],
      ['"x"', ':x', false],
      ['1', '"1"', false],
    ] as const)
      expect(valid(edn(register('5', '5', [written, read])))).toBe(right);
  });

  it('in pairs with their values are told apart as well', () => {
    const pairs = register('["1",5]', '[1,5]').replace('"value":null', '"value":[1,null]');
    expect(valid(pairs)).toBe(false);
    expect(valid(pairs.replaceAll('"1"', '1'))).toBe(true);
  });

  it('of our own lines and of others are the same keys', () => {
    const own = (type: string, index: number): string =>
      `{"index":${index},"time":${index},"process":0,"type":"${type}","f":"write","key":"1","value":5}\n`;
    const ours = own('invoke', 0) + own('ok', 1);
    const reads = (key: string): string => register('5', '5', [key, key]).split('\n').slice(2).join('\n');
    expect(valid(ours + reads('"1"'))).toBe(true);
    expect(valid(ours + reads('1'))).toBe(false);
  });

  it('of initial values match by name whatever kind they are of', () => {
    const initial = { x: 7 };
    for (const key of ['"x"', ':x'])
      expect(
        judge(readHistory(edn(register('5', '7', ['"y"', key]))).history, { type: 'register', initial: 7 }).valid,
      ).toBe(true);
    const txn =
      '{:process 0 :type :invoke :f :txn :value [[:r :x nil]]} {:process 0 :type :ok :f :txn :value [[:r :x 7]]}';
    expect(judge(readHistory(txn).history, { type: 'rw-register', initial }).valid).toBe(true);
  });
});

describe('one member twice in an object', () => {
  const cases: readonly string[] = [
    '{"process":0,"type":"ok","f":"read","value":9,"value":1}',
    '{"process":0,"type":"ok","f":"read","value":{"a":1,"a":1}}',
    '{"process":0,"type":"ok","f":"read" , "value" :9,"value" :1}',
    '{"process":0,"type":"ok","f":"read","value":[[{"b":"\\"}:"},{"a\\u0062":1,"ab":2}]]}',
    '{"process":0,"type":"ok","f":"read","f":"read","value":"a\\":b"}',
  ];
  for (const record of cases)
    it(`is refused with its line: ${record}`, () => {
      const before = '{"process":0,"type":"invoke","f":"read"}';
      expect(problem(`${before}\n${record}\n`)).toEqual({ line: 2, reason: expect.stringMatching(/twice/) });
      expect(problem(`[${before},\n${record}]`)).toEqual({ line: 2, reason: expect.stringMatching(/twice/) });
    });

  it('is refused in every format of JSON', () => {
    for (const text of [
      '{"value":[["w",1,2,true]],"value":[]}',
      '[[{"events":[],"events":[]}]]',
      '{"data":[],"data":[]}',
      '[{"ClientId":0,"Call":1,"Call":2}]',
      '{"action":"call","proc":0,"proc":1,"data":{}}',
    ])
      expect(problem(text).reason).toMatch(/twice/);
  });

  it('is none where only strings look so', () => {
    const text = register('"a\\":1,\\"a\\":2"', '"a\\":1,\\"a\\":2"').replaceAll('"value":', '"value" : ');
    expect(valid(text)).toBe(true);
  });

  it('is found wherever it is, and nowhere else', () => {
    const names = fc.constantFrom('a', 'b', '', '"', 'a":', '\\', '__proto__', ' ');
    const object = fc.array(fc.tuple(names, fc.constantFrom('1', '"a\\":"', '[{}]', '{"a":{"b":1}}')), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(object, fc.constantFrom(':', ' :', '\t: '), (members, colon) => {
        const value = `{${members.map(([name, one]) => `${JSON.stringify(name)}${colon}${one}`).join(',')}}`;
        const text = register(value, value);
        const twice = new Set(members.map(([name]) => name)).size < members.length;
        if (twice) expect(problem(text)).toEqual({ line: 1, reason: expect.stringMatching(/twice/) });
        else expect(valid(text)).toBe(true);
      }),
      { seed: 12, numRuns: 1000 },
    );
  });
});

describe('what has no room', () => {
  it('is refused: more functions than a column holds', () => {
    const builder = new HistoryBuilder();
    for (let f = 0; f < 256; f++) builder.invoke(2 * f, 0, 0, { f: `f${f}`, input: null });
    expect(() => builder.invoke(600, 0, 0, { f: 'one more', input: null })).toThrow(/256 functions/);
    const line = (f: number): string =>
      `{"process":0,"type":"invoke","f":"f${f}"}\n{"process":0,"type":"ok","f":"f${f}"}\n`;
    expect(problem(Array.from({ length: 300 }, (_, f) => line(f)).join('')).reason).toMatch(/256 functions/);
  });

  it('is refused: processes that are no numbers of 31 bits, while sessions are counted', () => {
    for (const process of ['-1', '1.5', '2147483648', '[]'])
      expect(problem(`{"process":${process},"type":"invoke","f":"read"}`).reason).toMatch(
        /"process" is a whole number/,
      );
    const { history } = readHistory('w(1,2,9007199254740991,0)\nr(1,2,-5,1)\nw(1,3,9007199254740991,2)\n');
    expect([...history].map(({ process }) => process)).toEqual([0, 1, 0]);
  });

  it('is told apart: processes that have names', () => {
    const text = (process: string): string => register('1', '1').replaceAll('"process":0', `"process":${process}`);
    expect([...readHistory(text('"a"')).history].map(({ process }) => process)).toEqual([0, 1]);
    const reader = historyReader('jsonl', { process: 'client' });
    reader.push(register('1', '1').replaceAll('"process":', '"client":'));
    expect([...reader.end().history].map(({ process }) => process)).toEqual([0, 1]);
  });
});
