/**
 * A store for PouchDB's adapter for LevelDB, of the interface that it expects (abstract-leveldown): entries in order
 * of their keys, in memory, and on the node's disk a log of the batches that made them.
 */
import type { Node } from '../../systems/node.ts';
import type { Storage } from '../storage.ts';
import type { Pouch, Untyped } from './modules.ts';
import { type Change, type Range, SortedEntries } from './sorted-entries.ts';

type Done<T = void> = (error: Error | null, result?: T) => void;

/** How long a batch collects changes, in ms. */
const BATCH_MS = 100;

/** A function as PouchDB's option `db` wants it: it makes the store. A node has one. */
export function storeOn(node: Node, pouch: Pouch, storage: Pick<Storage, 'acknowledges'>): () => unknown {
  const Iterator = iteratorOf(pouch);
  const log = loggedEntries(node, storage);
  return function store() {
    return new (class extends pouch.AbstractLevelDOWN {
      _open(_: unknown, done: Done): void {
        finish(log.load(), done);
      }

      _serializeKey(key: unknown): string {
        return String(key);
      }

      _serializeValue(value: unknown): string {
        return String(value);
      }

      _get(key: string, { asBuffer }: { readonly asBuffer?: boolean }, done: Done<unknown>): void {
        const value = log.entries.get(key);
        process.nextTick(() => (value === undefined ? done(new Error('NotFound')) : done(null, told(value, asBuffer))));
      }

      _put(key: string, value: string, _: unknown, done: Done): void {
        finish(log.change([{ type: 'put', key, value }]), done);
      }

      _del(key: string, _: unknown, done: Done): void {
        finish(log.change([{ type: 'del', key }]), done);
      }

      _batch(changes: readonly Change[], _: unknown, done: Done): void {
        finish(log.change(changes), done);
      }

      _iterator(range: Range): unknown {
        return new Iterator(this, log.entries.within(range), range);
      }
    })();
  };
}

/** Entries, and on the disk as entry n of a log the n-th batch of changes. */
function loggedEntries(node: Node, { acknowledges }: Pick<Storage, 'acknowledges'>) {
  const entries = new SortedEntries();
  let length = 0;
  let waiting: Change[] = [];
  return {
    entries,
    async load(): Promise<void> {
      for (;;) {
        const changes = await node.disk.read<readonly Change[]>(String(length));
        if (!changes) return;
        length++;
        entries.apply(changes);
      }
    },
    /** What is read afterwards is what is on disk, unless the application does not wait for that. */
    async change(changes: readonly Change[]): Promise<void> {
      if (acknowledges === 'stored') {
        await node.disk.write(String(length++), changes);
        entries.apply(changes);
        return;
      }
      entries.apply(changes);
      if (waiting.length === 0)
        void node.sleep(BATCH_MS).then(() => {
          const batch = waiting;
          waiting = [];
          return node.disk.write(String(length++), batch);
        });
      waiting.push(...changes);
    },
  };
}

/** Over the entries that were there when it began. */
function iteratorOf({ AbstractIterator }: Pouch): Untyped {
  return class extends AbstractIterator {
    private readonly entries: readonly (readonly [string, string])[];
    private readonly range: Range & { readonly keyAsBuffer?: boolean; readonly valueAsBuffer?: boolean };
    private at = 0;

    constructor(store: unknown, entries: readonly (readonly [string, string])[], range: Range) {
      super(store);
      this.entries = entries;
      this.range = range;
    }

    _next(done: (error?: Error | null, key?: unknown, value?: unknown) => void): void {
      const entry = this.entries[this.at++];
      const { keyAsBuffer, valueAsBuffer } = this.range;
      process.nextTick(() => (entry ? done(null, told(entry[0], keyAsBuffer), told(entry[1], valueAsBuffer)) : done()));
    }
  };
}

const told = (text: string, asBuffer?: boolean) => (asBuffer === false ? text : Buffer.from(text));

function finish(task: Promise<void>, done: Done): void {
  task.then(
    () => done(null),
    (error: Error) => done(error),
  );
}
