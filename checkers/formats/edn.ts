import { HistoryError } from './history-error.ts';

/**
 * EDN (extensible data notation), as Clojure prints it: https://github.com/edn-format/edn. Values become JSON:
 *
 * keywords and symbols their names (`:ok` is "ok", `:a/b` is "a/b"), lists, vectors and sets arrays, maps objects whose keys that are no
 * names are JSON texts, characters strings, tagged values their value and records their map. Whole numbers that a double would round,
 * ratios, `##Inf` and `##NaN` become strings: exact wherever values are only compared. `#_` and metadata are left out.
 */
export class EdnReader {
  private readonly each: (value: unknown, line: number) => void;
  private text = '';
  private at = 0;
  private line = 1;
  private last = false;
  private readonly stack: Frame[] = [];

  /** `each` is given every top-level value, and every element of a top-level vector or list, with the line on which it ends. */
  constructor(each: (value: unknown, line: number) => void) {
    this.each = each;
  }

  push(chunk: string): void {
    this.text = this.text.slice(this.at) + chunk;
    this.at = 0;
    this.run();
  }

  end(): void {
    this.last = true;
    this.push('');
    const open = this.stack.at(-1);
    if (open) throw this.error(`the text ends inside ${OPENED[open.kind]} that begins on line ${open.line}`);
  }

  /** Takes token after token; stops before one that may go on in the next chunk. */
  private run(): void {
    while (this.skip()) {
      const before = this.at;
      if (!this.token()) {
        this.at = before;
        if (this.last) throw this.error('the text ends inside a value');
        return;
      }
    }
  }

  /** Moves on to the next token, over white space and comments; answers false where the text ends first. */
  private skip(): boolean {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === 59) {
        const end = text.indexOf('\n', this.at);
        // A comment that goes on in the next chunk is kept for it; at the end of the text there is nothing behind it.
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

  /** Takes one token; answers false where it may not be complete. */
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
    this.value(`#${word}`);
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
    this.value(inner.includes('\\') ? inner.replace(ESCAPE, (code) => this.unescaped(code)) : inner);
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
    this.value(value);
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
    else if (/^:{1,2}[^:/]|^[^:]/.test(word)) this.value(word.replace(/^::?/, ''));
    else throw this.error(`"${word}" is no EDN`);
    return true;
  }

  private number(word: string): unknown {
    const whole = /^([+-]?)(0|[1-9]\d*)N?$/.exec(word);
    if (whole) return exact(`${whole[1] === '-' ? '-' : ''}${whole[2]}`);
    const ratio = /^([+-]?)(\d+)\/(\d+)$/.exec(word);
    if (ratio && BigInt(ratio[3] as string) !== 0n)
      return reduced(BigInt(`${ratio[1] === '-' ? '-' : ''}${ratio[2]}`), BigInt(ratio[3] as string));
    const hexadecimal = /^([+-]?)(0[xX][0-9a-fA-F]+)N?$/.exec(word);
    if (hexadecimal) return exact(String(BigInt(hexadecimal[2] as string) * (hexadecimal[1] === '-' ? -1n : 1n)));
    if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(word)) {
      const number = Number(word.replace(/M$/, ''));
      if (Number.isFinite(number)) return number;
    }
    throw this.error(`"${word}" is no number`);
  }

  /** Where the word that begins at `from` ends; undefined where it may go on in the next chunk. */
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
        this.each(value, this.line);
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

  private item(frame: Frame, value: unknown): void {
    const streams = this.stack.length === 1 && (frame.kind === 'vector' || frame.kind === 'list');
    if (streams) {
      frame.streams = true;
      this.each(value, this.line);
    } else frame.items.push(value);
  }

  private mapOf({ items, tag, line }: Frame): Record<string, unknown> {
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

type Kind = 'list' | 'vector' | 'map' | 'set' | 'tag' | 'discard' | 'metadata';

interface Frame {
  readonly kind: Kind;
  readonly items: unknown[];
  readonly line: number;
  /** The namespace of a map's keys. */
  readonly tag?: string;
  /** The items of this top-level vector or list were handed out one by one. */
  streams?: true;
}

const DEEPEST = 1000;
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

function exact(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? (number === 0 ? 0 : number) : digits;
}

/** A ratio in lowest terms, as Clojure would print it. */
function reduced(numerator: bigint, denominator: bigint): number | string {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  const [n, d] = [numerator / a, denominator / a];
  return d === 1n ? exact(String(n)) : `${n}/${d}`;
}

/** A map's key as the name of a member. */
function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** The elements of a set in a fixed order, whatever order they were printed in: numbers by size, everything else by its text. */
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
