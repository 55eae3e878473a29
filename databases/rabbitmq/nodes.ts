/** How RabbitMQ's nodes are started, joined, and brought back after a partition. */
import { createHash } from 'node:crypto';
import type { NodeId } from '../../systems/node.ts';
import type { Command, Database, Host, NodeControls } from '../database.ts';
import { Amqp } from '../wire/amqp.ts';
import { AmqpError } from '../wire/amqp-frames.ts';
import { briefly } from '../wire/briefly.ts';

/** How long a node may take to let a client in. */
const STATE_MS = 800;
/** How long it may take to make a queue, or to look for one. */
const ANSWER_MS = 5000;

const nameOf = (host: Host, id: NodeId = host.id) => `rabbit@${host.address(id)}`;

function configuration(host: Host): string {
  return [
    'loopback_users.guest = false',
    'cluster_partition_handling = ignore',
    'cluster_formation.peer_discovery_backend = classic_config',
    ...host.nodes.map((id, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${nameOf(host, id)}`),
    'log.console = true',
    'log.console.level = warning',
    'log.connection.level = error',
    'log.file = false',
    'disk_free_limit.absolute = 1MB',
    `load_definitions = ${host.folder}/definitions.json`,
    '',
  ].join('\n');
}

/** Who may do what, and the policy that keeps a copy of every queue whose name begins so at every node. */
function definitions(): string {
  const salt = Buffer.from('salt');
  const hash = createHash('sha256').update(Buffer.concat([salt, Buffer.from('guest')]));
  const user = {
    ...{ name: 'guest', tags: 'administrator', hashing_algorithm: 'rabbit_password_hashing_sha256' },
    password_hash: Buffer.concat([salt, hash.digest()]).toString('base64'),
  };
  const all = { configure: '.*', write: '.*', read: '.*' };
  const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };
  return JSON.stringify({
    users: [user],
    vhosts: [{ name: '/' }],
    permissions: [{ user: 'guest', vhost: '/', ...all }],
    policies: [
      {
        ...{ vhost: '/', name: 'mirrored', pattern: '^mirrored-', 'apply-to': 'queues', priority: 0 },
        definition: mirrored,
      },
    ],
  });
}

function commands(host: Host): readonly Command[] {
  const { folder } = host;
  host.write('.erlang.cookie', 'splitbrain');
  host.write('plugins', '[].');
  host.write('rabbitmq.conf', configuration(host));
  host.write('definitions.json', definitions());
  const env = {
    RABBITMQ_NODENAME: nameOf(host),
    RABBITMQ_USE_LONGNAME: 'true',
    RABBITMQ_NODE_IP_ADDRESS: host.address(),
    RABBITMQ_NODE_PORT: String(host.port('amqp')),
    RABBITMQ_DIST_PORT: String(host.port('distribution')),
    RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
    RABBITMQ_LOG_BASE: `${folder}/log`,
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_CONF_ENV_FILE: `${folder}/none`,
    // The script becomes the virtual machine.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_START_ARGS: '-noinput',
    // The name server is one of ours: what Erlang would start by itself outlives its node.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel net_ticktime 4 -start_epmd false +S 1:1',
  };
  return [
    { program: 'epmd', args: ['-relaxed_command_check'] },
    { program: 'rabbitmq-server', args: [], env },
  ];
}

async function isOpen(host: Host): Promise<boolean> {
  const amqp = await Amqp.open(host.port('amqp'), STATE_MS).catch(() => undefined);
  amqp?.close();
  return amqp !== undefined;
}

let probes = 0;

/**
 * Which others each node knows nothing of: every node makes a queue, and nodes of one cluster have it, too. Rejects
 * where one does not answer in time.
 */
async function strangers(hosts: readonly Host[]): Promise<readonly { id: NodeId; strangers: number }[]> {
  const probe = ++probes;
  const asked = <T>(host: Host, question: (amqp: Amqp) => Promise<T>) =>
    briefly(Amqp.open(host.port('amqp')), ANSWER_MS, question);
  for (const host of hosts) await asked(host, (amqp) => amqp.declare(`probe-${probe}-${host.id}`, {}));
  const isStrange = (host: Host, other: Host) =>
    asked(host, (amqp) => amqp.ready(`probe-${probe}-${other.id}`)).then(
      () => false,
      (error: unknown) => {
        if (error instanceof AmqpError) return true;
        throw error;
      },
    );
  return Promise.all(
    hosts.map(async (host) => {
      const strange = await Promise.all(hosts.map((other) => isStrange(host, other)));
      return { id: host.id, strangers: strange.filter(Boolean).length };
    }),
  );
}

async function form(hosts: readonly Host[]): Promise<void> {
  const alone = (await strangers(hosts)).find(({ strangers }) => strangers > 0);
  if (alone) throw new Error(`${alone.id} does not know ${alone.strangers} of the nodes`);
}

/** After a partition that they ignored, nodes stay apart until those of one side start again: the smaller one. */
async function rejoin(hosts: readonly Host[], controls: NodeControls): Promise<void> {
  const losers = (await strangers(hosts)).filter(({ strangers }) => strangers * 2 >= hosts.length);
  if (losers.length > 0) controls.note(`${losers.map(({ id }) => id).join(', ')} start again to rejoin`);
  for (const { id } of losers) await controls.stop(id);
  for (const { id } of losers) await controls.start(id);
}

const install = 'apt-get install --no-install-recommends rabbitmq-server';
const sbin = { version: [], versionIn: /rabbitmq_server-[\d.]+/, places: ['/usr/lib/rabbitmq/lib/*/sbin'], install };

/** How its nodes are started, formed and asked of their state, whatever its clients do. */
export const cluster: Omit<Database, 'name' | 'datatype' | 'claims' | 'connect'> = {
  programs: {
    'rabbitmq-server': sbin,
    epmd: { version: [], versionIn: /erts-[\d.]+/, places: ['/usr/lib/erlang/*/bin'], install },
  },
  ports: { distribution: 'peers', amqp: 'clients' },
  // Erlang's name server has one port for all nodes, which only nodes with addresses of their own can share.
  networks: ['namespaces'],
  noticesMs: 12_000,
  readyMs: 300_000,
  commands,
  form,
  whole: async (hosts) => (await Promise.all(hosts.map(isOpen))).every(Boolean),
  rejoin,
};
