import { exactNumber } from './exact-number.ts';
import { HistoryError } from './history-error.ts';
import { DEEPEST } from './json.ts';
import { type Kind as NameKind, Names } from './names.ts';
import { LONGEST, tooLong } from './options.ts';

/**
 * EDN (extensible data notation), as Clojure prints it: https://github.com/edn-format/edn. Values become JSON:
 *
 * keywords and symbols their names (`:ok` is "ok", `:a/b` is "a/b"), lists, vectors and sets arrays,
 * maps objects whose keys that are no names are JSON texts, characters strings, tagged values their
 * value and records their map. Numbers that a double would round, ratios, `##Inf` and `##NaN` become
 * strings: exact wherever values are only compared. Where a value is a keyword and another one
 * a string of the same characters, they become different strings. `#_` and metadata are left out.
 */
export class EdnReader {
  private readonly each: (value: unknown, line: number) => void;
  private text = '';
  private at = 0;
  private line = 1;
  private last = false;
  private readonly stack: OpenForm[] = [];
  private readonly names: Names;
  private readonly vectorsOfScalars: boolean;
  private readonly longest: number;
  /** Chunks behind `text` that have not been looked at. */
  private waiting: string[] = [];
  private waitingLength = 0;
  /** How many characters came before `text`, and how many of them all had come when a value was handed out last. */
  private before = 0;
  private handedOut = 0;

  /**
   * `each` is given every top-level value, and every element
   * of a top-level vector or list, with the line on which it ends.
   */
  constructor(
    each: (value: unknown, line: number) => void,
    { names = new Names(), vectorsOfScalars = false, longest = LONGEST }: EdnOptions = {},
  ) {
    this.each = each;
    this.names = names;
    this.vectorsOfScalars = vectorsOfScalars;
    this.longest = longest;
  }

  push(chunk: string): void {
    this.waiting.push(chunk);
    this.waitingLength += chunk.length;
    const open = this.before + this.text.length + this.waitingLength - chunk.length - this.handedOut;
    if (open > this.longest) throw this.error(tooLong('what ends here, or does not end,', this.longest));
    // A token that extends over many chunks is scanned again when there is twice as much of it.
    if (this.waitingLength < this.text.length - this.at && !this.last) return;
    this.before += this.at;
    this.text = this.text.slice(this.at) + this.waiting.join('');
    this.at = 0;
    this.waiting = [];
    this.waitingLength = 0;
    this.run();
  }

  /**
   * Ends the text. Where it breaks off inside a value, throws a `HistoryError` that is
   * `cutOff`, unless the break is in the middle: a crash cuts off one record, and a text
   * in which several records follow without an end lacks a bracket in the first of them.
   */
  end(): void {
    this.last = true;
    this.push('');
    const open = this.stack.at(-1);
    if (open) throw this.cut(`the text ends inside ${OPENED[open.kind]} that begins on line ${open.line}`);
  }

  private cut(reason: string): HistoryError {
    const records = this.stack.some(({ items }) => items.some(isRecord));
    return new HistoryError(reason, this.line, !records);
  }

  /** Takes token after token; stops before one that may continue in the next chunk. */
  private run(): void {
    while (this.skip()) {
      const before = this.at;
      if (!this.wholeToken()) {
        this.at = before;
        if (this.last) throw this.cut('the text ends inside a value');
        return;
      }
    }
  }

  /** Moves on to the next token, over white space and comments; returns false where the text ends first. */
  private skip(): boolean {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === 59) {
        const end = text.indexOf('\n', this.at);
        // A comment that continues in the next chunk is kept for it; at the end of the text there is nothing behind it.
        if (end < 0 && !this.last) return false;
        this.at = end < 0 ? text.length : end;
        continue;
      }
      if (!isSpace(code)) return true;
      if (code === 10) this.line++;
      this.at++;
    }
    return false;
  }

  /** Takes one token; returns false where it may not be complete, as a word that extends to the end of the text. */
  private wholeToken(): boolean {
    const before = this.at;
    try {
      return this.token();
    } catch (error) {
      const inside = this.last && this.stack.length > 0 && this.wordEnd(before + 1) === this.text.length;
      if (inside && error instanceof HistoryError) return false;
      throw error;
    }
  }

  private token(): boolean {
    const character = this.text[this.at] as string;
    const opening = OPENING[character];
    if (opening !== undefined) return this.open(opening, 1);
    if (character === ')' || character === ']' || character === '}') return this.close(character);
    if (character === '"') return this.string();
    if (character === '^') return this.open('metadata', 1);
    if (character === '#') return this.dispatch();
    if (character === '\\') return this.character();
    return this.atom();
  }

  private open(kind: Kind, length: number, tag?: string): boolean {
    this.at += length;
    if (this.stack.length === DEEPEST) throw this.error(`more than ${DEEPEST} levels of nesting`);
    this.stack.push({ kind, items: [], line: this.line, ...(tag === undefined ? {} : { tag }) });
    return true;
  }

  private close(character: string): boolean {
    const frame = this.stack.pop();
    if (!frame || CLOSING[frame.kind] !== character)
      throw this.error(
        frame
          ? `"${character}" does not close ${OPENED[frame.kind]} of line ${frame.line}`
          : `"${character}" closes nothing`,
      );
    this.at++;
    if (frame.kind === 'map') this.value(this.mapOf(frame));
    else if (frame.streams !== true) this.value(frame.kind === 'set' ? sortedSet(frame.items) : frame.items);
    return true;
  }

  /** What begins with `#`: a set, a discarded form, a symbolic number, a map with a namespace, or a tag. */
  private dispatch(): boolean {
    const { text, at } = this;
    if (at + 1 >= text.length) return false;
    const next = text[at + 1] as string;
    if (next === '{') return this.open('set', 2);
    if (next === '_') return this.open('discard', 2);
    if (next === '^') return this.open('metadata', 2);
    const end = this.wordEnd(at + 1);
    if (end === undefined) return false;
    const word = text.slice(at + 1, end);
    if (word === '') throw this.error(`"#${next}" is no EDN`);
    if (word.startsWith('#')) return this.symbolic(word, end);
    if (word.startsWith(':')) {
      if (text[end] !== '{') throw this.error(`"#${word}" needs a map behind it`);
      return this.open('map', end - at + 1, word.replace(/^::?/, ''));
    }
    return this.open('tag', end - at);
  }

  private symbolic(word: string, end: number): boolean {
    if (word !== '#Inf' && word !== '#-Inf' && word !== '#NaN') throw this.error(`"#${word}" is no EDN`);
    this.at = end;
    this.value(this.named('number', `#${word}`));
    return true;
  }

  private string(): boolean {
    const { text } = this;
    let end = this.at + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      if (!(code >= 0)) return false;
      if (code === 34) break;
      if (code === 92) end++;
      end++;
    }
    const inner = text.slice(this.at + 1, end);
    this.at = end + 1;
    const plain = inner.includes('\\') ? inner.replace(ESCAPE, (code) => this.unescaped(code)) : inner;
    this.value(this.named('string', plain));
    this.line += linesIn(inner);
    return true;
  }

  private unescaped(code: string): string {
    const kind = code[1] as string;
    if (kind === 'u' && code.length === 6) return String.fromCharCode(Number.parseInt(code.slice(2), 16));
    if (/[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(code.slice(1), 8));
    const plain = ESCAPES[kind];
    if (plain === undefined) throw this.error(`"${code}" is no escape`);
    return plain;
  }

  private character(): boolean {
    // The character itself may be a delimiter: `\(`, `\"`.
    const end = this.wordEnd(this.at + 2);
    if (end === undefined) return false;
    const name = this.text.slice(this.at + 1, end);
    this.at = end;
    const code = /^u[0-9a-fA-F]{4}$/.test(name) ? String.fromCharCode(Number.parseInt(name.slice(1), 16)) : undefined;
    const value = CHARACTERS[name] ?? code ?? ([...name].length === 1 ? name : undefined);
    if (value === undefined) throw this.error(`"\\${name}" is no character`);
    this.value(this.named('character', value));
    return true;
  }

  /** A number, a keyword, a symbol, nil, true or false. */
  private atom(): boolean {
    const end = this.wordEnd(this.at);
    if (end === undefined) return false;
    const word = this.text.slice(this.at, end);
    this.at = end;
    const code = word.charCodeAt(0);
    const signed = (code === 43 || code === 45) && isDigit(word.charCodeAt(1));
    if (isDigit(code) || signed) this.value(this.number(word));
    else if (word === 'nil') this.value(null);
    else if (word === 'true' || word === 'false') this.value(word === 'true');
    else if (code !== 58) this.value(this.named('symbol', word));
    else if (/^:{1,2}[^:/]/.test(word)) this.value(this.named('keyword', word.replace(/^::?/, '')));
    else throw this.error(`"${word}" is no EDN`);
    return true;
  }

  /**
   * The string for a text: its own, unless a value of another kind has the same one.
   * What has its meaning by its place is no value: a map's keys, the members of an
   * operation that every tool reads as names, and the function of a micro-operation.
   */
  private named(kind: NameKind, text: string): string {
    const frame = this.stack.at(-1);
    const items = frame?.items ?? [];
    if (frame?.kind === 'map' && (items.length % 2 === 0 || NAMES.has(items.at(-1)))) return text;
    const inVector = frame?.kind === 'vector' || frame?.kind === 'list';
    if (inVector && items.length === 0 && MICRO_OPERATIONS.has(text)) return text;
    if (inVector && items.length < 3 && this.isOutermost()) return text;
    return this.names.of(kind, text);
  }

  /** Whether what is open is an operation as a vector, by itself or in a vector of such. */
  private isOutermost(): boolean {
    const [first, second] = this.stack;
    return this.stack.length === 1 || (second !== undefined && this.stack.length === 2 && first?.kind !== 'map');
  }

  private number(word: string): unknown {
    const whole = /^([+-]?(?:0|[1-9]\d*))N?$/.exec(word);
    const hexadecimal = /^([+-]?)(0[xX][0-9a-fA-F]+)N?$/.exec(word);
    const ratio = /^([+-]?\d+)\/(\d+)$/.exec(word);
    if (word.length > MOST_DIGITS) throw this.error(`a number of more than ${MOST_DIGITS} characters`);
    if (whole) return this.exact(whole[1] as string);
    if (hexadecimal) return this.exact(`${hexadecimal[1]}${BigInt(hexadecimal[2] as string)}`);
    if (ratio && BigInt(ratio[2] as string) !== 0n)
      return this.ratio(BigInt((ratio[1] as string).replace('+', '')), BigInt(ratio[2] as string));
    if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(word)) return this.exact(word.replace(/M$/, ''));
    throw this.error(`"${word}" is no number`);
  }

  private exact(literal: string): number | string {
    const number = exactNumber(literal);
    if (number === undefined) throw this.error(`"${literal}" is no number that a double holds`);
    return typeof number === 'number' ? number : this.named('number', number);
  }

  /** A ratio in lowest terms, as Clojure would print it. */
  private ratio(numerator: bigint, denominator: bigint): number | string {
    let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
    while (b !== 0n) [a, b] = [b, a % b];
    const [n, d] = [numerator / a, denominator / a];
    return d === 1n ? this.exact(String(n)) : this.named('number', `${n}/${d}`);
  }

  /** Where the word that begins at `from` ends; undefined where it may continue in the next chunk. */
  private wordEnd(from: number): number | undefined {
    const { text } = this;
    for (let end = from; end < text.length; end++) if (endsWord(text.charCodeAt(end))) return end;
    return this.last && from <= text.length ? text.length : undefined;
  }

  /** A complete value: an item of what is open, or one of the history's. */
  private value(value: unknown): void {
    for (;;) {
      const frame = this.stack.at(-1);
      if (!frame) {
        this.handOut(value);
        return;
      }
      if (frame.kind === 'vector' || frame.kind === 'list' || frame.kind === 'map' || frame.kind === 'set') {
        this.item(frame, value);
        return;
      }
      if (frame.kind === 'metadata' && frame.items.push(value) < 2) return;
      this.stack.pop();
      // Metadata and discarded values vanish; what a tag or metadata stands before is a value of its own.
      if (frame.kind === 'discard') return;
    }
  }

  private item(frame: OpenForm, value: unknown): void {
    const outermost = this.stack.length === 1 && (frame.kind === 'vector' || frame.kind === 'list');
    const streams = frame.streams || !this.vectorsOfScalars || (frame.items.length === 0 && typeof value === 'object');
    if (outermost && streams) {
      frame.streams = true;
      this.handOut(value);
    } else frame.items.push(value);
  }

  private handOut(value: unknown): void {
    this.handedOut = this.before + this.at;
    this.each(value, this.line);
  }

  private mapOf({ items, tag, line }: OpenForm): Record<string, unknown> {
    if (items.length % 2 === 1) throw this.error(`the map of line ${line} has a key without a value`);
    const map: Record<string, unknown> = {};
    for (let at = 0; at < items.length; at += 2) {
      const name = nameOf(items[at]);
      const key = tag === undefined ? name : name.includes('/') ? name.replace(/^_\//, '') : `${tag}/${name}`;
      if (Object.hasOwn(map, key)) throw this.error(`the map of line ${line} has "${key}" twice`);
      Object.defineProperty(map, key, { value: items[at + 1], enumerable: true, configurable: true, writable: true });
    }
    return map;
  }

  private error(reason: string): HistoryError {
    return new HistoryError(reason, this.line);
  }
}

/** How EDN is read where it is a part of something else. */
interface EdnOptions {
  /** Serves several readers of one history. */
  readonly names?: Names;
  /** A top-level vector that begins with no collection is one value. */
  readonly vectorsOfScalars?: boolean;
  /** How many characters a value may have. */
  readonly longest?: number | undefined;
}

type Kind = 'list' | 'vector' | 'map' | 'set' | 'tag' | 'discard' | 'metadata';

interface OpenForm {
  readonly kind: Kind;
  readonly items: unknown[];
  readonly line: number;
  /** The namespace of a map's keys. */
  readonly tag?: string;
  /** The items of this top-level vector or list were handed out one by one. */
  streams?: true;
}

const MOST_DIGITS = 1000;
const OPENING: Readonly<Record<string, Kind>> = { '(': 'list', '[': 'vector', '{': 'map' };
const CLOSING: Readonly<Partial<Record<Kind, string>>> = { list: ')', vector: ']', map: '}', set: '}' };
const OPENED: Readonly<Record<Kind, string>> = {
  list: 'the list',
  vector: 'the vector',
  map: 'the map',
  set: 'the set',
  tag: 'the tag',
  discard: 'the "#_"',
  metadata: 'the metadata',
};
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|[\s\S])/g;
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
function isSpace(code: number): boolean {
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

/** The members of an operation whose values are names, or are read as such. */
const NAMES: ReadonlySet<unknown> = new Set(['process', 'type', 'f', 'node', 'error']);

/** What a micro-operation may do. */
const MICRO_OPERATIONS: ReadonlySet<string> = new Set(
  'r w append read write rp wp insert delete send poll add cas get put inc'.split(' '),
);

/** A map that is an operation by itself. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'type');
}

/** A map's key as the name of a member. */
function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/**
 * The elements of a set in a fixed order, whatever order they
 * were printed in: numbers by size, everything else by its text.
 */
function sortedSet(items: unknown[]): unknown[] {
  return items.sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
