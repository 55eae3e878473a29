import type { Node } from '../node.ts';

/** A map of which every entry is on disk before it counts. */
export interface DurableMap<V> {
  /** What is in memory, as plain data: what is on disk, and what is on its way there. */
  readonly entries: Readonly<Record<string, V>>;
  get(key: string): V | undefined;
  /** Resolves once a crash would not undo it. Rejects when the disk does. */
  set(key: string, value: V): Promise<void>;
  /** Resolves once a crash would not bring it back. */
  delete(key: string): Promise<void>;
}

/** Reads the map that this node's earlier lives left under `name`. */
export async function durableMap<V>(node: Pick<Node, 'disk'>, name: string): Promise<DurableMap<V>> {
  const keys = (await node.disk.read<string[]>(name)) ?? [];
  const entries: Record<string, V> = {};
  for (const key of keys) {
    const value = await node.disk.read<V>(`${name}/${key}`);
    if (value !== undefined) entries[key] = value;
  }
  return {
    entries,
    get: (key) => entries[key],
    async set(key, value) {
      entries[key] = value;
      if (!keys.includes(key)) {
        // The list of keys goes first: an entry that no list names would be lost to the next life.
        keys.push(key);
        await node.disk.write(name, keys);
      }
      await node.disk.write(`${name}/${key}`, value);
    },
    async delete(key) {
      delete entries[key];
      if (keys.includes(key)) keys.splice(keys.indexOf(key), 1);
      await node.disk.write(name, keys);
    },
  };
}

/** The same interface without a disk: what a replica uses that forgets at a crash what it has acknowledged. */
export function volatileMap<V>(): DurableMap<V> {
  const entries: Record<string, V> = {};
  return {
    entries,
    get: (key) => entries[key],
    async set(key, value) {
      entries[key] = value;
    },
    async delete(key) {
      delete entries[key];
    },
  };
}
