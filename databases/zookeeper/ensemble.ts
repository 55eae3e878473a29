/** How ZooKeeper's servers are started, and asked of their state. */
import type { NodeId } from '../../systems/node.ts';
import type { Database, Host } from '../database.ts';
import { int, long, message } from '../wire/jute.ts';
import { CODE, fourLetterWord, ZooKeeper } from '../wire/zookeeper.ts';

/** How long a node may take to tell of its state. */
const STATE_MS = 800;
/** How long it may take to begin a session, which takes a majority. */
const SESSION_MS = 2000;

const numberOf = (host: Host, id: NodeId) => host.nodes.indexOf(id) + 1;

function configuration(host: Host): string {
  const at = (id: NodeId) => `${host.address(id)}:${host.advertised('quorum', id)}:${host.advertised('election', id)}`;
  return [
    // All of its times are multiples of this one: a follower or leader gives up after two seconds.
    'tickTime=500',
    'initLimit=10',
    'syncLimit=4',
    // Sessions last as long as their connections: see wire/zookeeper.ts.
    'maxSessionTimeout=600000',
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=mntr,cons',
    `dataDir=${host.folder}/data`,
    `clientPort=${host.port('client')}`,
    `clientPortAddress=${host.address()}`,
    ...host.nodes.map((id) => `server.${numberOf(host, id)}=${at(id)}`),
    '',
  ].join('\n');
}

/**
 * Of the virtual machine: small, and nothing of it outside of the node's folder. Debian's package names no library that
 * logs, so that its servers would be silent: where its own are, they are added.
 */
const JVM = [
  ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
  '-Xbootclasspath/a:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-simple.jar',
  ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'],
].join(' ');

/** What a node says of itself: `zk_server_state` and more; nothing where it does not serve, or not in time. */
async function stateOf(host: Host): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await fourLetterWord(host.port('client'), 'mntr', STATE_MS).catch(() => '');
  const state = new Map(text.split('\n').map((line) => line.split('\t') as [string, string]));
  return state.has('zk_server_state') ? state : undefined;
}

const LEADING = ['leader', 'standalone'];

/** A response to a request by an error alone: the request's own number, no transaction, the error's code. */
function staged(code: number): (request: string) => string {
  return (request) => message(Buffer.from(request.slice(4, 8), 'latin1'), long(-1n), int(code)).toString('latin1');
}

/** How its nodes are started, formed and asked of their state, whatever its clients do. */
export const ensemble: Omit<Database, 'name' | 'datatype' | 'claims' | 'connect'> = {
  programs: {
    'zkServer.sh': {
      version: ['version'],
      places: ['/usr/share/zookeeper/bin'],
      install: 'apt-get install --no-install-recommends zookeeper',
    },
  },
  ports: { quorum: 'peers', election: 'peers', client: 'clients' },
  // A server tells others the address that it listens at, so that elections would go around proxies.
  networks: ['namespaces'],
  noticesMs: 4000,
  readyMs: 40_000,
  staged: [
    { says: 'too many requests', to: '/key-', is: 'fail', response: staged(CODE.throttled) },
    { says: 'a session that has expired', to: '/key-', is: 'fail', response: staged(CODE.sessionExpired) },
    { says: 'a connection of its own that broke off', to: '/key-', is: 'info', response: staged(-4) },
    { says: 'a timeout of its own', to: '/key-', is: 'info', response: staged(-122) },
  ],
  commands(host) {
    host.write('zoo.cfg', configuration(host));
    host.write('data/myid', String(numberOf(host, host.id)));
    return [
      {
        program: 'zkServer.sh',
        args: ['start-foreground', `${host.folder}/zoo.cfg`],
        env: { JMXDISABLE: 'true', JVMFLAGS: JVM, ZOO_LOG_DIR: host.folder },
      },
    ];
  },
  async form(hosts) {
    for (const host of hosts) (await ZooKeeper.open(host.port('client'), SESSION_MS)).close();
  },
  async whole(hosts) {
    const states = await Promise.all(hosts.map(stateOf));
    const leaders = states.filter((state) => LEADING.includes(state?.get('zk_server_state') ?? ''));
    if (leaders.length !== 1 || states.includes(undefined)) return false;
    return hosts.length === 1 || Number(leaders[0]!.get('zk_synced_followers')) === hosts.length - 1;
  },
  /** A node tells only when it began each session. */
  async clock(host) {
    const zk = await ZooKeeper.open(host.port('client'), SESSION_MS);
    const sessions = await fourLetterWord(host.port('client'), 'cons', STATE_MS).finally(() => zk.close());
    return Math.max(...Array.from(sessions.matchAll(/,est=(\d+),/g), ([, atMs]) => Number(atMs)));
  },
  async primary(hosts) {
    const states = await Promise.all(hosts.map(stateOf));
    return hosts.find((_, i) => LEADING.includes(states[i]?.get('zk_server_state') ?? ''))?.id;
  },
};
