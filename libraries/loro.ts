import { LoroDoc, VersionVector } from 'loro-crdt';
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

const keyed: Entries<LoroDoc> = {
  set: (doc, key, value) => doc.getMap('map').set(key, value),
  remove: (doc, key) => doc.getMap('map').delete(key),
  get: (doc, key) => doc.getMap('map').get(key) as string | undefined,
  keys: (doc) => doc.getMap('map').keys(),
};

/** https://loro.dev/docs/concepts/choose_crdt_type: what each container promises. */
export const loro: Library<LoroDoc> = {
  name: 'loro-crdt',
  short: 'loro',
  create,
  list: {
    insert: (doc, at, values) => {
      for (const [i, value] of values.entries()) doc.getList('list').insert(at + i, value);
    },
    remove: (doc, at, length) => doc.getList('list').delete(at, length),
    read: (doc) => doc.getList('list').toArray() as string[],
  },
  text: {
    insert: (doc, at, letters) => doc.getText('text').insert(at, letters),
    remove: (doc, at, length) => doc.getText('text').delete(at, length),
    read: (doc) => doc.getText('text').toString(),
    nameAt(doc, at) {
      const cursor = doc.getText('text').getCursor(at)!;
      const { peer, counter } = cursor.pos()!;
      cursor.free();
      return { editor: peer, count: counter };
    },
    runs: keyed,
  },
  map: keyed,
  setOfKeys: keyed,
  counter: {
    add: (doc, by) => doc.getCounter('counter').increment(by),
    value: (doc) => doc.getCounter('counter').value,
  },
};
