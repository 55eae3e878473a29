/**
 * Redis Cluster: keys in slots, each slot with a master and its replicas. What it promises stands in
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/: "it is possible to lose writes during
 * partitions". The claim is what applications commonly take for granted.
 */
import type { Elements } from 'elle-ts';
import { type NodeId, Refused } from '../systems/node.ts';
import type { Database, DatabaseSession, Host } from './database.ts';
import { type Reply, Resp, RespError } from './wire/resp.ts';

const SLOTS = 16_384;
/** So many nodes may say that a slot is somebody else's. */
const MOST_HOPS = 3;
const CONNECT_MS = 500;

async function ask(port: number, ...words: readonly (string | number)[]): Promise<Reply> {
  const resp = await Resp.open(port, CONNECT_MS);
  return resp.ask(...words).finally(() => resp.close());
}

/** Commands to whichever node has the key's slot: each says whose it is where it is not its own. */
class ClusterSession {
  private readonly host: Host;
  private readonly open = new Map<NodeId, Resp>();

  constructor(host: Host) {
    this.host = host;
  }

  async ask(...words: readonly (string | number)[]): Promise<Reply> {
    let node = this.host.id;
    for (let hops = 0; hops < MOST_HOPS; hops++) {
      const resp = await this.connectionTo(node);
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
    for (const resp of this.open.values()) resp.close();
  }

  private async connectionTo(node: NodeId): Promise<Resp> {
    const known = this.open.get(node);
    if (known && !known.isClosed) return known;
    const resp = await Resp.open(this.host.link('redis', node), CONNECT_MS);
    this.open.set(node, resp);
    return resp;
  }
}

function sessionOf(host: Host): DatabaseSession<Elements> {
  const session = new ClusterSession(host);
  return {
    close: () => session.close(),
    api: {
      async add(element, key = '') {
        await session.ask('SADD', key, String(element));
        return null;
      },
      async read(_, key = '') {
        return ((await session.ask('SMEMBERS', key)) as readonly string[]).map(Number);
      },
    },
  };
}

/** The first half of the nodes lead a part of the slots each; the others follow one of them. */
async function form(hosts: readonly Host[]): Promise<void> {
  const masters = hosts.slice(0, hosts.length / 2);
  const [first] = hosts as readonly [Host];
  for (const { id } of hosts)
    await ask(
      first.port('redis'),
      'CLUSTER',
      'MEET',
      '127.0.0.1',
      first.advertised('redis', id),
      first.advertised('bus', id),
    );
  for (const [i, host] of masters.entries()) {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * SLOTS) / masters.length)) as [number, number];
    // Repeated, it says that they are taken.
    await ask(host.port('redis'), 'CLUSTER', 'ADDSLOTSRANGE', from, to - 1).catch(ignoreRefusal);
  }
  for (const [i, host] of hosts.slice(masters.length).entries()) {
    const id = (await ask(masters[i % masters.length]!.port('redis'), 'CLUSTER', 'MYID')) as string;
    await ask(host.port('redis'), 'CLUSTER', 'REPLICATE', id);
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RespError)) throw error;
}

async function whole(hosts: readonly Host[]): Promise<boolean> {
  const told = await Promise.all(
    hosts.map(async (host) => {
      const [cluster, replication] = await Promise.all([
        ask(host.port('redis'), 'CLUSTER', 'INFO'),
        ask(host.port('redis'), 'INFO', 'replication'),
      ]);
      return `${cluster}\n${replication}`;
    }),
  );
  return told.every((text) => /cluster_state:ok/.test(text) && !/master_link_status:down/.test(text));
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
  programs: { 'redis-server': { version: ['--version'], install: 'apt-get install redis-server' } },
  ports: { redis: 'peers', bus: 'peers' },
  noticesMs: 5000,
  readyMs: 40_000,
  fixed: { nodes: 6 },
  commands: (host) => [
    {
      program: 'redis-server',
      args: [
        ...[
          '--port',
          host.port('redis'),
          '--bind',
          '127.0.0.1',
          '--dir',
          host.folder,
          '--save',
          '',
          '--appendonly',
          'yes',
        ],
        ...['--cluster-enabled', 'yes', '--cluster-port', host.port('bus'), '--cluster-node-timeout', 1500],
        ...['--cluster-announce-ip', '127.0.0.1', '--cluster-announce-port', host.advertised('redis')],
        ...['--cluster-announce-bus-port', host.advertised('bus'), '--repl-diskless-sync-delay', 0],
      ],
    },
  ],
  form,
  whole,
  connect: async (host) => sessionOf(host),
  // Of several masters any will do: the first that has slots now.
  async primary(hosts) {
    const roles = await Promise.all(hosts.map((host) => ask(host.port('redis'), 'ROLE').catch((): Reply => null)));
    const leading = roles.findIndex((role) => Array.isArray(role) && role[0] === 'master');
    return hosts[leading]?.id;
  },
  async clock(host) {
    const [seconds, micros] = (await ask(host.port('redis'), 'TIME')) as readonly string[];
    return Number(seconds) * 1000 + Number(micros) / 1000;
  },
};
