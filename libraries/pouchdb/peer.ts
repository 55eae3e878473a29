/** Replication between nodes without HTTP: what PouchDB's replicator asks of a remote database, as messages. */
import type { Node, NodeId } from '../../systems/node.ts';
import type { Pouch, Untyped } from './modules.ts';

/** What replication asks of a database, beside its changes. */
const METHODS = ['id', 'info', 'get', 'put', 'bulkGet', 'revsDiff', 'bulkDocs'] as const;

const TIMEOUT_MS = 200;

interface Question {
  readonly method: string;
  readonly args: readonly unknown[];
}
type Answer = { readonly result: unknown } | { readonly error: object };

/** Lets other nodes ask this node's database. */
export function answerPeers(node: Node, db: Untyped): void {
  node.on('pouch', async ({ method, args }: Question): Promise<Answer> => {
    try {
      return { result: (await db[method](...args)) ?? null };
    } catch (error) {
      // PouchDB's errors are data, such as { status: 404 }.
      const { status, name, message, reason } = error as Untyped;
      return { error: { status, name, message, reason, error: true } };
    }
  });
}

/** Makes `new PouchDB(node id, { adapter: 'peer' })` the database of another node. */
export function reachPeers(node: Node, { PouchDB }: Pouch): void {
  function Peer(this: Untyped, { name }: { readonly name: NodeId }, opened: (error: null, api: unknown) => void): void {
    const ask = async (method: string, args: readonly unknown[]): Promise<Untyped> => {
      const answer = await node.call<Answer>(name, 'pouch', { method, args }, TIMEOUT_MS);
      if ('error' in answer) throw Object.assign(new Error(), answer.error);
      return answer.result;
    };
    for (const method of METHODS) this[method] = (...args: readonly unknown[]) => ask(method, args);
    // PouchDB 9.0.0 leaves this rejected promise unhandled (findings/pouchdb-9.0.0-unhandled.mjs), and takes from it
    // only how far it is.
    this.info = () => ask('info', []).catch(() => ({ update_seq: 0 }));
    this._remote = true;
    this.type = () => 'peer';
    this._close = (done: () => void) => done();
    this._changes = (options: Untyped) => {
      let cancelled = false;
      const { since, limit, style } = options;
      ask('changes', [{ since, limit, style, return_docs: true }]).then(
        (changes) => {
          if (cancelled) return;
          for (const change of changes.results) options.onChange(change);
          options.complete(null, changes);
        },
        (error) => options.complete(error),
      );
      return {
        cancel: () => {
          cancelled = true;
        },
      };
    };
    process.nextTick(() => opened(null, this));
  }
  PouchDB.adapter('peer', Object.assign(Peer, { valid: () => true, use_prefix: false }), false);
}
