/** The words of EDN: where they end, and which numbers and characters they name. */
import { exactNumber } from './exact-number.ts';

const MOST_DIGITS = 1000;
/** An escape within a string. */
export const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|[\s\S])/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' };
const CHARACTERS: Readonly<Record<string, string>> = {
  newline: '\n',
  space: ' ',
  tab: '\t',
  return: '\r',
  backspace: '\b',
  formfeed: '\f',
};

/** Commas are white space. */
export function isSpace(code: number): boolean {
  return code <= 32 || code === 44 || code === 0xfeff;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** White space, brackets, strings, comments and metadata end a word. */
function endsWord(code: number): boolean {
  return isSpace(code) || ENDS.includes(code);
}
const ENDS: readonly number[] = [...'()[]{}";^\\'].map((character) => character.charCodeAt(0));

/**
 * The character that an escape within a string stands for. Throws what `error` makes of the reason where it is none.
 */
export function unescaped(code: string, error: (reason: string) => Error): string {
  const kind = code[1] as string;
  if (kind === 'u' && code.length === 6) return String.fromCharCode(Number.parseInt(code.slice(2), 16));
  if (/[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(code.slice(1), 8));
  const plain = ESCAPES[kind];
  if (plain === undefined) throw error(`"${code}" is no escape`);
  return plain;
}

/** The character that has this name behind a backslash; undefined where there is none. */
export function characterOf(name: string): string | undefined {
  const code = /^u[0-9a-fA-F]{4}$/.test(name) ? String.fromCharCode(Number.parseInt(name.slice(1), 16)) : undefined;
  return CHARACTERS[name] ?? code ?? ([...name].length === 1 ? name : undefined);
}

/**
 * The number that a word names: a string of digits, or a ratio in lowest terms, where
 * a double would round it. Throws what `error` makes of the reason where it names none.
 */
export function numberOf(word: string, error: (reason: string) => Error): number | string {
  if (word.length > MOST_DIGITS) throw error(`a number of more than ${MOST_DIGITS} characters`);
  const whole = /^([+-]?(?:0|[1-9]\d*))N?$/.exec(word);
  if (whole) return exact(whole[1] as string, error);
  const hexadecimal = /^([+-]?)(0[xX][0-9a-fA-F]+)N?$/.exec(word);
  if (hexadecimal) return exact(`${hexadecimal[1]}${BigInt(hexadecimal[2] as string)}`, error);
  const ratio = /^([+-]?\d+)\/(\d+)$/.exec(word);
  if (ratio && BigInt(ratio[2] as string) !== 0n)
    return lowestTerms(BigInt((ratio[1] as string).replace('+', '')), BigInt(ratio[2] as string), error);
  if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(word)) return exact(word.replace(/M$/, ''), error);
  throw error(`"${word}" is no number`);
}

function exact(literal: string, error: (reason: string) => Error): number | string {
  const number = exactNumber(literal);
  if (number === undefined) throw error(`"${literal}" is no number that a double holds`);
  return number;
}

/** A ratio as Clojure would print it. */
function lowestTerms(numerator: bigint, denominator: bigint, error: (reason: string) => Error): number | string {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  const [n, d] = [numerator / a, denominator / a];
  return d === 1n ? exact(String(n), error) : `${n}/${d}`;
}

/**
 * Where the string that begins at `from`, behind its quote, has its last quote; undefined where the text ends first.
 */
export function stringEnd(text: string, from: number): number | undefined {
  for (let end = from; ; end++) {
    const code = text.charCodeAt(end);
    if (!(code >= 0)) return undefined;
    if (code === 34) return end;
    if (code === 92) end++;
  }
}

/** How many newlines a text has. */
export function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** Where the word that begins at `from` ends: the end of the text where nothing in it ends the word. */
export function wordEnd(text: string, from: number): number {
  for (let end = from; end < text.length; end++) if (endsWord(text.charCodeAt(end))) return end;
  return text.length;
}

/** Whether a word can be nothing but a number: it begins with a digit, perhaps behind a sign. */
export function beginsNumber(word: string): boolean {
  const code = word.charCodeAt(0);
  return isDigit(code) || ((code === 43 || code === 45) && isDigit(word.charCodeAt(1)));
}
