// Shared notes: every device edits its own copy at once, and syncs with a server, which is the first node.
import * as Y from 'yjs';

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const text = (update) => Buffer.from(update).toString('base64');

function app(name, { stores }) {
  return {
    name,
    datatype: 'lww-map',
    library: 'yjs',
    claims: [
      {
        model: 'lww-map',
        under: ['partition', 'link', 'crash', 'pause'],
        available: 'total',
        durable: 'always',
        converges: true,
        recoversMs: 2000,
      },
    ],
    async start(node) {
      const doc = new Y.Doc();
      const notes = doc.getMap('notes');
      const server = [node.id, ...node.peers].sort()[0];

      let length = 0;
      for (;;) {
        const stored = await node.disk.read(`update ${length}`);
        if (!stored) break;
        Y.applyUpdate(doc, bytes(stored));
        length++;
      }
      let last = Promise.resolve();
      const store = (update) => {
        last = last.then(() => node.disk.write(`update ${length}`, text(update))).then(() => length++);
        return last;
      };
      // Yjs tells of every change, our own and those that came from others.
      let news = Promise.resolve();
      doc.on('update', (update) => {
        news = stores(node, update) ? store(update) : Promise.resolve();
      });

      node.on('sync', ({ has, brings }) => {
        Y.applyUpdate(doc, bytes(brings));
        return { has: text(Y.encodeStateVector(doc)), brings: text(Y.encodeStateAsUpdate(doc, bytes(has))) };
      });
      let theirs = new Uint8Array([0]);
      const sync = async () => {
        const has = text(Y.encodeStateVector(doc));
        const brings = text(Y.encodeStateAsUpdate(doc, theirs));
        const reply = await node.call(server, 'sync', { has, brings }).catch(() => undefined);
        if (reply) Y.applyUpdate(doc, bytes(reply.brings));
        theirs = reply ? bytes(reply.has) : new Uint8Array([0]);
        setTimeout(sync, 100);
      };
      if (node.id !== server) setTimeout(sync, 100);

      const edit = async (change) => {
        change();
        await news;
        return null;
      };
      return {
        state: {
          get notes() {
            return notes.toJSON();
          },
        },
        api: {
          write: (value, key) => edit(() => notes.set(key, value)),
          remove: (_, key) => edit(() => notes.delete(key)),
          read: async (_, key) => notes.get(key) ?? null,
        },
      };
    },
  };
}

export const notes = app('my/notes', { stores: () => true });

// The mistake: a device leaves its edits to the server, and what was not synced yet when it crashed is lost.
export const unsaved = app('my/notes-unsaved', { stores: (node) => node.id === 'n1' });
