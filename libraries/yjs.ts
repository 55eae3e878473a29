import * as Y from 'yjs';
import type { Document, Editor, Entries, Library } from './document.ts';

function create({ id }: Editor): Document<Y.Doc> {
  const doc = new Y.Doc({ gc: true });
  // Yjs draws a client id of 32 bits for each session.
  doc.clientID = id % 2 ** 32;
  let told: Uint8Array | undefined;
  doc.on('update', (update: Uint8Array) => {
    told = update;
  });
  return {
    edit(change) {
      told = undefined;
      doc.transact(() => change(doc));
      return told;
    },
    read: (look) => look(doc),
    apply(update) {
      told = undefined;
      Y.applyUpdate(doc, update);
      return told;
    },
    version: () => Y.encodeStateVector(doc),
    since(version) {
      // With all that was ever removed, whatever the version: a state vector counts insertions alone.
      const update = Y.encodeStateAsUpdate(doc, version);
      return update.length <= NOTHING ? undefined : update;
    },
    free: () => doc.destroy(),
  };
}

/** The length of an update without insertions and removals. */
const NOTHING = 2;
const entries = (doc: Y.Doc) => doc.getMap<string>('map');

const keyed: Entries<Y.Doc> = {
  set: (doc, key, value) => {
    entries(doc).set(key, value);
  },
  remove: (doc, key) => entries(doc).delete(key),
  get: (doc, key) => entries(doc).get(key),
  keys: (doc) => [...entries(doc).keys()],
};

/** https://docs.yjs.dev: shared types; a map's entries are last-writer-wins, whoever knew less loses. */
export const yjs: Library<Y.Doc> = {
  name: 'yjs',
  short: 'yjs',
  create,
  list: {
    insert: (doc, at, values) => doc.getArray<string>('list').insert(at, [...values]),
    remove: (doc, at, length) => doc.getArray<string>('list').delete(at, length),
    read: (doc) => doc.getArray<string>('list').toArray(),
  },
  text: {
    insert: (doc, at, letters) => doc.getText('text').insert(at, letters),
    remove: (doc, at, length) => doc.getText('text').delete(at, length),
    read: (doc) => doc.getText('text').toString(),
    nameAt(doc, at) {
      const { client, clock } = Y.createRelativePositionFromTypeIndex(doc.getText('text'), at).item!;
      return { editor: String(client), count: clock };
    },
    runs: keyed,
  },
  map: keyed,
  setOfKeys: keyed,
};
