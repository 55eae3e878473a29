import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { libraryDesigns } from '../../harness/setting/libraries.ts';
import type { Document, Library } from '../document.ts';

await libraryDesigns();
const { automerge, automergeMaps } = await import('../automerge.ts');
const { loro } = await import('../loro.ts');
const { tinybase } = await import('../tinybase.ts');
const { yjs } = await import('../yjs.ts');
const LIBRARIES = [yjs, automerge, automergeMaps, loro, tinybase] as unknown as readonly Library[];

/** Edits of a map, of a list and of a text, by three editors who see each other's now and then. */
const edit = fc.record({
  by: fc.nat(2),
  kind: fc.constantFrom('set', 'unset', 'insert', 'delete', 'type', 'erase', 'pull'),
  key: fc.constantFrom('a', 'b'),
  at: fc.nat(9),
  from: fc.nat(2),
});
type Edit = { by: number; kind: string; key: string; at: number; from: number };

function made(
  library: Library,
  document: Document<unknown>,
  { kind, key, at }: Edit,
  n: number,
): Uint8Array | undefined {
  const { list, text, map } = library;
  const within = (length: number) => (length === 0 ? -1 : at % length);
  return document.edit((content) => {
    if (kind === 'set') map?.set(content, key, String(n));
    if (kind === 'unset') map?.remove(content, key);
    if (kind === 'insert') list?.insert(content, at % (list.read(content).length + 1), [String(n), 'again']);
    if (kind === 'type') text?.insert(content, at % (text.read(content).length + 1), 'xyx'.slice(n % 3));
    const [element, letter] = [within(list?.read(content).length ?? 0), within(text?.read(content).length ?? 0)];
    if (kind === 'delete' && element >= 0) list?.remove(content, element, 1);
    if (kind === 'erase' && letter >= 0) text?.remove(content, letter, 1);
  });
}

function contentOf({ list, text, map }: Library, document: Document<unknown>): unknown {
  return document.read((content) => ({
    list: list?.read(content),
    text: text?.read(content),
    map: map && Object.fromEntries([...map.keys(content)].sort().map((key) => [key, map.get(content, key)])),
  }));
}

describe.each(LIBRARIES)('documents of $name', (library) => {
  it('come to be the same by updates in any order, some of them twice, and by what versions say is missing', () => {
    let clock = 1_000_000;
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (edits, shuffle) => {
        const documents = [11, 12, 13].map((id) => library.create({ id, now: () => ++clock }));
        const updates: Uint8Array[] = [];
        edits.forEach((one, n) => {
          const document = documents[one.by]!;
          if (one.kind === 'pull') {
            const news = documents[one.from]!.since(document.version());
            if (news && one.from !== one.by) document.apply(news);
            return;
          }
          const update = made(library, document, one, n);
          if (update) updates.push(update);
        });
        const told = library.create({ id: 14, now: () => ++clock });
        const order = [...updates, ...updates.slice(0, 5)].map((update) => ({
          update,
          at: shuffle.next().value as number,
        }));
        for (const { update } of order.sort((a, b) => a.at - b.at)) told.apply(update);
        const asked = library.create({ id: 15, now: () => ++clock });
        for (const document of documents) {
          const news = document.since(asked.version());
          if (news) asked.apply(news);
        }
        const whole = asked.since(undefined);
        const copied = library.create({ id: 16, now: () => ++clock });
        if (whole) copied.apply(whole);
        expect(contentOf(library, told)).toEqual(contentOf(library, asked));
        expect(contentOf(library, copied)).toEqual(contentOf(library, asked));
        if (updates.length > 0) expect(asked.apply(updates[0]!)).toBeUndefined();
        for (const document of [...documents, told, asked, copied]) document.free();
      }),
      { numRuns: 100 },
    );
  });
});
