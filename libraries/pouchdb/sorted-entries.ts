export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

/** What LevelDB's iterators ask for. */
export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Values by key, and the keys in order. */
export class SortedEntries {
  private readonly values = new Map<string, string>();
  private readonly keys: string[] = [];

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      const { key } = change;
      const at = this.placeOf(key);
      const isThere = this.values.has(key);
      if (change.type === 'put') {
        this.values.set(key, change.value);
        if (!isThere) this.keys.splice(at, 0, key);
      } else if (this.values.delete(key)) this.keys.splice(at, 1);
    }
  }

  within({ gt, gte, lt, lte, reverse, limit }: Range): readonly (readonly [key: string, value: string])[] {
    const inside = this.keys.filter(
      (key) =>
        (gt === undefined || key > gt) &&
        (gte === undefined || key >= gte) &&
        (lt === undefined || key < lt) &&
        (lte === undefined || key <= lte),
    );
    const ordered = reverse ? inside.reverse() : inside;
    const some = limit !== undefined && limit >= 0 ? ordered.slice(0, limit) : ordered;
    return some.map((key) => [key, this.values.get(key) as string]);
  }

  /** Where a key is, or would be. */
  private placeOf(key: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
