/**
 * NATS JetStream: a replicated stream, as a set of what was published to it. Claims from
 * https://docs.nats.io/nats-concepts/jetstream/streams and .../jetstream_wq_tutorial: a stream of three replicas
 * "can tolerate the loss of one server", and a publish is acknowledged once a majority has stored it. That all of
 * them may lose power at once is what applications commonly take for granted; the server's own `sync_interval`
 * (https://docs.nats.io/running-a-nats-service/configuration) says otherwise: it makes durable every two minutes.
 */
import type { Elements } from 'elle-ts';
import { type NodeId, Refused } from '../systems/node.ts';
import type { Database, DatabaseSession, Host } from './database.ts';
import { briefly } from './wire/briefly.ts';
import { Nats } from './wire/nats.ts';

const STREAM = 'splitbrain';
/** How long a node may take to tell of its state. */
const STATE_MS = 800;
/** How long it may take to make the stream, and to take its first message. */
const FORM_MS = 5000;
/** Messages are read so many at a time. */
const AT_A_TIME = 256;

/** What comes with a response, as far as it is used. */
interface Told {
  readonly error?: { readonly description?: string; readonly code?: number };
  /** Of a publish: where it stands in the stream. */
  readonly seq?: number;
  readonly state?: { readonly first_seq: number; readonly last_seq: number };
  readonly message?: { readonly subject: string; readonly data: string };
  readonly config?: { readonly num_replicas?: number };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { readonly name: string; readonly current?: boolean; readonly offline?: boolean }[];
  };
}

/** An error that the server states is definite; silence is not. */
async function ask(nats: Nats, subject: string, body: object | string): Promise<Told> {
  const told = (await nats.ask(subject, typeof body === 'string' ? body : JSON.stringify(body))) as Told;
  if (told.error) throw new Refused(told.error.description ?? 'refused');
  return told;
}

/** What the stream's leader tells of it, asked by way of one node; nothing where nobody answers there in time. */
async function infoBy(host: Host): Promise<Told | undefined> {
  const asked = (nats: Nats) => ask(nats, `$JS.API.STREAM.INFO.${STREAM}`, {});
  return briefly(Nats.open(host.port('client'), STATE_MS), STATE_MS, asked).catch(() => undefined);
}

async function sessionOf(host: Host): Promise<DatabaseSession<Elements>> {
  const nats = await Nats.open(host.port('client'));
  return {
    close: () => nats.close(),
    api: {
      async add(element, key = '') {
        const { seq } = await ask(nats, `${STREAM}.${key}`, String(element));
        // What anybody else might answer is no acknowledgement of the stream.
        if (!Number.isInteger(seq)) throw new Error('the response names no place in the stream');
        return null;
      },
      read: (_, key = '') => readAll(nats, `${STREAM}.${key}`),
    },
  };
}

/** All messages of one subject, one after the other, as the stream's leader has them. */
async function readAll(nats: Nats, subject: string): Promise<readonly number[]> {
  const { state } = await ask(nats, `$JS.API.STREAM.INFO.${STREAM}`, {});
  const elements: number[] = [];
  const last = state?.last_seq ?? 0;
  for (let from = Math.max(1, state?.first_seq ?? 1); from <= last; from += AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(AT_A_TIME, last - from + 1) }, (_, i) => from + i);
    const found = await Promise.all(numbers.map((seq) => ask(nats, `$JS.API.STREAM.MSG.GET.${STREAM}`, { seq })));
    for (const { message } of found)
      if (message?.subject === subject) elements.push(Number(Buffer.from(message.data, 'base64').toString()));
  }
  return elements;
}

function configuration(host: Host, syncAlways: boolean): string {
  const others = host.nodes.filter((id) => id !== host.id);
  const routes = others.map((id) => `nats-route://${host.address(id)}:${host.advertised('route', id)}`);
  const sync = syncAlways ? ', sync_interval: always' : '';
  return [
    `server_name: ${host.id}`,
    `listen: ${host.address()}:${host.port('client')}`,
    `jetstream { store_dir: ${JSON.stringify(`${host.folder}/js`)}${sync} }`,
    ...(others.length === 0
      ? []
      : [
          'cluster {',
          '  name: splitbrain',
          `  listen: ${host.address()}:${host.port('route')}`,
          `  advertise: "${host.address()}:${host.advertised('route')}"`,
          '  no_advertise: true',
          `  routes: ${JSON.stringify(routes)}`,
          '}',
        ]),
    '',
  ].join('\n');
}

/** Makes the stream at the first node, and waits until every node knows of it. */
async function form(hosts: readonly Host[]): Promise<void> {
  const replicas = Math.min(3, hosts.length);
  const stream = { name: STREAM, subjects: [`${STREAM}.>`], num_replicas: replicas, storage: 'file' };
  for (const [i, host] of hosts.entries()) {
    const asked = i === 0 ? 'CREATE' : 'INFO';
    const { config } = await briefly(Nats.open(host.port('client'), FORM_MS), FORM_MS, (nats) =>
      ask(nats, `$JS.API.STREAM.${asked}.${STREAM}`, i === 0 ? stream : {}),
    );
    if (config?.num_replicas !== replicas) throw new Error(`the stream has ${config?.num_replicas} replicas`);
  }
  // A stream that was just made takes its first message only some seconds after it tells of its leader.
  for (const host of hosts)
    await briefly(Nats.open(host.port('client'), FORM_MS), FORM_MS, (nats) => ask(nats, `${STREAM}.formed`, host.id));
}

/** Whether all that are asked name one leader, which finds all other replicas where it is itself. */
async function whole(hosts: readonly Host[]): Promise<boolean> {
  const told = await Promise.all(hosts.map(infoBy));
  const [first] = told;
  if (hosts.length === 1) return first !== undefined;
  const leader = first?.cluster?.leader;
  return told.every(
    (one) =>
      leader !== undefined &&
      one?.cluster?.leader === leader &&
      (one.cluster.replicas ?? []).length === Math.min(3, hosts.length) - 1 &&
      one.cluster.replicas!.every(({ current, offline }) => current === true && offline !== true),
  );
}

/** The leader that most nodes are told of: one that is cut off goes on to take itself for it for a while. */
async function primary(hosts: readonly Host[]): Promise<NodeId | undefined> {
  const told = (await Promise.all(hosts.map(infoBy))).flatMap((one) => one?.cluster?.leader ?? []);
  const votes = (node: NodeId) => told.filter((other) => other === node).length;
  return told.sort((a, b) => votes(b) - votes(a))[0];
}

/** A response to the subject that a request names for it. */
function respondingWith(text: string): (request: string) => string {
  return (request) => `MSG ${/PUB \S+ (\S+) \d+\r\n/.exec(request)?.[1]} 1 ${text.length}\r\n${text}\r\n`;
}

function jetstream(name: string, syncAlways: boolean): Database<Elements> {
  return {
    name,
    datatype: 'set-full',
    claims: [
      {
        ...{ model: 'set', under: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'], available: 'none' },
        ...{ durable: 'always', converges: false, recoversMs: 40_000 },
      },
    ],
    programs: { 'nats-server': { version: ['--version'], install: 'apt-get install nats-server' } },
    ports: { client: 'clients', route: 'peers' },
    networks: ['proxies', 'namespaces'],
    noticesMs: 6000,
    readyMs: 30_000,
    staged: [
      {
        ...{ says: 'a stream without a leader', to: `PUB ${STREAM}.`, is: 'fail' },
        response: respondingWith('{"error":{"code":503,"err_code":10008,"description":"JetStream is not available"}}'),
      },
      {
        ...{ says: 'no acknowledgement at all', to: `PUB ${STREAM}.`, is: 'info' },
        response: respondingWith('{"stream":"another"}'),
      },
    ],
    commands(host) {
      host.write('nats.conf', configuration(host, syncAlways));
      return [{ program: 'nats-server', args: ['-c', `${host.folder}/nats.conf`] }];
    },
    form,
    whole,
    primary,
    connect: sessionOf,
  };
}

export const natses = [jetstream('nats/jetstream', false), jetstream('nats/jetstream-sync', true)];
