/** What comes before what, closed under transitivity. */

/** Pairs of events as bits, n^2 / 8 bytes. */
export class Reach {
  readonly count: number;
  private readonly words: number;
  private readonly bits: Uint32Array;

  constructor(count: number) {
    this.count = count;
    this.words = Math.ceil(count / 32);
    this.bits = new Uint32Array(count * this.words);
  }

  has(a: number, b: number): boolean {
    return (((this.bits[a * this.words + (b >> 5)] as number) >>> (b & 31)) & 1) === 1;
  }

  /** Notes one pair, for relations that are transitive by themselves. */
  note(a: number, b: number): void {
    this.bits[a * this.words + (b >> 5)] = (this.bits[a * this.words + (b >> 5)] as number) | (1 << (b & 31));
  }

  /** Adds a pair and all that follows; returns whether it was new. O(n^2 / 32). */
  add(a: number, b: number): boolean {
    if (this.has(a, b)) return false;
    const to = b * this.words;
    for (let from = 0; from < this.count; from++) {
      if (from !== a && !this.has(from, a)) continue;
      const row = from * this.words;
      for (let word = 0; word < this.words; word++)
        this.bits[row + word] = (this.bits[row + word] as number) | (this.bits[to + word] as number);
      this.note(from, b);
    }
    return true;
  }

  /** Calls for every event that comes after one. */
  after(a: number, visit: (b: number) => void): void {
    for (let word = 0; word < this.words; word++) {
      let left = this.bits[a * this.words + word] as number;
      while (left !== 0) {
        const bit = 31 - Math.clz32(left & -left);
        visit(word * 32 + bit);
        left &= left - 1;
      }
    }
  }
}

/** That a transaction comes before another, and why: its write was read or replaced, or what it read was replaced. */
interface Dependency {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

/** Whether a dependency is of a read on what was written later. */
export function isAnti(kind: string): boolean {
  return kind === 'rw' || kind === 'rwp';
}

/** The events of transactions: each starts and commits, which is one moment but under snapshot isolation. */
export class RowMoments {
  readonly snapshot: boolean;

  constructor(snapshot: boolean) {
    this.snapshot = snapshot;
  }

  count(transactions: number): number {
    return this.snapshot ? 2 * transactions : transactions;
  }

  start(transaction: number): number {
    return this.snapshot ? 2 * transaction : transaction;
  }

  commit(transaction: number): number {
    return this.snapshot ? 2 * transaction + 1 : transaction;
  }

  /** The moments that a dependency orders. */
  ordered({ from, to, kind }: Dependency): readonly [before: number, after: number] {
    return isAnti(kind) ? [this.start(from), this.commit(to)] : [this.commit(from), this.start(to)];
  }

  /** Whose moment this is. */
  of(moment: number): number {
    return this.snapshot ? moment >> 1 : moment;
  }
}
