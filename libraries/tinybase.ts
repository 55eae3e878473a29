import { createMergeableStore, type MergeableChanges, type MergeableContent, type MergeableStore } from 'tinybase';
import type { Document, Editor, Entries, Library } from './document.ts';

const TABLE = 'entries';
const CELL = 'value';

function create({ id, now }: Editor): Document<MergeableStore> {
  const store = createMergeableStore(id.toString(36), now);
  let told: MergeableChanges | undefined;
  let editing = false;
  store.addDidFinishTransactionListener(() => {
    if (editing) told = structuredClone(store.getTransactionMergeableChanges());
  });
  return {
    edit(change) {
      const before = JSON.stringify(store.getMergeableContentHashes());
      told = undefined;
      editing = true;
      store.transaction(() => change(store));
      editing = false;
      // It also tells of transactions that changed nothing.
      return told && before !== JSON.stringify(store.getMergeableContentHashes()) ? coded(told) : undefined;
    },
    read: (look) => look(store),
    apply(update) {
      const before = JSON.stringify(store.getMergeableContentHashes());
      store.applyMergeableChanges(decoded<MergeableChanges | MergeableContent>(update));
      return before === JSON.stringify(store.getMergeableContentHashes()) ? undefined : update;
    },
    // Its own protocol compares hashes level by level; the hash of everything is the first of them.
    version: () => coded(store.getMergeableContentHashes()),
    since: (version) =>
      version && JSON.stringify(store.getMergeableContentHashes()) === new TextDecoder().decode(version)
        ? undefined
        : coded(store.getMergeableContent()),
    free: () => {},
  };
}

/** As its own synchronizers write it: what is undefined, as a cell that was deleted, is this character. */
const UNDEFINED = '\uFFFC';

const coded = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value, (_, one: unknown) => (one === undefined ? UNDEFINED : one)));
const decoded = <T>(bytes: Uint8Array) => withUndefined(JSON.parse(new TextDecoder().decode(bytes))) as T;

function withUndefined(value: unknown): unknown {
  if (value === UNDEFINED) return undefined;
  if (Array.isArray(value)) return value.map(withUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withUndefined(one)]));
}

const keyed: Entries<MergeableStore> = {
  set: (store, key, value) => {
    store.setCell(TABLE, key, CELL, value);
  },
  remove: (store, key) => {
    store.delRow(TABLE, key);
  },
  get: (store, key) => store.getCell(TABLE, key, CELL) as string | undefined,
  keys: (store) => store.getRowIds(TABLE),
};

/** https://tinybase.org/guides/synchronization/using-a-mergeablestore: cells whose last write wins, by hybrid clock. */
export const tinybase: Library<MergeableStore> = {
  name: 'tinybase',
  short: 'tinybase',
  create,
  map: keyed,
  setOfKeys: keyed,
};
