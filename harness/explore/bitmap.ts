/** So many bits, which take 128 kB: a search of days fills them, and then sees little that is new. */
const BITS = 1 << 20;

/**
 * What was seen, of which there is no end, in a fixed size: each hash has one bit. Two that share one are taken for
 * the same, more and more often as the map fills.
 *
 * @see Zalewski, "American Fuzzy Lop: technical details", 2014: a map of what was covered that does not grow.
 */
export class Bitmap {
  private readonly bytes = new Uint8Array(BITS / 8);
  /** How many bits are set. */
  size = 0;

  /** Notes a hash, a whole number below 2^53. */
  add(hash: number): void {
    const bit = hash % BITS;
    const mask = 1 << (bit & 7);
    if (this.bytes[bit >> 3]! & mask) return;
    this.bytes[bit >> 3]! |= mask;
    this.size++;
  }
}
