import * as A from '@automerge/automerge';
import type { Document, Editor, Entries, Library } from './document.ts';

/** What all documents begin with: objects that two actors each create for themselves would be two. */
type Content = { list: string[]; text: string; map: Record<string, string>; register?: string; counter: A.Counter };

const BEGINNING = A.save(
  A.change(A.init<Content>({ actor: '00' }), { time: 0 }, (content) => {
    content.list = [];
    content.text = '';
    content.map = {};
    content.counter = new A.Counter(0);
  }),
);

/** A document of Automerge is a value: each change makes another. */
interface Held {
  doc: A.Doc<Content>;
}

function create({ id }: Editor, loadsAgain = false): Document<Held> {
  const actor = id.toString(16).padStart(12, '0');
  const held: Held = { doc: A.load<Content>(BEGINNING, { actor }) };
  return {
    edit(change) {
      const before = held.doc;
      const heads = A.getHeads(before);
      change(held);
      return held.doc === before ? undefined : A.saveSince(held.doc, heads);
    },
    read: (look) => look(held),
    apply(update) {
      const before = A.getHeads(held.doc);
      held.doc = A.loadIncremental(held.doc, update);
      const news = A.saveSince(held.doc, before);
      if (news.length === 0) return undefined;
      if (loadsAgain) {
        const shown = held.doc;
        held.doc = A.load<Content>(A.save(shown), { actor });
        A.free(shown);
      }
      return news;
    },
    version: () => new TextEncoder().encode(A.getHeads(held.doc).join(' ')),
    since(version) {
      const theirs = version ? new TextDecoder().decode(version).split(' ') : [];
      const known = theirs.filter((head) => head !== '' && A.hasHeads(held.doc, [head]));
      const update = A.saveSince(held.doc, known);
      return update.length === 0 ? undefined : update;
    },
    free: () => A.free(held.doc),
  };
}

/** Without the time of day in it: an edit is what it changes. */
function change(held: Held, edit: (content: Content) => void): void {
  held.doc = A.change(held.doc, { time: 0 }, edit);
}

const entries: Entries<Held> = {
  set: (held, key, value) =>
    change(held, ({ map }) => {
      map[key] = value;
    }),
  remove: (held, key) =>
    change(held, ({ map }) => {
      delete map[key];
    }),
  get: ({ doc }, key) => doc.map[key],
  keys: ({ doc }) => Object.keys(doc.map),
};

/** https://automerge.org/docs/reference/documents/conflicts: of concurrent writes all are kept, and one is shown. */
export const automerge: Library<Held> = {
  name: '@automerge/automerge',
  short: 'automerge',
  create: (editor) => create(editor),
  list: {
    insert: (held, at, values) => change(held, ({ list }) => A.insertAt(list, at, ...values)),
    remove: (held, at, length) => change(held, ({ list }) => A.deleteAt(list, at, length)),
    read: ({ doc }) => [...doc.list],
  },
  text: {
    insert: (held, at, letters) => change(held, (content) => A.splice(content, ['text'], at, 0, letters)),
    remove: (held, at, length) => change(held, (content) => A.splice(content, ['text'], at, length)),
    read: ({ doc }) => doc.text,
    nameAt({ doc }, at) {
      const [count, editor] = A.getCursor(doc, ['text'], at).split('@') as [string, string];
      return { editor, count: Number(count) };
    },
    runs: entries,
  },
  set: entries,
  siblings: {
    set: (held, value) =>
      change(held, (content) => {
        content.register = value;
      }),
    all: ({ doc }) =>
      doc.register === undefined
        ? []
        : Object.values(A.getConflicts(doc, 'register') ?? { only: doc.register }).map(String),
  },
  counter: {
    add: (held, by) => change(held, ({ counter }) => counter.increment(by)),
    value: ({ doc }) => doc.counter.value,
  },
};

/**
 * Maps, loaded again after each update: in 3.5.0 a document can still show a value that was removed, where another
 * was written at the same time (findings/automerge-3.5.0-shown.mjs).
 */
export const automergeMaps: Library<Held> = {
  name: automerge.name,
  short: automerge.short,
  create: (editor) => create(editor, true),
  map: entries,
};

/** Maps as they are shown. */
export const automergeMapsAsShown: Library<Held> = {
  ...automergeMaps,
  create: (editor) => create(editor),
  flaw: {
    ends: '-as-shown',
    says: 'Automerge 3.5.0 shows a removed value where another, which was written at the same time, is the right one',
    anomaly: 'diverged',
  },
};
