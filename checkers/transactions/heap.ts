/** A priority queue of small numbers. */

/** The smallest first, by a column of keys. */
export class Heap {
  private readonly key: Int32Array;
  private readonly items: number[] = [];

  constructor(key: Int32Array) {
    this.key = key;
  }

  push(item: number): void {
    const { items, key } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (key[items[parent]] <= key[item]) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** The smallest item, or -1. */
  pop(): number {
    const { items, key } = this;
    const top = items[0] ?? -1;
    const item = items.pop();
    if (item === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && key[items[child + 1]] < key[items[child]]) child++;
      if (key[item] <= key[items[child]]) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
    return top;
  }
}
