import { EdnReader, HistoryError } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** The top-level values of an EDN text that comes in chunks of this size. */
function valuesOf(text: string, size = text.length + 1): unknown[] {
  const values: unknown[] = [];
  const reader = new EdnReader((value) => values.push(value));
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  reader.end();
  return values;
}

function problem(text: string): { line: number | undefined; reason: string } {
  try {
    valuesOf(text);
  } catch (error) {
    if (error instanceof HistoryError) return { line: error.line, reason: error.reason };
    throw error;
  }
  throw new Error('was read without a complaint');
}

describe('EDN', () => {
  const cases: [what: string, text: string, values: unknown[]][] = [
    [
      'keywords and symbols are names',
      ':ok :a/b ::c foo java.sql.SQLException nil? -> + -',
      ['ok', 'a/b', 'c', 'foo', 'java.sql.SQLException', 'nil?', '->', '+', '-'],
    ],
    ['nil, true and false', 'nil true false', [null, true, false]],
    [
      'decimals that no double has are their digits',
      '0.1 0.10000000000000000001 1e-999M',
      [0.1, '0.10000000000000000001', '1e-999'],
    ],
    [
      'a keyword beside a string of the same characters',
      '{:a :x} {:a "x"} {:a :x}',
      [{ a: 'x' }, { a: '"x"' }, { a: 'x' }],
    ],
    ['numbers', '0 -0 +5 -7 12N 1.5 -2.5e3 1e-2 3.25M 0x1F 7.', [0, 0, 5, -7, 12, 1.5, -2500, 0.01, 3.25, 31, 7]],
    [
      'whole numbers beyond 2^53 are their digits',
      '9007199254740991 9007199254740993 -9007199254740993N',
      [9007199254740991, '9007199254740993', '-9007199254740993'],
    ],
    ['ratios in lowest terms', '1/3 -2/4 6/3', ['1/3', '-1/2', 2]],
    ['symbolic numbers', '##Inf ##-Inf ##NaN', ['##Inf', '##-Inf', '##NaN']],
    ['strings', '"a\\n\\t\\"\\\\" "\\u00e9\\101" "two\nlines" ""', ['a\n\t"\\', 'éA', 'two\nlines', '']],
    ['characters', '\\a \\newline \\u0041 \\( \\" \\space', ['a', '\n', 'A', '(', '"', ' ']],
    ['collections', '{:v [1 (2 3) #{}] "s" {}}', [{ v: [1, [2, 3], []], s: {} }]],
    ['sets are in order', '{:s #{3 1 :b 2 "a"}}', [{ s: ['a', 'b', 1, 2, 3] }]],
    ['maps by anything', '{0 100, nil 1, [1 2] 3}', [{ 0: 100, null: 1, '[1,2]': 3 }]],
    ['a map that would be a prototype', '{:__proto__ 1}', [JSON.parse('{"__proto__":1}')]],
    ['namespaced maps', '#:a{:b 1 :c/d 2 :_/e 3}', [{ 'a/b': 1, 'c/d': 2, e: 3 }]],
    [
      'tagged values',
      '#inst "2026-01-01" #jepsen.history.Op{:index 1} {:t #a #b [1]}',
      ['2026-01-01', { index: 1 }, { t: [1] }],
    ],
    ['what is discarded', '#_ 1 2 #_ #_ 3 4 5 {:a #_ {:b 1} 2} #_"x" 6', [2, 5, { a: 2 }, 6]],
    ['metadata', '{:a ^:key ^{:b 1} [1]} ^:x 2', [{ a: [1] }, 2]],
    ['comments and commas', '; first\n1,,2 ; last\n3;end', [1, 2, 3]],
    ['elements of a vector at the top, one by one', '[1 [2] {:a 3}]', [1, [2], { a: 3 }]],
    ['elements of a list at the top, one by one', '(1 #_ 2 #x 3)', [1, 3]],
    ['an empty vector', '[]', [[]]],
    ['nothing', ' ; only a comment', []],
  ];
  for (const [what, text, values] of cases)
    it(`reads ${what}, in chunks of any size`, () => {
      for (const size of [1, 2, 3, 5, 100]) expect(valuesOf(text, size)).toEqual(values);
    });

  const broken: [what: string, text: string, line: number, reason: RegExp][] = [
    ['a map that does not end', '{:a 1}\n{:b\n [2', 3, /ends inside the vector that begins on line 3/],
    ['a string that does not end', '[1\n"abc', 2, /ends inside a value/],
    ['a tag without a value', '[1 #foo]', 1, /does not close the tag/],
    ['a tag at the end', '#foo', 1, /ends inside the tag/],
    ['a discard without a value', '{:a #_}', 1, /does not close the "#_"/],
    ['brackets that do not fit', '\n{:a [1}', 2, /"}" does not close the vector of line 2/],
    ['a bracket too many', '[1]]', 1, /closes nothing/],
    ['a key without a value', '{:a}', 1, /a key without a value/],
    ['a key twice', '{:a 1 :a 2}', 1, /"a" twice/],
    ['a key twice that only JSON cannot tell apart', '{0 1 "0" 2}', 1, /"0" twice/],
    ['a number out of range', '1e999', 1, /"1e999" is no number/],
    ['a number that is none', '12abc', 1, /"12abc" is no number/],
    ['a division by zero', '1/0', 1, /"1\/0" is no number/],
    ['a keyword without a name', ': 1', 1, /":" is no EDN/],
    ['a regular expression', '#"a"', 1, /is no EDN/],
    ['an unknown symbolic number', '##Foo', 1, /"##Foo" is no EDN/],
    ['an unknown escape', '"\\q"', 1, /"\\q" is no escape/],
    ['an unknown character', '\\foo', 1, /is no character/],
    ['more nesting than anybody means', '['.repeat(100_000), 1, /more than 1000 levels/],
  ];
  for (const [what, text, line, reason] of broken)
    it(`refuses ${what}, with its line`, () => {
      expect(problem(text)).toEqual({ line, reason: expect.stringMatching(reason) });
    });

  it('comes back whatever JSON value is printed, with noise between, in chunks of any size', () => {
    const noise = fc.constantFrom(' ', ', ', '\n', ' ; a comment {[(\n', ' #_ [1 {:a "}"}] ', ' #_#_ 1 2 ');
    // Whole numbers beyond 2^53 come back as their digits, which is tested above.
    const value = fc.jsonValue({ maxDepth: 4 }).filter((one) => !/\d{16}/.test(JSON.stringify(one)));
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 5 }),
        noise,
        fc.integer({ min: 1, max: 40 }),
        (values, between, size) => {
          const text = values.map((one) => printed(one, between)).join(between);
          // A vector at the top is handed out by its elements.
          const expected = values.flatMap((one) => (Array.isArray(one) && one.length > 0 ? one : [one]));
          expect(valuesOf(text, size)).toEqual(expected);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });
});

/** A JSON value as EDN. */
function printed(value: unknown, between: string): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return `[${between}${value.map((one) => printed(one, between)).join(between)}${between}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(
      ([key, one]) => `${JSON.stringify(key)}${between}${printed(one, between)}`,
    );
    return `{${entries.join(between)}${between}}`;
  }
  return JSON.stringify(value);
}
