/**
 * Primary and backups with views: a write counts once every member of the view has it on disk, a read
 * once a majority has confirmed that the primary still is one. When a member falls silent or a stranger
 * is back, a new view is formed by a majority, whose members first promise to acknowledge nothing in
 * older views and then take over the newest entries among them. View v is led by node v mod n.
 *
 * @see Oki & Liskov, "Viewstamped Replication: A New Primary Copy
 *   Method to Support Highly-Available Distributed Systems", PODC 1988.
 * @see Budhiraja, Marzullo, Schneider & Toueg, "The Primary-Backup
 *   Approach", in Mullender (ed.), Distributed Systems, 1993.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and skewed
 * clocks, available to a majority once it has noticed what is gone: time is used to suspect, and never to decide.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import type { Node } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { invariants, newestPrimary, type State } from './invariants.ts';
import { operations } from './operations.ts';
import type { Copy, Entries, Server, Steps, Update } from './server.ts';
import { exchangeBeats, primaryDetector, viewChanges } from './views.ts';

async function start(node: Node, given: Steps) {
  const once = await atMostOnce(node);
  const server: Server = {
    ...given,
    node,
    once,
    entries: await given.openEntries(node),
    nodes: [node.id, ...node.peers].sort(),
    detector: primaryDetector(node),
    promised: 0,
    installed: 0,
    seen: 0,
    leads: undefined,
    follows: undefined,
    forming: false,
  };
  await server.remember();
  answerPeers(server);
  void server.watch();
  return {
    get state(): State {
      const { promised, leads, entries } = server;
      return {
        promised,
        leads: leads ? { view: leads.view, members: leads.members, applied: leads.applied } : null,
        entries: entries.entries,
      };
    },
    api: {
      read: (_: null, key = ''): Promise<Value> => server.read(key),
      async write(value: Value, key = ''): Promise<null> {
        await server.update({ key, value });
        return null;
      },
      async cas([old, value]: readonly [Value, Value], key = ''): Promise<null> {
        await server.update({ key, value, old });
        return null;
      },
    },
  };
}

function answerPeers(server: Server): void {
  const { node, once } = server;
  once.on('update', (update: Update) => server.updateHere(update));
  node.on('read', ({ key }: { key: string }) => server.readHere(key));
  node.on('confirm', ({ view }: { view: number }) => server.confirm(view));
  node.on('store', (copy: Copy) => server.store(copy));
  node.on('prepare', ({ view }: { view: number }) => server.prepare(view));
  node.on('install', ({ view, entries }: { view: number; entries: Entries }) => server.install(view, entries));
  exchangeBeats(server);
}

export type PrimaryBackup = Stepped<Register, State, Steps>;

export const primaryBackup: PrimaryBackup = stepped<Register, State, Steps>({
  name: 'sync-replication/sound',
  datatype: 'register',
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'majority',
      durable: 'always',
      converges: false,
      recoversMs: 3000,
    },
  ],
  primary: newestPrimary,
  invariants,
  steps: { ...operations, ...viewChanges },
  startWith: start,
});
