import type { Disk } from '../node.ts';

/**
 * A log of which every entry is on disk before it counts: gaps cannot
 * be, and a crash loses nothing that `append` has resolved for.
 */
export interface Log<E> {
  /** How many entries are on disk. */
  readonly length: number;
  at(index: number): E | undefined;
  /** All of them: to be looked at, and not to be changed. */
  readonly entries: readonly E[];
  /** Up to `limit` entries from this one on. */
  slice(from: number, limit: number): readonly E[];
  /** Resolves with the entry's index once a crash would not undo it. */
  append(entry: E): Promise<number>;
  /** Forgets the entries from this one on. */
  truncate(length: number): Promise<void>;
}

/**
 * Reads the log that this node's earlier lives left under `name`.
 * Changes are made one after the other, in the order asked for.
 */
export async function log<E>(disk: Disk, name: string): Promise<Log<E>> {
  const length = (await disk.read<number>(name)) ?? 0;
  const entries: E[] = [];
  for (let i = 0; i < length; i++) entries.push((await disk.read<E>(`${name}/${i}`)) as E);
  let changes: Promise<unknown> = Promise.resolve();

  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const mine = changes.then(change, change);
    changes = mine;
    return mine;
  }

  return {
    entries,
    get length() {
      return entries.length;
    },
    at: (index) => entries[index],
    slice: (from, limit) => entries.slice(from, from + limit),
    append: (entry) =>
      inTurn(async () => {
        const index = entries.length;
        await disk.write(`${name}/${index}`, entry);
        // The length goes last: it says which entries are whole.
        await disk.write(name, index + 1);
        entries.push(entry);
        return index;
      }),
    truncate: (shorter) =>
      inTurn(async () => {
        if (shorter >= entries.length) return;
        await disk.write(name, shorter);
        entries.length = shorter;
      }),
  };
}
