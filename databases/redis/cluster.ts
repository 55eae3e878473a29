/**
 * Redis Cluster: keys in slots, each slot with a master and its replicas. What it promises stands in
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/: "there are windows where it is possible
 * to lose writes during partitions". The claim is what applications commonly take for granted.
 */
import type { Elements } from 'elle-ts';
import { type NodeId, Refused } from '../../systems/node.ts';
import type { Database, DatabaseSession, Host } from '../database.ts';
import { type Reply, RespError } from '../wire/resp.ts';
import { Connections } from './connections.ts';
import { elementsBy } from './elements.ts';
import { ask, clock, isStreaming, redisWithSentinel } from './state.ts';

const SLOTS = 16_384;
/** So many nodes may say that a slot is somebody else's. */
const MOST_HOPS = 3;
const CONNECT_MS = 500;
/** A partition must last for it to be noticed, in ms. */
const NODE_TIMEOUT_MS = 1500;

/** Commands to whichever node has the key's slot: each says whose it is where it is not its own. */
class ClusterSession {
  private readonly host: Host;
  private readonly connections: Connections;

  constructor(host: Host) {
    this.host = host;
    this.connections = new Connections(host, CONNECT_MS);
  }

  async ask(...words: readonly (string | number)[]): Promise<Reply> {
    let node = this.host.id;
    for (let hops = 0; hops < MOST_HOPS; hops++) {
      const resp = await this.connections.to(node);
      try {
        return await resp.ask(...words);
      } catch (error) {
        if (!(error instanceof RespError)) throw error;
        // The command was not executed: here, or because the cluster is down.
        const port = /^MOVED \d+ [^ ]*:(\d+)/.exec(error.message)?.[1];
        const other = port === undefined ? undefined : this.host.behind(Number(port));
        if (other === undefined) throw new Refused(error.message);
        node = other;
      }
    }
    throw new Refused('moved too often');
  }

  close(): void {
    this.connections.close();
  }
}

function sessionOf(host: Host): DatabaseSession<Elements> {
  const session = new ClusterSession(host);
  const ask = (...words: readonly (string | number)[]) => session.ask(...words);
  return elementsBy({ read: ask, write: ask, close: () => session.close() });
}

/** A member of the cluster, as another one knows it. */
interface Member {
  readonly id: string;
  readonly node: NodeId | undefined;
  readonly isMaster: boolean;
  readonly slots: readonly string[];
}

/** The members that a node knows: `ID IP:PORT@BUS FLAGS MASTER PING PONG EPOCH STATE SLOTS...`, a line each. */
async function membersBy(host: Host): Promise<readonly Member[]> {
  const lines = String(await ask(host, 'redis', 'CLUSTER', 'NODES'))
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const [id = '', address = '', flags = '', , , , , , ...slots] = line.split(' ');
    // One that was met and has not answered yet has an id that is not its own.
    if (/handshake|noaddr/.test(flags)) return [];
    const node = host.behind(Number(/:(\d+)@/.exec(address)?.[1]));
    return [{ id, node, isMaster: /\bmaster\b/.test(flags), slots }];
  });
}

/**
 * The first half of the nodes lead a part of the slots each; the others follow one of them. Rejects until all know each
 * other and have their roles; what has been done is not done again.
 */
async function form(hosts: readonly Host[]): Promise<void> {
  const [first] = hosts as readonly [Host];
  const met = new Set((await membersBy(first)).map(({ node }) => node));
  const missing = hosts.filter((host) => host !== first && !met.has(host.id));
  for (const { id } of missing)
    await ask(
      first,
      'redis',
      'CLUSTER',
      'MEET',
      first.address(id),
      first.advertised('redis', id),
      first.advertised('bus', id),
    );
  for (const host of hosts) {
    const known = await membersBy(host);
    if (known.length < hosts.length) throw new Error(`${host.id} knows ${known.length} of ${hosts.length} nodes`);
  }
  const masters = hosts.slice(0, Math.ceil(hosts.length / 2));
  for (const [i, host] of masters.entries()) {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * SLOTS) / masters.length)) as [number, number];
    const own = (await membersBy(host)).find(({ node }) => node === host.id);
    if (own?.slots.length === 0) await ask(host, 'redis', 'CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
  }
  for (const [i, host] of hosts.slice(masters.length).entries()) {
    const known = await membersBy(host);
    const master = known.find(({ node }) => node === masters[i % masters.length]!.id);
    if (known.find(({ node }) => node === host.id)?.isMaster)
      await ask(host, 'redis', 'CLUSTER', 'REPLICATE', master!.id);
  }
}

/** Whether all agree on who leads which slots, and every replica hears its master. */
async function whole(hosts: readonly Host[]): Promise<boolean> {
  const views = await Promise.all(
    hosts.map(async (host) => {
      const info = String(await ask(host, 'redis', 'CLUSTER', 'INFO'));
      if (!/cluster_state:ok/.test(info) || !(await isStreaming(host))) return undefined;
      const leading = (await membersBy(host)).flatMap(({ node, slots }) =>
        slots.length > 0 ? `${node} ${slots}` : [],
      );
      return leading.sort().join(', ');
    }),
  );
  return views.every((view) => view !== undefined && view === views[0]);
}

export const redisCluster: Database<Elements> = {
  name: 'redis/cluster',
  datatype: 'set-full',
  claims: [
    {
      ...{ model: 'set', under: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'], available: 'none' },
      ...{ durable: 'always', converges: false, recoversMs: 40_000 },
    },
  ],
  programs: { 'redis-server': redisWithSentinel },
  ports: { redis: 'peers', bus: 'peers' },
  networks: ['proxies', 'namespaces'],
  noticesMs: 5000,
  readyMs: 40_000,
  fixed: { nodes: 6 },
  staged: [
    {
      says: 'a cluster that is down',
      to: '\r\nSADD\r\n',
      is: 'fail',
      response: () => '-CLUSTERDOWN The cluster is down\r\n',
    },
  ],
  commands: (host) => [
    {
      program: 'redis-server',
      args: [
        ...['--port', host.port('redis'), '--bind', host.address(), '--protected-mode', 'no', '--dir', host.folder],
        ...['--save', '', '--appendonly', 'yes', '--repl-diskless-sync-delay', 0],
        ...['--cluster-enabled', 'yes', '--cluster-port', host.port('bus')],
        ...['--cluster-node-timeout', NODE_TIMEOUT_MS, '--cluster-announce-ip', host.address()],
        ...['--cluster-announce-port', host.advertised('redis'), '--cluster-announce-bus-port', host.advertised('bus')],
      ],
    },
  ],
  form,
  whole,
  connect: async (host) => sessionOf(host),
  // Of several masters any will do: the first that leads slots now, by its own word and that of the most others.
  async primary(hosts) {
    const views = await Promise.all(hosts.map((host) => membersBy(host).catch((): readonly Member[] => [])));
    const votes = hosts.map(
      ({ id }) => views.filter((members) => members.some(({ node, slots }) => node === id && slots.length > 0)).length,
    );
    return hosts[votes.findIndex((count) => count > hosts.length / 2)]?.id;
  },
  clock,
};
