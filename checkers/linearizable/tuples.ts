/** Hash tables of integers in typed arrays. Keys are compared in full, so colliding hashes do no harm. */

/** Numbers for tuples of 32-bit integers, counting up from 0. */
export class Tuples {
  private arena = new Int32Array(64);
  private from = new Int32Array(17);
  private table = new Int32Array(32).fill(-1);
  private count = 0;

  /** The number of the tuple that lies in `words` from `begin` to `end`. */
  id(words: readonly number[], begin: number, end: number): number {
    const place = this.place(words, begin, end);
    if (this.table[place] >= 0) return this.table[place];
    if (2 * (this.count + 1) > this.table.length) {
      this.grow();
      return this.id(words, begin, end);
    }
    const id = this.count++;
    const at = this.from[id];
    if (at + end - begin > this.arena.length) this.arena = wider(this.arena, 2 * (at + end - begin));
    for (let i = begin; i < end; i++) this.arena[at + i - begin] = words[i];
    this.from[id + 1] = at + end - begin;
    this.table[place] = id;
    return id;
  }

  bytes(): number {
    return 4 * (this.arena.length + this.from.length + this.table.length);
  }

  private place(words: readonly number[], begin: number, end: number): number {
    let hash = end - begin;
    for (let i = begin; i < end; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ words[i], 0x9e3779b1);
    return this.probe(hash, (id) => this.same(id, words, begin, end));
  }

  private probe(hash: number, found: (id: number) => boolean): number {
    const mask = this.table.length - 1;
    for (let place = (hash ^ (hash >>> 16)) & mask; ; place = (place + 1) & mask) {
      if (this.table[place] < 0 || found(this.table[place])) return place;
    }
  }

  private same(id: number, words: readonly number[], begin: number, end: number): boolean {
    const at = this.from[id];
    if (this.from[id + 1] - at !== end - begin) return false;
    for (let i = begin; i < end; i++) if (this.arena[at + i - begin] !== words[i]) return false;
    return true;
  }

  private grow(): void {
    this.from = wider(this.from, 2 * this.from.length);
    this.table = new Int32Array(2 * this.table.length).fill(-1);
    for (let id = 0; id < this.count; id++) {
      let hash = this.from[id + 1] - this.from[id];
      for (let i = this.from[id]; i < this.from[id + 1]; i++)
        hash = Math.imul(hash ^ (hash >>> 15) ^ this.arena[i], 0x9e3779b1);
      this.table[this.probe(hash, () => false)] = id;
    }
  }
}

/** A map from pairs of numbers, not negative, to numbers. */
export class Pairs {
  private firsts = new Int32Array(64).fill(-1);
  private seconds = new Int32Array(64);
  private values = new Int32Array(64);
  private count = 0;

  /** The value of a pair, or `missing`. */
  get(first: number, second: number, missing: number): number {
    const place = this.place(first, second);
    return this.firsts[place] < 0 ? missing : this.values[place];
  }

  set(first: number, second: number, value: number): void {
    const place = this.place(first, second);
    if (this.firsts[place] < 0) this.count++;
    this.firsts[place] = first;
    this.seconds[place] = second;
    this.values[place] = value;
    if (2 * this.count > this.firsts.length) this.grow();
  }

  bytes(): number {
    return 12 * this.firsts.length;
  }

  private place(first: number, second: number): number {
    const mask = this.firsts.length - 1;
    const hash = Math.imul(Math.imul(first, 0x9e3779b1) ^ (first >>> 15) ^ second, 0x85ebca6b);
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const there = this.firsts[place];
      if (there < 0 || (there === first && this.seconds[place] === second)) return place;
    }
  }

  private grow(): void {
    const { firsts, seconds, values } = this;
    this.firsts = new Int32Array(2 * firsts.length).fill(-1);
    this.seconds = new Int32Array(2 * firsts.length);
    this.values = new Int32Array(2 * firsts.length);
    for (let old = 0; old < firsts.length; old++) {
      if (firsts[old] < 0) continue;
      const place = this.place(firsts[old], seconds[old]);
      this.firsts[place] = firsts[old];
      this.seconds[place] = seconds[old];
      this.values[place] = values[old];
    }
  }
}

function wider(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
