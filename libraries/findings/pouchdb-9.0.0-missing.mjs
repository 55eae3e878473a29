// PouchDB 9.0.0: a revision that was refused stays in the tree of its document, as one that has no body.
//
// CouchDB's documentation resolves conflicts by one call of `bulkDocs` that replaces one version and removes the
// others. Where one of these is refused, since it was replaced meanwhile, its revision was merged into the tree in
// memory before it was compared; another one that is accepted in the same call stores this tree. From then on the
// revision is a leaf that is known and cannot be read. Replication asks for what is not known: where the same removal
// comes from another node, which makes the same revision, this node never takes it, and cannot pass it on.
import adapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';

PouchDB.plugin(adapter);
const db = new PouchDB('db', { adapter: 'memory' });
const of = (hash, ...before) => ({ start: before.length + 1, ids: [hash, ...before] });
await db.bulkDocs(
  [
    { _id: 'doc', _rev: '2-b', value: 'b', _revisions: of('b', 'a') },
    { _id: 'doc', _rev: '2-c', value: 'c', _revisions: of('c', 'a') },
  ],
  { new_edits: false },
);
// Somebody replaces one of the two versions, as replication may meanwhile.
await db.bulkDocs([{ _id: 'doc', _rev: '2-c', value: 'd' }]);
const results = await db.bulkDocs([
  { _id: 'doc', _rev: '2-b', value: 'resolved' },
  { _id: 'doc', _rev: '2-c', _deleted: true },
]);
console.log(`results: ${results.map(({ ok, name }) => (ok ? 'ok' : name)).join(', ')}`);
const leaves = await db.get('doc', { open_revs: 'all' });
console.log(
  `leaves: ${leaves.map(({ ok, missing }) => (ok ? ok.value : `missing ${missing.split('-')[0]}`)).join(', ')}`,
);
const [{ missing }] = leaves.filter((leaf) => leaf.missing);
const wanted = await db.revsDiff({ doc: [missing] });
console.log(`wanted from others: ${Object.keys(wanted).length === 0 ? 'no' : 'yes'}`);
