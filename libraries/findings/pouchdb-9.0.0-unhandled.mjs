// PouchDB 9.0.0: a replication whose source goes away ends the process, whatever handlers its application has.
//
// After each batch the replicator asks the source how far it is and does not catch what comes of that: where the source
// cannot be reached just then, a promise is rejected that nobody else can handle, and Node.js ends for it.
import adapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import replication from 'pouchdb-replication';

PouchDB.plugin(replication).plugin(adapter);
const [source, target] = ['source', 'target'].map((name) => new PouchDB(name, { adapter: 'memory' }));
await source.put({ _id: 'one' });

// The source is gone once its documents were read, as a server may be.
const { bulkGet } = source;
source.bulkGet = async (...args) => {
  const documents = await bulkGet.apply(source, args);
  source.info = () => Promise.reject(new Error('the source is gone'));
  return documents;
};
process.on('unhandledRejection', ({ message }) => console.log(`unhandled: ${message}`));
const { ok } = await PouchDB.replicate(source, target).catch((error) => error);
console.log(`replicated: ${ok}`);
