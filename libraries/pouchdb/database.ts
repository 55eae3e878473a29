/** A node's database and how it keeps in sync with those of others. */
import { exclusive } from '../../systems/blocks/lock.ts';
import type { Node, NodeId } from '../../systems/node.ts';
import type { Storage } from '../storage.ts';
import type { Style } from '../sync.ts';
import { loadPouch, type Pouch, type Untyped } from './modules.ts';
import { answerPeers, reachPeers } from './peer.ts';
import { storeOn } from './store.ts';

/** What differs between the designs. */
export interface PouchOptions extends Pick<Storage, 'acknowledges'> {
  readonly style: Style;
  /** In memory, with the adapter of that name: a crash forgets everything. */
  readonly memory: boolean;
  /** Whether an edit replaces and removes every version that the node knows, or only the one that is shown. */
  readonly resolves: 'all' | 'winner';
  readonly comparesClocks: boolean;
}

/** How often a node replicates from and to one other, in ms. */
const EVERY_MS = 100;

// The files of its modules are read now: no simulated run reads files.
loadPouch();

/** A version of a document: a leaf of its tree of revisions. */
export interface Version {
  readonly _rev: string;
  readonly _deleted?: boolean;
  readonly value?: unknown;
}

export interface Database {
  /** The document as PouchDB shows it; undefined where there is none. */
  shown(id: string): Promise<Version | undefined>;
  /** All versions that nobody replaced, the removed ones among them, that which is shown first. */
  versions(id: string): Promise<readonly Version[]>;
  /** The ids of all documents that are there and begin so. */
  ids(start: string): Promise<readonly string[]>;
  /** Replaces the versions of a document by what `change` makes of them, again where another edit came first. */
  edit(id: string, change: (versions: readonly Version[]) => readonly object[]): Promise<void>;
  /** All versions of all documents, as text, when it was last looked; for states. */
  readonly seen: Readonly<Record<string, readonly string[]>>;
}

export async function openDatabase(node: Node, options: PouchOptions): Promise<Database> {
  const pouch = loadPouch();
  reachPeers(node, pouch);
  const name = `db ${node.id}`;
  const on = options.memory ? { adapter: 'memory' } : { adapter: 'leveldb', db: storeOn(node, pouch, options) };
  const db = new pouch.PouchDB(name, on);
  await db.info();
  // Each replication that is under way listens to it.
  db.setMaxListeners(0);
  const inTurn = exclusive();
  const seen: Record<string, readonly string[]> = {};
  const versions = async (id: string): Promise<readonly Version[]> => {
    const open = await db.get(id, { open_revs: 'all' }).catch(() => []);
    const all = (open as readonly { ok?: Version }[]).flatMap(({ ok }) => (ok ? [ok] : []));
    return all.sort(winnerFirst);
  };
  /** Writes versions of one document until one is refused: not all in one call (findings/pouchdb-9.0.0-missing.mjs). */
  const write = async (docs: readonly object[]): Promise<boolean> => {
    for (const doc of docs) {
      const [done]: readonly { error?: boolean }[] = await db.bulkDocs([doc]);
      if (done?.error) return false;
    }
    return true;
  };
  const look = async (id: string) => {
    seen[id] = (await versions(id)).map(({ _rev }) => _rev);
  };
  db.changes({ live: true, since: 0 }).on('change', ({ id }: { id: string }) => void look(id));
  const replicated = replication(node, pouch, db, options.style);
  answerPeers(node, db);
  return {
    seen,
    versions,
    shown: (id) => db.get(id).catch(() => undefined),
    async ids(start) {
      const { rows } = await db.allDocs({ startkey: start, endkey: `${start}\uffff` });
      return rows.map(({ id }: { id: string }) => id);
    },
    edit: (id, change) =>
      inTurn(id, async () => {
        for (;;) {
          const docs = change(await versions(id)).map((doc) => ({ ...doc, _id: id }));
          if (docs.length === 0) return;
          const isDone = await write(docs);
          if (isDone) break;
          node.mark('edited-again');
        }
        replicated();
      }),
  };
}

/** https://docs.couchdb.org/en/stable/replication/conflicts.html: who wins, here only to have it in front. */
function winnerFirst(a: Version, b: Version): number {
  if (Boolean(a._deleted) !== Boolean(b._deleted)) return a._deleted ? 1 : -1;
  const [one, two] = [a, b].map(({ _rev }) => Number(_rev.split('-')[0])) as [number, number];
  return one === two ? (a._rev < b._rev ? 1 : -1) : two - one;
}

/** Starts to replicate now and then. Returns what is called after an edit. */
function replication(node: Node, { PouchDB }: Pouch, db: Untyped, style: Style): () => void {
  const first = [node.id, ...node.peers].sort()[0] as NodeId;
  const partners = style === 'server' && node.id !== first ? [first] : node.peers;
  const remotes = partners.map((peer) => new PouchDB(peer, { adapter: 'peer' }).setMaxListeners(0));
  const copy = (from: Untyped, to: Untyped, options: object = {}): Promise<void> =>
    PouchDB.replicate(from, to, options).then(
      () => {},
      () => node.mark('replication-failed'),
    );
  // The application remembers itself how far it told, and not whether it arrived.
  let told = 0;
  if (style === 'told-once')
    return async () => {
      for (const remote of remotes) void copy(db, remote, { since: told, checkpoint: false });
      told = (await db.info()).update_seq;
    };
  void replicateNowAndThen();
  const tells = remotes.map((remote) => oneAtATime(() => copy(db, remote)));
  return () => {
    if (style !== 'exchange') for (const tell of tells) tell();
  };

  async function replicateNowAndThen(): Promise<void> {
    for (;;) {
      await node.sleep(EVERY_MS * (0.5 + node.random()));
      const remote = remotes[Math.floor(node.random() * remotes.length)];
      if (remote) await Promise.all([copy(remote, db), copy(db, remote)]);
    }
  }
}

/** Runs the task, and once more after it where it was called for meanwhile. */
function oneAtATime(task: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await task();
    }
    running = false;
  };
}
