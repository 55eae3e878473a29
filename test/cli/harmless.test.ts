import { expect, it } from 'vitest';
import { harmless } from '../../cli/harmless.ts';
import { randomFrom } from '../torture/spoil.ts';

const PIECES = [
  '::',
  ' ',
  '\n',
  '\t',
  '#',
  '##[',
  '##vso[',
  '##teamcity[',
  'section_start:',
  '\u001b[2J',
  '\r',
  '\0',
  'é',
];
const MORE = ['\u009b', '\u2028', '\u202e', '\u200f', 'error', '|', '\\', '"', ':', '\u007f', '\u0001', 'a'];

const HIDDEN = /(?![\n\t])[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

it('no text can move the cursor, turn text round or form a command of a build server', () => {
  const pieces = [...PIECES, ...MORE];
  for (let seed = 0; seed < 20_000; seed++) {
    const random = randomFrom(seed);
    const text = Array.from(
      { length: 1 + Math.floor(random() * 12) },
      () => pieces[Math.floor(random() * pieces.length)],
    );
    const made = harmless(text.join(''));
    expect(made).not.toMatch(HIDDEN);
    expect(made).not.toMatch(/^\s*::|##\[|##vso\[|##teamcity\[|section_(start|end):/im);
    expect(harmless(made)).toBe(made);
  }
});

it('JSON stays the same value, and plain text the same text', () => {
  const value = { text: 'a\u001b[2J ##[x]\u2028\u202e section_start:', list: ['::', 'é', '\n::'] };
  expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value);
  for (const text of ['✓ valid: no anomaly found\n  seed 1\n', '{"a":1}\n', 'a :: b\n\tc'])
    expect(harmless(text)).toBe(text);
});
