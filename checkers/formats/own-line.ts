import type { Event, Pairing } from './pairing.ts';

const TYPES: Readonly<Record<string, Event['type']>> = { invoke: 'invoke', ok: 'ok', fail: 'fail', info: 'info' };

/**
 * Reads a line exactly as splitbrain writes it, character by character, which is several times faster than `JSON.parse` and an object a
 * line. Everything else - another order of members, an escape, a nested value - is left to the general reader.
 */
export class OwnLine {
  private readonly pairing: Pairing;
  private text = '';
  private at = 0;
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
    const type = TYPES[this.word(',"type":"') ?? ''];
    const f = this.word(',"f":"');
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

  /** A whole number of at most 15 digits after `before`, or NaN. */
  private number(before: string): number {
    if (!this.text.startsWith(before, this.at)) return Number.NaN;
    const start = this.at + before.length;
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
    if (!this.text.startsWith(before, this.at)) return undefined;
    const start = this.at + before.length;
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
    if (!this.text.startsWith(',"value":', this.at)) return undefined;
    this.at += 9;
    const code = this.text.charCodeAt(this.at);
    if (code === 34) return this.word('"');
    if (code === 91) return this.pair();
    if (code === 110 && this.text.startsWith('null', this.at)) {
      this.at += 4;
      return null;
    }
    return this.plainNumber();
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
    if (!this.text.startsWith('null', this.at)) return this.plainNumber();
    this.at += 4;
    return null;
  }

  private plainNumber(): number | undefined {
    const number = this.number('');
    return Number.isNaN(number) ? undefined : number;
  }
}
