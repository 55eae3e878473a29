/**
 * How an application keeps a library's documents: on the node's disk as updates, one entry after the other, which are
 * applied again when the node starts. Edits of others are among them: own edits refer to those, and are not shown
 * where they are missing.
 */
import { exclusive } from '../systems/blocks/lock.ts';
import type { Node } from '../systems/node.ts';
import { bytesOf, type Document, type Editor, type Library, textOf } from './document.ts';

/** How an application stores. Each but the first of a line is a mistake that people make. */
export interface Storage {
  /** Who edits: somebody new in each life, the node in all its lives, or one user at all nodes. */
  readonly identity: 'life' | 'node' | 'user';
  /** When an edit is acknowledged: once it is on disk, or at once. */
  readonly acknowledges: 'stored' | 'at once';
  /** Whether every edit is written by itself, or what came in within `BATCH_MS` together. */
  readonly writes: 'each' | 'batch';
  /** Whether edits of others are stored, too. */
  readonly keeps: 'all' | 'own';
}

export const SOUND: Storage = { identity: 'life', acknowledges: 'stored', writes: 'each', keeps: 'all' };

/** How long a batch collects edits, in ms. */
const BATCH_MS = 100;

/** The documents of a node, by key. */
export interface Documents<Content> {
  /** The keys of those that were ever edited, by anybody. */
  keys(): readonly string[];
  get(key: string): Document<Content>;
  /** Edits a document. Resolves once the edit is acknowledged; `made` is called with its update before. */
  edit(key: string, change: (content: Content) => void): Promise<void>;
  /** Takes in an update of somebody else's. */
  apply(key: string, update: string): void;
  /** Once nobody asks for any of them any more. */
  free(): void;
  /** Counts all changes: what was derived from documents is out of date when it differs. */
  readonly changes: number;
}

/** Opens what earlier lives stored. `told` is called with the update of each edit as soon as it is made. */
export async function openDocuments<Content>(
  node: Node,
  library: Library<Content>,
  storage: Storage,
  told: (key: string, update: string) => void,
): Promise<Documents<Content>> {
  const editor: Editor = { id: idOf(node, storage), now: () => Math.floor(node.now()) };
  const documents = new Map<string, Document<Content>>();
  const log = updateLog(node, storage.writes);
  let changes = 0;
  const get = (key: string): Document<Content> => {
    const document = documents.get(key) ?? library.create(editor);
    documents.set(key, document);
    return document;
  };
  const edited = new Set<string>();
  const apply = (key: string, update: string): string | undefined => {
    const news = get(key).apply(bytesOf(update));
    if (!news) return undefined;
    edited.add(key);
    changes++;
    return textOf(news);
  };
  for (const [key, update] of await log.stored()) apply(key, update);
  return {
    keys: () => [...edited].sort(),
    get,
    async edit(key, change) {
      const update = get(key).edit(change);
      if (!update) return;
      changes++;
      edited.add(key);
      const text = textOf(update);
      told(key, text);
      const written = log.write(key, text);
      if (storage.acknowledges === 'stored') await written;
    },
    apply(key, update) {
      const news = apply(key, update);
      if (news !== undefined && storage.keeps === 'all') void log.write(key, news);
    },
    free() {
      for (const document of documents.values()) document.free();
    },
    get changes() {
      return changes;
    },
  };
}

function idOf(node: Node, { identity }: Storage): number {
  if (identity === 'user') return 7;
  // Below 2^31, as Yjs wants it, and never 0 or 7.
  if (identity === 'life') return 8 + Math.floor(node.random() * (2 ** 31 - 8));
  return [...node.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 31, 8);
}

type Entry = readonly [key: string, update: string];

interface UpdateLog {
  stored(): Promise<readonly Entry[]>;
  /** Resolves once it is on disk. */
  write(key: string, update: string): Promise<void>;
}

/** Entry n of the log is what the disk keeps as n; they are written one after the other. */
function updateLog(node: Node, writes: Storage['writes']): UpdateLog {
  const inTurn = exclusive();
  let length = 0;
  let batch: { entries: Entry[]; written: Promise<void> } | undefined;
  const append = (entries: readonly Entry[]) =>
    inTurn('log', async () => {
      await node.disk.write(String(length), entries);
      length++;
    });
  return {
    async stored() {
      const all: Entry[] = [];
      for (;;) {
        const entries = await node.disk.read<readonly Entry[]>(String(length));
        if (!entries) return all;
        all.push(...entries);
        length++;
      }
    },
    write(key, update) {
      const entry: Entry = [key, update];
      if (writes === 'each') return append([entry]);
      if (!batch) {
        const entries: Entry[] = [];
        const written = node.sleep(BATCH_MS).then(() => {
          batch = undefined;
          return append(entries);
        });
        batch = { entries, written };
      }
      batch.entries.push(entry);
      return batch.written;
    },
  };
}
