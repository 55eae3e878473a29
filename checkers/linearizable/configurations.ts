/**
 * A set of configurations of the search, in typed arrays.
 *
 * A configuration is a state, the open operations that have taken effect (slot words), and the never-returning
 * ones that have (info words). One of two that differ only in that its infos are some of the other's can
 * do all that the other can: the infos it still has may stay unused. So only the minimal ones are kept.
 */
export class Configurations {
  /** Word 0 of an entry is the state, then the slot words, the info words, and one word that is the caller's. */
  readonly stride: number;
  data: Int32Array;
  count = 0;
  private readonly keyWords: number;
  private next: Int32Array;
  private heads: Int32Array;
  private stamps: Int32Array;
  private generation = 1;

  constructor(slotWords: number, infoWords: number) {
    this.keyWords = 1 + slotWords;
    this.stride = 2 + slotWords + infoWords;
    this.data = new Int32Array(16 * this.stride);
    this.next = new Int32Array(16);
    this.heads = new Int32Array(32);
    this.stamps = new Int32Array(32);
  }

  /** Empties the set, at no cost. */
  clear(): void {
    this.count = 0;
    this.generation++;
  }

  bytes(): number {
    return 4 * (this.data.length + this.next.length + this.heads.length + this.stamps.length);
  }

  /**
   * Adds a configuration; returns its place, or -1 where one that can do as
   * much is there. Keys are compared in full, so colliding hashes do no harm.
   */
  add(from: Int32Array, at: number): number {
    if (this.count === this.next.length) this.grow();
    const place = this.place(from, at);
    let head = -1;
    if (this.stamps[place] === this.generation) {
      head = this.heads[place];
      for (let entry = head; entry >= 0; entry = this.next[entry]) {
        if (this.within(entry, from, at)) return -1;
      }
    }
    const entry = this.count++;
    const to = entry * this.stride;
    for (let word = 0; word < this.stride; word++) this.data[to + word] = from[at + word];
    this.next[entry] = head;
    this.heads[place] = entry;
    this.stamps[place] = this.generation;
    return entry;
  }

  /** Whether another entry of the same state and slots uses fewer infos than this one. */
  dominated(entry: number): boolean {
    if (this.stride - 1 === this.keyWords) return false;
    const at = entry * this.stride;
    for (let other = this.heads[this.place(this.data, at)]; other >= 0; other = this.next[other]) {
      if (other !== entry && this.within(other, this.data, at)) return true;
    }
    return false;
  }

  /** Whether every info of the entry is one of the configuration's. */
  private within(entry: number, from: Int32Array, at: number): boolean {
    const mine = entry * this.stride;
    for (let word = this.keyWords; word < this.stride - 1; word++) {
      if ((this.data[mine + word] & ~from[at + word]) !== 0) return false;
    }
    return true;
  }

  /** The place in the table of the configuration's state and slots: where they are, or where they would go. */
  private place(from: Int32Array, at: number): number {
    let hash = Math.imul(from[at], 0x9e3779b1);
    for (let word = 1; word < this.keyWords; word++) {
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ Math.imul(from[at + word], 0xc2b2ae35);
    }
    hash ^= hash >>> 16;
    const mask = this.heads.length - 1;
    for (let place = Math.imul(hash, 0x27d4eb2f) >>> 0; ; place++) {
      place &= mask;
      if (this.stamps[place] !== this.generation || this.sameKey(this.heads[place], from, at)) return place;
    }
  }

  private sameKey(entry: number, from: Int32Array, at: number): boolean {
    const mine = entry * this.stride;
    for (let word = 0; word < this.keyWords; word++) if (this.data[mine + word] !== from[at + word]) return false;
    return true;
  }

  private grow(): void {
    const data = new Int32Array(2 * this.data.length);
    data.set(this.data);
    this.data = data;
    const next = new Int32Array(2 * this.next.length);
    next.set(this.next);
    this.next = next;
    const { heads, stamps, generation } = this;
    this.heads = new Int32Array(2 * heads.length);
    this.stamps = new Int32Array(2 * heads.length);
    this.generation = 1;
    for (let old = 0; old < heads.length; old++) {
      if (stamps[old] !== generation) continue;
      const place = this.place(this.data, heads[old] * this.stride);
      this.heads[place] = heads[old];
      this.stamps[place] = 1;
    }
  }
}
