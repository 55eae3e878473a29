/**
 * etcd's JSON gateway (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/), and how its nodes are started and asked.
 */
import { Refused } from '../../systems/node.ts';
import type { Database, Host } from '../database.ts';
import { HttpClient } from '../wire/http.ts';

/** What the gateway returns, as far as it is used. */
interface Told {
  readonly error?: string;
  readonly kvs?: readonly { readonly key: string; readonly value: string; readonly mod_revision: string }[];
  readonly succeeded?: boolean;
  readonly leader?: string;
  readonly raftTerm?: string;
  readonly header?: { readonly member_id?: string; readonly revision?: string };
  /** Of a lease. */
  readonly ID?: string;
  readonly result?: { readonly TTL?: string };
}

/** As the gateway takes keys and values. */
export const base64 = (text: string) => Buffer.from(text).toString('base64');
const address = (host: Host, port: number, of = host.id) => `http://${host.address(of)}:${port}`;

/** Asks the gateway. Of etcd's own errors one alone is definite: all others leave open what becomes of the request. */
export async function ask(client: HttpClient, path: string, body: object): Promise<Told> {
  const { status, text } = await client.post(`/v3/${path}`, body);
  if (/too many requests/.test(text)) throw new Refused('too many requests');
  const told = JSON.parse(text || '{}') as Told;
  if (status !== 200 || told.error !== undefined) throw new Error(told.error ?? `status ${status}`);
  return told;
}

/** Asks once, and closes the connection. */
async function askOnce(host: Host, path: string, body: object): Promise<Told> {
  const client = new HttpClient(host.port('client'));
  try {
    return await ask(client, path, body);
  } finally {
    client.close();
  }
}

/** An error of the gateway, as it answers a request. */
function staged(status: number, error: string): (request: string) => string {
  const body = JSON.stringify({ error, code: 14 });
  return () =>
    `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** How its nodes are started, formed and asked of their state, whatever its clients do. */
export const cluster: Omit<Database, 'name' | 'datatype' | 'claims' | 'connect'> = {
  programs: { etcd: { version: ['--version'], install: 'apt-get install etcd-server' } },
  ports: { peer: 'peers', client: 'clients' },
  networks: ['proxies', 'namespaces'],
  noticesMs: 2000,
  readyMs: 30_000,
  staged: [
    { says: 'too many requests', to: '/kv/', is: 'fail', response: staged(429, 'etcdserver: too many requests') },
    { says: 'a timeout of its own', to: '/kv/', is: 'info', response: staged(503, 'etcdserver: request timed out') },
    { says: 'another leader', to: '/kv/', is: 'info', response: staged(503, 'etcdserver: leader changed') },
  ],
  commands: (host, life) => [
    {
      program: 'etcd',
      args: [
        ...['--name', host.id, '--data-dir', `${host.folder}/data`],
        ...['--initial-cluster-state', life === 0 ? 'new' : 'existing'],
        ...['--listen-peer-urls', address(host, host.port('peer'))],
        ...['--initial-advertise-peer-urls', address(host, host.advertised('peer'))],
        ...['--listen-client-urls', address(host, host.port('client'))],
        ...['--advertise-client-urls', address(host, host.port('client'))],
        // The same on every node, as members' ids are made of it.
        ...[
          '--initial-cluster',
          host.nodes.map((id) => `${id}=${address(host, host.advertised('peer', id), id)}`).join(','),
        ],
        ...['--heartbeat-interval', 50, '--election-timeout', 500, '--logger', 'zap', '--log-level', 'warn'],
      ],
    },
  ],
  async form(hosts) {
    for (const host of hosts) await askOnce(host, 'kv/range', { key: base64('?') });
  },
  async whole(hosts) {
    const told = await Promise.all(hosts.map((host) => askOnce(host, 'maintenance/status', {})));
    return told.every(({ leader }) => leader !== undefined && leader === told[0]?.leader);
  },
  async primary(hosts) {
    const told = await Promise.all(hosts.map((host) => askOnce(host, 'maintenance/status', {}).catch(() => undefined)));
    const leading = hosts.flatMap(({ id }, i) => {
      const { leader, header, raftTerm = '0' } = told[i] ?? {};
      return leader !== undefined && leader === header?.member_id ? [{ id, term: Number(raftTerm) }] : [];
    });
    return leading.sort((a, b) => b.term - a.term)[0]?.id;
  },
  clockStepMs: 1000,
  async clock(host) {
    const client = new HttpClient(host.port('client'));
    const { headers } = await client.get('/version').finally(() => client.close());
    // It counts whole seconds.
    return Date.parse(String(headers.date)) + 500;
  },
};
