import {
  closes,
  type FormKind,
  isNameByPlace,
  isRecord,
  mapOf,
  notClosed,
  OPENED,
  OPENING,
  type OpenForm,
  sortedSet,
} from './edn-forms.ts';
import {
  beginsNumber,
  characterOf,
  ESCAPE,
  isSpace,
  linesIn,
  numberOf,
  stringEnd,
  unescaped,
  wordEnd,
} from './edn-words.ts';
import { HistoryError } from './history-error.ts';
import { DEEPEST } from './json.ts';
import { Names, type TextKind } from './names.ts';
import { LONGEST, tooLong } from './options.ts';

/** How EDN is read where it is a part of something else. */
interface EdnOptions {
  /** Serves several readers of one history. */
  readonly names?: Names;
  /** A top-level vector that begins with no collection is one value. */
  readonly vectorsOfScalars?: boolean;
  /** How many characters a value may have. */
  readonly longest?: number | undefined;
}

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

  private readonly error = (reason: string): HistoryError => new HistoryError(reason, this.line);

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

  private open(kind: FormKind, length: number, tag?: string): boolean {
    this.at += length;
    if (this.stack.length === DEEPEST) throw this.error(`more than ${DEEPEST} levels of nesting`);
    this.stack.push({ kind, items: [], line: this.line, ...(tag === undefined ? {} : { tag }) });
    return true;
  }

  private close(character: string): boolean {
    const frame = this.stack.pop();
    if (!frame || !closes(frame, character)) throw this.error(notClosed(frame, character));
    this.at++;
    if (frame.kind === 'map') this.value(mapOf(frame, this.line));
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
    const end = stringEnd(this.text, this.at + 1);
    if (end === undefined) return false;
    const inner = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    const plain = inner.includes('\\') ? inner.replace(ESCAPE, (code) => unescaped(code, this.error)) : inner;
    this.value(this.named('string', plain));
    this.line += linesIn(inner);
    return true;
  }

  private character(): boolean {
    // The character itself may be a delimiter: `\(`, `\"`.
    const end = this.wordEnd(this.at + 2);
    if (end === undefined) return false;
    const name = this.text.slice(this.at + 1, end);
    this.at = end;
    const value = characterOf(name);
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
    if (beginsNumber(word)) this.value(this.number(word));
    else if (word === 'nil') this.value(null);
    else if (word === 'true' || word === 'false') this.value(word === 'true');
    else if (code !== 58) this.value(this.named('symbol', word));
    else if (/^:{1,2}[^:/]/.test(word)) this.value(this.named('keyword', word.replace(/^::?/, '')));
    else throw this.error(`"${word}" is no EDN`);
    return true;
  }

  private number(word: string): number | string {
    const number = numberOf(word, this.error);
    return typeof number === 'number' ? number : this.named('number', number);
  }

  /** The string for a text: its own, unless a value of another kind has the same one. */
  private named(kind: TextKind, text: string): string {
    return isNameByPlace(this.stack, text) ? text : this.names.of(kind, text);
  }

  /** Where the word that begins at `from` ends; undefined where it may continue in the next chunk. */
  private wordEnd(from: number): number | undefined {
    const end = wordEnd(this.text, from);
    return end < this.text.length || (this.last && from <= this.text.length) ? end : undefined;
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
}
