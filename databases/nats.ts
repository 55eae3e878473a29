/**
 * NATS JetStream: a replicated stream, as a set of what was published to it. Claims from
 * https://docs.nats.io/nats-concepts/jetstream: a publish is acknowledged once a majority has stored it.
 */
import type { Elements } from 'elle-ts';
import { Refused } from '../systems/node.ts';
import type { Database, DatabaseSession, Host } from './database.ts';
import { Nats } from './wire/nats.ts';

const STREAM = 'splitbrain';
/** What comes with a response where the request was refused. */
interface Told {
  readonly error?: { readonly description?: string };
  readonly state?: { readonly first_seq: number; readonly last_seq: number };
  readonly message?: { readonly subject: string; readonly data: string };
}

/** An error that the server states is definite; silence is not. */
async function ask(nats: Nats, subject: string, body: object | string): Promise<Told> {
  const told = (await nats.ask(subject, typeof body === 'string' ? body : JSON.stringify(body))) as Told;
  if (told.error) throw new Refused(told.error.description ?? 'refused');
  return told;
}

async function sessionOf(host: Host): Promise<DatabaseSession<Elements>> {
  const nats = await Nats.open(host.port('client'));
  return {
    close: () => nats.close(),
    api: {
      async add(element, key = '') {
        await ask(nats, `${STREAM}.${key}`, String(element));
        return null;
      },
      async read(_, key = '') {
        const { state } = await ask(nats, `$JS.API.STREAM.INFO.${STREAM}`, {});
        const [first, last] = [Math.max(1, state?.first_seq ?? 1), state?.last_seq ?? 0];
        const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (__, i) => first + i);
        const found = await Promise.all(numbers.map((seq) => ask(nats, `$JS.API.STREAM.MSG.GET.${STREAM}`, { seq })));
        return found.flatMap(({ message }) =>
          message?.subject === `${STREAM}.${key}` ? [Number(Buffer.from(message.data, 'base64').toString())] : [],
        );
      },
    },
  };
}

function configuration(host: Host, syncAlways: boolean): string {
  const others = host.nodes.filter((id) => id !== host.id);
  const routes = others.map((id) => `nats-route://127.0.0.1:${host.advertised('route', id)}`);
  const sync = syncAlways ? ', sync_interval: always' : '';
  return [
    `server_name: ${host.id}`,
    `listen: 127.0.0.1:${host.port('client')}`,
    `jetstream { store_dir: ${JSON.stringify(`${host.folder}/js`)}${sync} }`,
    'cluster {',
    '  name: splitbrain',
    `  listen: 127.0.0.1:${host.port('route')}`,
    `  advertise: "127.0.0.1:${host.advertised('route')}"`,
    '  no_advertise: true',
    `  routes: ${JSON.stringify(routes)}`,
    '}',
    '',
  ].join('\n');
}

function jetstream(name: string, syncAlways: boolean): Database<Elements> {
  return {
    name,
    datatype: 'set-full',
    claims: [
      {
        ...{ model: 'set', under: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'], available: 'none' },
        ...{ durable: 'always', converges: false, recoversMs: 30_000 },
      },
    ],
    programs: { 'nats-server': { version: ['--version'], install: 'apt-get install nats-server' } },
    ports: { client: 'clients', route: 'peers' },
    noticesMs: 6000,
    readyMs: 30_000,
    commands(host) {
      host.write('nats.conf', configuration(host, syncAlways));
      return [{ program: 'nats-server', args: ['-c', `${host.folder}/nats.conf`] }];
    },
    async form(hosts) {
      const stream = {
        name: STREAM,
        subjects: [`${STREAM}.>`],
        num_replicas: Math.min(3, hosts.length),
        storage: 'file',
      };
      for (const [i, host] of hosts.entries()) {
        const nats = await Nats.open(host.port('client'));
        const made =
          i === 0
            ? ask(nats, `$JS.API.STREAM.CREATE.${STREAM}`, stream)
            : ask(nats, `$JS.API.STREAM.INFO.${STREAM}`, {});
        await made.finally(() => nats.close());
      }
    },
    connect: sessionOf,
  };
}

export const natses = [jetstream('nats/jetstream', false), jetstream('nats/jetstream-sync', true)];
