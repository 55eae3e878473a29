import type { Event, Pairing } from './pairing.ts';

const TYPES: readonly Event['type'][] = ['invoke', 'ok', 'info', 'fail'];

/**
 * Reads a line exactly as splitbrain writes it, character by character, which is several times faster than `JSON.parse` and an object a
 * line. Everything else - another order of members, an escape, a nested value - is left to the general reader.
 */
export class OwnLine {
  private readonly pairing: Pairing;
  private text = '';
  private at = 0;
  private readonly functions: string[] = [];
  /** Strings that come again and again, by themselves, so that one copy serves a million operations. */
  private readonly known = new Map<string, string>();

  constructor(pairing: Pairing) {
    this.pairing = pairing;
  }

  /** Whether the line was of our own shape, and has been taken. */
  read(text: string, from: number, to: number, line: number): boolean {
    this.text = text;
    this.at = from;
    const index = this.number('{"index":');
    const time = this.number(',"time":');
    const process = this.number(',"process":');
    if (!(index >= 0 && time >= 0 && process >= 0 && process <= 0x7fffffff)) return false;
    const type = this.after(',"type":"') ? this.oneOf(TYPES) : undefined;
    const f =
      type !== undefined && this.after(',"f":"') ? (this.oneOf(this.functions) ?? this.newFunction()) : undefined;
    if (type === undefined || f === undefined) return false;
    const key = this.word(',"key":"');
    const value = this.value();
    if (value === undefined) return false;
    const node = this.word(',"node":"');
    const error = this.word(',"error":"');
    if (this.at !== to - 1 || text.charCodeAt(this.at) !== 125) return false;
    const event = { index: this.pairing.index(index, line), time, process, type, f, key, value, node, error };
    if (type === 'invoke') this.pairing.invoke(event, line);
    else this.pairing.complete(event, line);
    return true;
  }

  /** Whether `literal` comes next; then it is taken. Faster than `startsWith`, which is a call out of compiled code. */
  private after(literal: string): boolean {
    const { text, at } = this;
    for (let i = 0; i < literal.length; i++) if (text.charCodeAt(at + i) !== literal.charCodeAt(i)) return false;
    this.at = at + literal.length;
    return true;
  }

  /** The name among these that comes next, with its closing quote; then it is taken. */
  private oneOf<T extends string>(names: readonly T[]): T | undefined {
    for (const name of names) {
      const { at } = this;
      if (this.after(name)) {
        if (this.text.charCodeAt(this.at) === 34) {
          this.at++;
          return name;
        }
        this.at = at;
      }
    }
    return undefined;
  }

  private newFunction(): string | undefined {
    const f = this.word('');
    if (f !== undefined && this.functions.length < 32) this.functions.push(f);
    return f;
  }

  /** A whole number of at most 15 digits after `before`, or NaN. */
  private number(before: string): number {
    if (!this.after(before)) return Number.NaN;
    const start = this.at;
    const end = this.digits(start);
    if (end === start || end - start > 15) return Number.NaN;
    const next = this.text.charCodeAt(end);
    if (next === 46 || next === 69 || next === 101) return Number.NaN;
    this.at = end;
    return this.sum;
  }

  private sum = 0;
  private digits(start: number): number {
    let at = start;
    let sum = 0;
    for (;;) {
      const digit = this.text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      sum = sum * 10 + digit;
      at++;
    }
    this.sum = sum;
    return at;
  }

  /** A string without escapes after `before`, or undefined, where nothing is taken. */
  private word(before: string): string | undefined {
    if (!this.after(before)) return undefined;
    const start = this.at;
    let end = start;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (code === 34) break;
      // An escape, the end of the line or of the text: none of ours, or not so simple.
      if (code === 92 || !(code >= 32)) return undefined;
      end++;
    }
    this.at = end + 1;
    return this.own(this.text.slice(start, end));
  }

  /** One copy of a string that does not keep the chunk alive that it was cut from. */
  private own(slice: string): string {
    let copy = this.known.get(slice);
    if (copy === undefined) {
      copy = slice.length < 13 ? slice : `${JSON.parse(JSON.stringify(slice))}`;
      if (this.known.size > 100_000) this.known.clear();
      this.known.set(copy, copy);
    }
    return copy;
  }

  /** The value: null, a boolean, a number, a simple string or a flat pair of numbers; undefined for anything else. */
  private value(): unknown {
    if (!this.after(',"value":')) return undefined;
    const code = this.text.charCodeAt(this.at);
    if (code === 34) return this.word('"');
    if (code === 91) return this.pair();
    return this.item();
  }

  private pair(): readonly [unknown, unknown] | undefined {
    this.at++;
    const first = this.item();
    if (first === undefined || this.text.charCodeAt(this.at) !== 44) return undefined;
    this.at++;
    const second = this.item();
    if (second === undefined || this.text.charCodeAt(this.at) !== 93) return undefined;
    this.at++;
    return [first, second];
  }

  private item(): number | null | undefined {
    if (this.after('null')) return null;
    const number = this.number('');
    return Number.isNaN(number) ? undefined : number;
  }
}
