/**
 * Keys and the values written to them as numbers. A million small integers are told apart in typed columns and one
 * table, without an object for any of them: a map for each key would cost more than all else that is done with them.
 */
import { initialOf } from './initial-of.ts';
import { INITIAL, NOBODY, plain } from './transactions-of.ts';
import { widened } from './widened.ts';

/** Keys below this bound are their own places in a table. */
const SMALL_KEYS = 1 << 20;

/** A version is a value of a key; the first version of a key is the initial one. Columns may be longer than needed. */
export class VersionNumbers {
  readonly keys: unknown[] = [];
  /** The initial version of each key. */
  readonly initial: number[] = [];
  count = 0;
  /** The key of each version, and its writer: a row, `INITIAL` or `NOBODY`. */
  key: Int32Array;
  writer: Int32Array;
  private readonly initialValue: unknown;
  /** A whole number as it is; of anything else its place in `others`, with 1 in `isOther`. */
  private value: Int32Array;
  private isOther: Uint8Array;
  private readonly others: unknown[] = [];
  private readonly otherPlaces = new Map<unknown, number>();
  private readonly keyPlaces = new Map<unknown, number>();
  /** Places of keys that are small numbers, plus one. */
  private smallKeys = new Int32Array(1024);
  /** Versions plus one, by open addressing; the length is a power of two. */
  private table: Int32Array;

  /** `expected` is how many versions there may be: a hint. */
  constructor(initialValue: unknown, expected: number) {
    this.initialValue = initialValue;
    this.key = new Int32Array(expected);
    this.writer = new Int32Array(expected);
    this.value = new Int32Array(expected);
    this.isOther = new Uint8Array(expected);
    this.table = new Int32Array(1 << (33 - Math.clz32(Math.max(64, expected))));
  }

  /** The number of a key. */
  keyOf(raw: unknown): number {
    if (typeof raw === 'number' && raw >= 0 && raw < SMALL_KEYS && (raw | 0) === raw) {
      while (raw >= this.smallKeys.length) this.smallKeys = widened(this.smallKeys);
      const known = this.smallKeys[raw] - 1;
      if (known >= 0) return known;
      this.smallKeys[raw] = this.keys.length + 1;
      return this.newKey(raw);
    }
    const name = plain(raw);
    const known = this.keyPlaces.get(name);
    if (known !== undefined) return known;
    this.keyPlaces.set(name, this.keys.length);
    return this.newKey(raw);
  }

  /** The number of a value of a key. */
  versionOf(key: number, raw: unknown): number {
    return typeof raw === 'number' && (raw | 0) === raw
      ? this.find(key, raw | 0, 0)
      : this.find(key, this.otherOf(plain(raw)), 1);
  }

  /** The value of a version, or the name of one that is no plain value. */
  valueOf(version: number): unknown {
    return this.isOther[version] === 1 ? this.others[this.value[version]] : this.value[version];
  }

  private newKey(raw: unknown): number {
    const key = this.keys.length;
    this.keys.push(raw);
    const version = this.versionOf(key, initialOf(this.initialValue, raw));
    this.initial.push(version);
    this.writer[version] = INITIAL;
    return key;
  }

  private otherOf(name: unknown): number {
    const known = this.otherPlaces.get(name);
    if (known !== undefined) return known;
    this.otherPlaces.set(name, this.others.length);
    return this.others.push(name) - 1;
  }

  private find(key: number, value: number, other: number): number {
    const last = this.table.length - 1;
    let at = hashOf(key, value, other) & last;
    for (; this.table[at] > 0; at = (at + 1) & last) {
      const version = this.table[at] - 1;
      if (this.value[version] === value && this.key[version] === key && this.isOther[version] === other) return version;
    }
    this.table[at] = this.count + 1;
    return this.add(key, value, other);
  }

  private add(key: number, value: number, other: number): number {
    if (this.count === this.key.length) this.grow();
    const version = this.count++;
    this.key[version] = key;
    this.writer[version] = NOBODY;
    this.value[version] = value;
    this.isOther[version] = other;
    if (2 * this.count > this.table.length) this.rehash();
    return version;
  }

  private grow(): void {
    this.key = widened(this.key);
    this.writer = widened(this.writer);
    this.value = widened(this.value);
    const isOther = new Uint8Array(this.key.length);
    isOther.set(this.isOther);
    this.isOther = isOther;
  }

  private rehash(): void {
    const table = new Int32Array(2 * this.table.length);
    const last = table.length - 1;
    for (let version = 0; version < this.count; version++) {
      let at = hashOf(this.key[version], this.value[version], this.isOther[version]) & last;
      while (table[at] > 0) at = (at + 1) & last;
      table[at] = version + 1;
    }
    this.table = table;
  }
}

/** Values that follow one another lie side by side, for they are mostly used at about the same time. */
function hashOf(key: number, value: number, other: number): number {
  let hash = Math.imul(key, 0x9e3779b1) ^ Math.imul((value >> 3) + other, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) << 3) | (value & 7);
}
