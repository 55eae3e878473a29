// Automerge 3.5.0: a document shows a value that is no longer there, while a copy of it shows the right one.
//
// One editor writes k and removes it, another writes k at the same time. A reader who knew the first value gets the
// removal and the other write together: it still shows the first value; of plain strings it shows both in one, as
// "1925". Saved and loaded again, the same document shows the second value. The first editor's name must be the larger.
import * as A from '@automerge/automerge';

const value = (text) => new A.ImmutableString(text);
const base = A.change(A.init({ actor: '00' }), { time: 0 }, (doc) => {
  doc.map = {};
});

let first = A.change(A.clone(base, { actor: '02' }), { time: 0 }, (doc) => {
  doc.map.k = value('25');
});
const second = A.change(A.clone(base, { actor: '01' }), { time: 0 }, (doc) => {
  doc.map.k = value('19');
});
const reader = A.merge(A.clone(base, { actor: '03' }), A.clone(first));
first = A.change(first, { time: 0 }, (doc) => {
  delete doc.map.k;
});

const merged = A.merge(reader, A.merge(first, A.clone(second)));
const again = A.load(A.save(merged));
console.log(`shown ${merged.map.k}, loaded again ${again.map.k}`);
