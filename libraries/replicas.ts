/** What a design answers its clients, for each datatype that a library has a type for. */
import type { Value } from 'elle-ts';
import { type Node, Refused } from '../systems/node.ts';
import type { Replica } from '../systems/system.ts';
import type { Counter, Entries, Library, Sequence, Siblings } from './document.ts';
import { type Documents, openDocuments, type Storage } from './storage.ts';
import { type Style, sync } from './sync.ts';

/** What differs between the designs of one library and datatype. */
export interface Options extends Storage {
  readonly style: Style;
  /** Whether the application compares wall clocks before it writes, and drops what seems older. */
  readonly comparesClocks: boolean;
}

/** Opens a node's documents and keeps them in sync. */
export async function opened<Content>(
  node: Node,
  library: Library<Content>,
  options: Options,
): Promise<Documents<Content>> {
  const synced = sync(node, options.style);
  const documents = await openDocuments(node, library, options, synced.tell);
  synced.start(documents as Documents<unknown>);
  return documents;
}

/** Values of clients as the library keeps them, and back. */
export const kept = (value: unknown) => JSON.stringify(value);
export const given = (text: string) => JSON.parse(text) as Value;

/** What the documents hold, by key; worked out again where they have changed since. */
export function stateOf<Content>(documents: Documents<Content>, look: (content: Content) => unknown): unknown {
  let at = -1;
  let state: unknown;
  return {
    get documents() {
      if (at !== documents.changes)
        state = Object.fromEntries(documents.keys().map((key) => [key, documents.get(key).read(look)]));
      at = documents.changes;
      return state;
    },
  };
}

/** An edit of a client's, which has no output. */
export async function edited<Content>(
  documents: Documents<Content>,
  key: string,
  change: (content: Content) => void,
): Promise<null> {
  await documents.edit(key, change);
  return null;
}

/** A place is the element before it, null for the beginning. Several elements are put, or removed, by one call. */
export type Insertion = { readonly after: Value; readonly letters?: string } & (
  | { readonly value: Value }
  | { readonly values: readonly Value[] }
);
type Removal = Value | { readonly values: readonly Value[] };

export const putBy = (input: Insertion): readonly Value[] => ('values' in input ? input.values : [input.value]);

const namedBy = (input: Removal): readonly Value[] =>
  typeof input === 'object' && input !== null && 'values' in input
    ? (input as { values: readonly Value[] }).values
    : [input as Value];

/** The position after an element. Throws `Refused` where that is not there. */
export function positionAfter(elements: readonly Value[], after: Value): number {
  const at = after === null ? -1 : elements.indexOf(after);
  if (at < 0 && after !== null) throw new Refused(`there is no ${String(after)} in it`, { answer: true });
  return at + 1;
}

/** What is still there of what a call removes, as ranges, the last first. Throws `Refused` where that is nothing. */
export function rangesOf(elements: readonly Value[], input: Removal): readonly { at: number; length: number }[] {
  const named = new Set(namedBy(input));
  const ranges: { at: number; length: number }[] = [];
  for (const [at, element] of elements.entries()) {
    if (!named.has(element)) continue;
    const last = ranges[0];
    if (last && last.at + last.length === at) last.length++;
    else ranges.unshift({ at, length: 1 });
  }
  if (ranges.length === 0) throw new Refused('nothing of that is in it', { answer: true });
  return ranges;
}

export async function list<Content>(
  node: Node,
  library: Library<Content>,
  type: Sequence<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  const elementsOf = (content: Content) => type.read(content).map(given);
  return {
    state: stateOf(documents, (content) => type.read(content)),
    end: documents.free,
    api: {
      insert: (input: Insertion, key = '') =>
        edited(documents, key, (content) =>
          type.insert(content, positionAfter(elementsOf(content), input.after), putBy(input).map(kept)),
        ),
      remove: (input: Removal, key = '') =>
        edited(documents, key, (content) => {
          for (const { at, length } of rangesOf(elementsOf(content), input)) type.remove(content, at, length);
        }),
      read: async (_: null, key = '') => documents.get(key).read(elementsOf),
    },
  } as Replica;
}

/** All keys are entries of one map, as an application would have them. */
const MAP = 'map';

interface Stamped {
  readonly value: Value;
  readonly at: number;
}

export async function map<Content>(
  node: Node,
  library: Library<Content>,
  type: Entries<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  const stamp = (value: unknown) => kept(options.comparesClocks ? { value, at: node.now() } : value);
  const plain = (text: string) => (options.comparesClocks ? (given(text) as unknown as Stamped).value : given(text));
  const newer = (content: Content, key: string): boolean => {
    const last = options.comparesClocks ? type.get(content, key) : undefined;
    return last !== undefined && (given(last) as unknown as Stamped).at > node.now();
  };
  return {
    state: stateOf(documents, (content) => entriesOf(type, content)),
    end: documents.free,
    api: {
      write: (value: unknown, key = '') =>
        edited(documents, MAP, (content) => {
          if (!newer(content, key)) type.set(content, key, stamp(value));
        }),
      remove: (_: null, key = '') => edited(documents, MAP, (content) => type.remove(content, key)),
      async read(_: null, key = '') {
        const text = documents.get(MAP).read((content) => type.get(content, key));
        return text === undefined ? null : plain(text);
      },
    },
  } as Replica;
}

function entriesOf<Content>(type: Entries<Content>, content: Content): Record<string, string | undefined> {
  const keys = [...type.keys(content)].sort();
  return Object.fromEntries(keys.map((key) => [key, type.get(content, key)]));
}

/** A set whose elements are the keys of a map. */
export async function set<Content>(
  node: Node,
  library: Library<Content>,
  type: Entries<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  return {
    state: stateOf(documents, (content) => [...type.keys(content)].sort()),
    end: documents.free,
    api: {
      add: (value: Value, key = '') => edited(documents, key, (content) => type.set(content, kept(value), 'true')),
      remove: (value: Value, key = '') => edited(documents, key, (content) => type.remove(content, kept(value))),
      contains: async (value: Value, key = '') =>
        documents.get(key).read((content) => type.get(content, kept(value)) !== undefined),
      read: async (_: null, key = '') => documents.get(key).read(type.keys).map(given),
    },
  } as Replica;
}

export async function siblings<Content>(
  node: Node,
  library: Library<Content>,
  type: Siblings<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  return {
    state: stateOf(documents, (content) => [...type.all(content)].sort()),
    end: documents.free,
    api: {
      write: (value: unknown, key = '') => edited(documents, key, (content) => type.set(content, kept(value))),
      read: async (_: null, key = '') => documents.get(key).read(type.all).map(given),
    },
  } as Replica;
}

export async function counter<Content>(
  node: Node,
  library: Library<Content>,
  type: Counter<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  return {
    state: stateOf(documents, type.value),
    end: documents.free,
    api: {
      add: (by: number, key = '') => edited(documents, key, (content) => type.add(content, by)),
      read: async (_: null, key = '') => documents.get(key).read(type.value),
    },
  } as Replica;
}
