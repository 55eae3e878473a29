import { canonical } from '../monitors/identity.ts';

/**
 * Numbers for the values of keys, so that everything after it is arrays: open addressing over typed
 * arrays, exact for 32-bit integers, and other JSON values are first given an integer by their text.
 */
export class ValueNumbers {
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly tagOf: Int32Array;
  private readonly valueOf: Int32Array;
  private readonly others = new Map<string, number>();
  length = 0;

  /** `capacity`: how many different pairs of key and value there can be at most. */
  constructor(capacity: number) {
    let size = 16;
    while (size < capacity * 2) size *= 2;
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    this.tagOf = new Int32Array(capacity);
    this.valueOf = new Int32Array(capacity);
  }

  /** The number of this value of this key; the next free one when it is new. */
  number(key: number, value: unknown): number {
    const small = typeof value === 'number' && (value | 0) === value;
    const code = small ? value : this.other(value);
    const tag = key * 2 + (small ? 0 : 1);
    let slot = (Math.imul(code, 0x9e3779b1) ^ Math.imul(tag, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.mask;
    for (;;) {
      const at = this.slots[slot];
      if (at < 0) break;
      if (this.tagOf[at] === tag && this.valueOf[at] === code) return at;
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = this.length;
    this.tagOf[this.length] = tag;
    this.valueOf[this.length] = code;
    return this.length++;
  }

  private other(value: unknown): number {
    const text = canonical(value);
    let code = this.others.get(text);
    if (code === undefined) {
      code = this.others.size;
      this.others.set(text, code);
    }
    return code;
  }
}
