import { type LoroCounter, LoroDoc, type LoroList, type LoroMap, type LoroText, VersionVector } from 'loro-crdt';
import type { Document, Editor, Entries, Library } from './document.ts';

function create({ id }: Editor): Document<LoroDoc> {
  const doc = new LoroDoc();
  doc.setPeerId(BigInt(id));
  return {
    edit(change) {
      const before = doc.version();
      change(doc);
      doc.commit();
      const update = newsSince(doc, before);
      before.free();
      return update;
    },
    read: (look) => look(doc),
    apply(update) {
      const before = doc.version();
      doc.import(update);
      const news = newsSince(doc, before);
      before.free();
      return news;
    },
    version() {
      const version = doc.version();
      const bytes = version.encode();
      version.free();
      return bytes;
    },
    since(bytes) {
      const theirs = bytes ? VersionVector.decode(bytes) : new VersionVector(null);
      const update = newsSince(doc, theirs);
      theirs.free();
      return update;
    },
    free: () => doc.free(),
  };
}

function newsSince(doc: LoroDoc, before: VersionVector): Uint8Array | undefined {
  const now = doc.version();
  const compared = now.compare(before);
  now.free();
  return compared !== undefined && compared <= 0 ? undefined : doc.export({ mode: 'update', from: before });
}

/** Uses a handle on a part of a document, and gives it back: the document's memory lives as long as any of them. */
function using<H extends { free(): void }, T>(handle: H, use: (handle: H) => T): T {
  try {
    return use(handle);
  } finally {
    handle.free();
  }
}

const inMap = <T>(doc: LoroDoc, use: (map: LoroMap) => T) => using(doc.getMap('map'), use);
const inList = <T>(doc: LoroDoc, use: (list: LoroList) => T) => using(doc.getList('list'), use);
const inText = <T>(doc: LoroDoc, use: (text: LoroText) => T) => using(doc.getText('text'), use);
const inCounter = <T>(doc: LoroDoc, use: (counter: LoroCounter) => T) => using(doc.getCounter('counter'), use);

const keyed: Entries<LoroDoc> = {
  set: (doc, key, value) => inMap(doc, (map) => map.set(key, value)),
  remove: (doc, key) => inMap(doc, (map) => map.delete(key)),
  get: (doc, key) => inMap(doc, (map) => map.get(key) as string | undefined),
  keys: (doc) => inMap(doc, (map) => map.keys()),
};

/** https://loro.dev/docs/concepts/choose_crdt_type: what each container promises. */
export const loro: Library<LoroDoc> = {
  name: 'loro-crdt',
  short: 'loro',
  create,
  list: {
    insert: (doc, at, values) =>
      inList(doc, (list) => {
        for (const [i, value] of values.entries()) list.insert(at + i, value);
      }),
    remove: (doc, at, length) => inList(doc, (list) => list.delete(at, length)),
    read: (doc) => inList(doc, (list) => list.toArray() as string[]),
  },
  text: {
    insert: (doc, at, letters) => inText(doc, (text) => text.insert(at, letters)),
    remove: (doc, at, length) => inText(doc, (text) => text.delete(at, length)),
    read: (doc) => inText(doc, (text) => text.toString()),
    nameAt: (doc, at) =>
      inText(doc, (text) =>
        using(text.getCursor(at)!, (cursor) => {
          const { peer, counter } = cursor.pos()!;
          return { editor: peer, count: counter };
        }),
      ),
    runs: keyed,
  },
  map: keyed,
  setOfKeys: keyed,
  counter: {
    add: (doc, by) => inCounter(doc, (counter) => counter.increment(by)),
    value: (doc) => inCounter(doc, (counter) => counter.value),
  },
};
