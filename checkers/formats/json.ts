/**
 * JSON without silent loss. `JSON.parse` rounds numbers that a double cannot hold, so
 * that two different values become one, and keeps the last of two members of the same name;
 * here such a number becomes the string of its digits, and such an object is refused.
 */
import { exactNumber } from './exact-number.ts';
import { HistoryError } from './history-error.ts';
import * as Token from './json-tokens.ts';
import { Names } from './names.ts';

/**
 * Sixteen digits may be more than a double holds, and so may an exponent of three: only then is a closer look needed.
 */
const SUSPECT = /[\d.]{16}|\d[eE][+-]?\d{3}/;
/** A string that could be the digits of a number that became a string. */
const DIGITS = /^"-?[\d.]{16}/;

/** How many levels of nesting are read: whatever walks a value later does so recursively. */
export const DEEPEST = 1000;

/** Reads the JSON texts of one file: values that the file tells apart stay different over all of them. */
export class JsonTexts {
  private readonly names = new Names();

  /**
   * Parses the JSON text of a line. Throws a `HistoryError` where it is
   * none, has a member twice, is too deep, or has a number out of range.
   */
  parse(text: string, line: number): unknown {
    if (text.length > DEEPEST) refuseDepth(text, line);
    const value = parsed(SUSPECT.test(text) ? this.exact(text, line) : text, line);
    if (hasTwins(text, value)) refuseTwins(text, line);
    return value;
  }

  /**
   * The same of a line by itself, whose error says whether the line breaks off inside of a value, as a crash leaves it.
   */
  parseLine(text: string, line: number): unknown {
    try {
      return this.parse(text, line);
    } catch (error) {
      if (error instanceof HistoryError) throw new HistoryError(error.reason, line, breaksOff(text));
      throw error;
    }
  }

  /** The text with each number that a double would round as a string. */
  private exact(text: string, line: number): string {
    const pieces: string[] = [];
    let copied = 0;
    Token.eachToken(text, (kind, from, to) => {
      if (to - from < 3 || (kind !== Token.NUMBER && kind !== Token.STRING)) return;
      const token = text.slice(from, to);
      const kept = kind === Token.NUMBER ? this.number(token, line) : this.string(token);
      if (kept === token) return;
      pieces.push(text.slice(copied, from), kept);
      copied = to;
    });
    return pieces.join('') + text.slice(copied);
  }

  private number(token: string, line: number): string {
    const number = exactNumber(token);
    if (number === undefined) throw new HistoryError(`the number ${token.slice(0, 40)} is out of range`, line);
    return typeof number === 'number' ? token : JSON.stringify(this.names.of('number', number));
  }

  private string(token: string): string {
    return DIGITS.test(token) ? JSON.stringify(this.names.of('string', parsed(token, 0) as string)) : token;
  }
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HistoryError(`not JSON (${error instanceof Error ? error.message : error})`, line);
  }
}

/** Whether a line begins with an object and ends in the middle of it. */
function breaksOff(line: string): boolean {
  if (!/^\s*\{\s*("|$)/.test(line)) return false;
  let depth = 0;
  Token.eachToken(line, (token) => {
    if (token === Token.OPEN_ARRAY || token === Token.OPEN_OBJECT) depth++;
    else if (token === Token.CLOSE_ARRAY || token === Token.CLOSE_OBJECT) depth--;
  });
  return depth > 0;
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, at) => sameJson(one, b[at]));
  const names = Object.keys(a);
  const member = (of: object, name: string): unknown => (of as Record<string, unknown>)[name];
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(member(a, name), member(b, name)))
  );
}

/**
 * Whether an object of the text may name a member twice: then the text has more names than the value has
 * members. Names with space before their colon, and strings that look like names, are left to the closer look.
 */
function hasTwins(text: string, value: unknown): boolean {
  if (!text.includes('{')) return false;
  let names = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) names++;
  return names !== membersIn(value) || SPACED.test(text);
}
const SPACED = /"\s+:/;

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') members += membersIn(one);
    return members;
  }
  for (const name in value) {
    members++;
    const one = (value as Record<string, unknown>)[name];
    if (typeof one === 'object') members += membersIn(one);
  }
  return members;
}

/** Throws where an object of the text, which is JSON, has a member twice. */
function refuseTwins(text: string, line: number): void {
  const objects: (Set<string> | undefined)[] = [];
  let string = '';
  Token.eachToken(text, (kind, from, to) => {
    if (kind === Token.STRING) string = text.slice(from, to);
    else if (kind === Token.OPEN_OBJECT) objects.push(new Set());
    else if (kind === Token.OPEN_ARRAY) objects.push(undefined);
    else if (kind === Token.CLOSE_OBJECT || kind === Token.CLOSE_ARRAY) objects.pop();
    else if (kind === Token.COLON) {
      const name = JSON.parse(string) as string;
      const names = objects.at(-1);
      if (names?.has(name)) throw new HistoryError(`one object has ${string.slice(0, 40)} twice`, line);
      names?.add(name);
    }
  });
}

function refuseDepth(text: string, line: number): void {
  let [depth, deepest] = [0, 0];
  Token.eachToken(text, (kind) => {
    if (kind === Token.OPEN_OBJECT || kind === Token.OPEN_ARRAY) deepest = Math.max(deepest, ++depth);
    else if (kind === Token.CLOSE_OBJECT || kind === Token.CLOSE_ARRAY) depth--;
  });
  if (deepest > DEEPEST) throw new HistoryError(`more than ${DEEPEST} levels of nesting`, line);
}
