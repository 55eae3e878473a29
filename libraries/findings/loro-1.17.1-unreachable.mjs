// Loro 1.17.1: of two tabs with one peer id the second misses the first update of the first, and edits a map itself.
// Its edit is taken for the one that it misses. The WebAssembly then ends with "unreachable" instead of a message.
import { LoroDoc } from 'loro-crdt';

const [first, second] = [0, 1].map(() => {
  const doc = new LoroDoc();
  doc.setPeerId(7n);
  return doc;
});
const edit = (doc, change) => {
  const before = doc.version();
  change(doc.getMap('map'));
  doc.commit();
  return doc.export({ mode: 'update', from: before });
};

edit(first, (map) => map.set('missed', 'v'));
const written = edit(first, (map) => map.set('k', 'v'));
const removed = edit(first, (map) => map.delete('k'));
try {
  second.import(written);
  edit(second, (map) => map.set('own', 'v'));
  second.import(removed);
  edit(second, (map) => map.delete('k'));
  second.getMap('map').get('own');
  second.getMap('map').keys();
  console.log('it went on');
} catch (error) {
  console.log(`${error}`);
}
