/**
 * Two segment trees over a clock, iterative and in typed arrays:
 * how much covers each gap, and which intervals contain one.
 */

/** Counts over gaps: add to a range, find a gap with the least count. All O(log n). */
export class CoverTree {
  private readonly leaves: number;
  /** The least count below a node, its own `added` included. */
  private readonly least: Int32Array;
  private readonly added: Int32Array;

  constructor(counts: Int32Array) {
    this.leaves = powerOfTwo(counts.length);
    this.least = new Int32Array(2 * this.leaves).fill(TAKEN);
    this.added = new Int32Array(2 * this.leaves);
    this.least.set(counts, this.leaves);
    for (let node = this.leaves - 1; node > 0; node--) this.pull(node);
  }

  /** Adds `amount` to the gaps from `from` up to but not including `to`. */
  add(from: number, to: number, amount: number): void {
    if (from >= to) return;
    let low = from + this.leaves;
    let high = to + this.leaves;
    const first = low;
    const last = high - 1;
    for (; low < high; low >>= 1, high >>= 1) {
      if (low & 1) this.bump(low++, amount);
      if (high & 1) this.bump(--high, amount);
    }
    for (let node = first >> 1; node > 0; node >>= 1) this.pull(node);
    for (let node = last >> 1; node > 0; node >>= 1) this.pull(node);
  }

  /** Takes a gap whose count is zero, once and for all; -1 where there is none left. */
  takeFree(): number {
    if (this.least[1] !== 0) return -1;
    let node = 1;
    while (node < this.leaves) node = this.least[2 * node] <= this.least[2 * node + 1] ? 2 * node : 2 * node + 1;
    this.least[node] = TAKEN;
    for (let above = node >> 1; above > 0; above >>= 1) this.pull(above);
    return node - this.leaves;
  }

  private bump(node: number, amount: number): void {
    this.least[node] += amount;
    this.added[node] += amount;
  }

  private pull(node: number): void {
    const left = this.least[2 * node];
    const right = this.least[2 * node + 1];
    this.least[node] = Math.min(left, right) + this.added[node];
  }
}

/** Far above any count, and still so after counts are added and subtracted. */
const TAKEN = 0x3fffffff;

/**
 * Intervals, one a place, places in the order of their beginnings:
 * find one that contains a gap, and remove it. O(log n).
 */
export class StabTree {
  private readonly leaves: number;
  private readonly furthest: Int32Array;

  /** `ends[place]` is where the interval at this place ends, or -1 for none. */
  constructor(ends: Int32Array) {
    this.leaves = powerOfTwo(ends.length);
    this.furthest = new Int32Array(2 * this.leaves).fill(-1);
    this.furthest.set(ends, this.leaves);
    for (let node = this.leaves - 1; node > 0; node--) this.pull(node);
  }

  /**
   * Removes and returns the place up to `last` whose interval reaches furthest, if that is beyond `gap`; otherwise -1.
   */
  take(last: number, gap: number): number {
    let best = 0;
    let low = this.leaves;
    let high = last + 1 + this.leaves;
    for (; low < high; low >>= 1, high >>= 1) {
      if (low & 1) {
        if (best === 0 || this.furthest[low] > this.furthest[best]) best = low;
        low++;
      }
      if (high & 1) {
        high--;
        if (best === 0 || this.furthest[high] > this.furthest[best]) best = high;
      }
    }
    if (best === 0 || this.furthest[best] <= gap) return -1;
    while (best < this.leaves) best = this.furthest[2 * best] >= this.furthest[2 * best + 1] ? 2 * best : 2 * best + 1;
    this.furthest[best] = -1;
    for (let above = best >> 1; above > 0; above >>= 1) this.pull(above);
    return best - this.leaves;
  }

  private pull(node: number): void {
    const left = this.furthest[2 * node];
    const right = this.furthest[2 * node + 1];
    this.furthest[node] = Math.max(left, right);
  }
}

function powerOfTwo(atLeast: number): number {
  let power = 1;
  while (power < atLeast) power *= 2;
  return power;
}
