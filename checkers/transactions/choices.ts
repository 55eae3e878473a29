/**
 * Open choices between two sets of edges each: one for every pair
 * of writes of a key of which nothing says which came first.
 *
 * Choice c is decided by literal 2c ("the first came first") or 2c + 1; the edges of literal l are `from` and `to` at
 * `offset[l]` to `offset[l + 1] - 1`.
 */
export class Choices {
  count = 0;
  readonly offset: number[] = [0];
  readonly from: number[] = [];
  readonly to: number[] = [];

  /** Adds a choice; each side is a list of edges as pairs of nodes. */
  add(first: readonly (readonly [number, number])[], second: readonly (readonly [number, number])[]): void {
    for (const side of [first, second]) {
      for (const [from, to] of side) {
        this.from.push(from);
        this.to.push(to);
      }
      this.offset.push(this.from.length);
    }
    this.count++;
  }
}
