/**
 * Redis with Sentinel: asynchronous replication, and a failover that a majority of sentinels decides. What it promises
 * stands in https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/: "acknowledged writes may be lost
 * during failovers". The claims here are what applications commonly take for granted: that an acknowledged write stays.
 */
import type { Elements, Register } from 'elle-ts';
import { type NodeId, Refused } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import type { Database, DatabaseSession, Host, Staged } from '../database.ts';
import { type Reply, Resp, RespError } from '../wire/resp.ts';
import { elementsBy } from './elements.ts';
import { ask, clock, isStreaming, redisWithSentinel, repairLog } from './state.ts';

/** The name by which sentinels know the group. */
const GROUP = 'splitbrain';
/** How long the sentinel and the master may take to answer a connection. */
const CONNECT_MS = 500;
/** How often sentinels look for replicas while the group is formed, and afterwards. */
const FORMING_MS = 200;
const USUAL_MS = 10_000;
/** How long a client waits for replicas to have what it wrote. */
const WAIT_MS = 800;

interface Variant {
  /** Further settings of the server. */
  readonly settings?: readonly string[];
  /** So many replicas must have a write before it is acknowledged. */
  readonly waitFor?: number;
}

/** Nothing was changed by what went wrong. */
function refuse(error: unknown): never {
  throw new Refused(error instanceof Error ? error.message : String(error));
}

/** The node that the sentinel beside this one takes for the master. */
async function masterBy(host: Host): Promise<NodeId> {
  const asked = await ask(host, 'sentinel', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', GROUP);
  const address = asked as readonly string[] | null;
  const node = host.behind(Number(address?.[1]));
  if (node === undefined) throw new Refused(`the sentinel names no node: ${address?.join(':') ?? 'nothing'}`);
  return node;
}

/** Commands to the master, which the sentinel is asked for before each, as client libraries do when one changes. */
class MasterSession {
  private readonly host: Host;
  private readonly waitFor: number;
  private master: { readonly node: NodeId; readonly resp: Resp } | undefined;

  constructor(host: Host, waitFor: number) {
    this.host = host;
    this.waitFor = waitFor;
  }

  read(...words: readonly (string | number)[]): Promise<Reply> {
    return this.first(words);
  }

  /** Rejects with an error that leaves open what happened where too few replicas say that they have it. */
  async write(...words: readonly (string | number)[]): Promise<Reply> {
    const reply = await this.first(words);
    if (this.waitFor === 0) return reply;
    const replicas = await this.master!.resp.ask('WAIT', this.waitFor, WAIT_MS).catch((error: Error) => {
      // The write has been made: from here on nothing is definite.
      throw new Error(`not known to be replicated: ${error.message}`);
    });
    if (Number(replicas) < this.waitFor) throw new Error(`${replicas} of ${this.waitFor} replicas have it`);
    return reply;
  }

  close(): void {
    this.master?.resp.close();
  }

  /** The first request of an operation: what comes back as an error was not executed. */
  private async first(words: readonly (string | number)[]): Promise<Reply> {
    const node = await masterBy(this.host).catch(refuse);
    if (this.master === undefined || this.master.node !== node || this.master.resp.isClosed) {
      this.close();
      this.master = { node, resp: await Resp.open(this.host.link('redis', node), CONNECT_MS) };
    }
    return this.master.resp.ask(...words).catch((error: unknown) => {
      if (error instanceof RespError) refuse(error);
      throw error;
    });
  }
}

/** Sets a key where it has the old value, or has none and the old value is the empty text. */
const CAS = `
local now = redis.call('GET', KEYS[1])
if now == ARGV[1] or (not now and ARGV[1] == '') then
  redis.call('SET', KEYS[1], ARGV[2])
  return 1
end
return 0`;

function registersOf(host: Host, waitFor: number): DatabaseSession<Register> {
  const session = new MasterSession(host, waitFor);
  return {
    close: () => session.close(),
    api: {
      async read(_, key = '') {
        const value = await session.read('GET', key);
        return value === null ? null : Number(value);
      },
      async write(value, key = '') {
        await session.write('SET', key, String(value));
        return null;
      },
      async cas([old, next], key = '') {
        const done = await session.write('EVAL', CAS, 1, key, String(old ?? ''), String(next));
        if (done !== 1) throw new Refused('mismatch', { answer: true });
        return null;
      },
    },
  };
}

const UNDER: Claim['under'] = ['partition', 'link', 'crash', 'pause', 'clock', 'disk'];
const lasting = { under: UNDER, available: 'none', durable: 'always', converges: false, recoversMs: 40_000 } as const;

/** How its nodes are started and formed, whatever its clients do. */
function grouped({ settings = [] }: Variant): Omit<Database, 'name' | 'datatype' | 'claims' | 'connect'> {
  return {
    programs: { 'redis-server': redisWithSentinel },
    ports: { redis: 'peers', sentinel: 'peers' },
    networks: ['proxies', 'namespaces'],
    noticesMs: 6000,
    readyMs: 30_000,
    commands(host, life) {
      const [first] = host.nodes as [NodeId];
      // Sentinels write what they have learnt into their file: it is theirs after the first start.
      if (life === 0) host.write('sentinel.conf', sentinelFile(host));
      const follows =
        host.id === first || life > 0
          ? []
          : ['--replicaof', `${host.address(first)} ${host.advertised('redis', first)}`];
      return [
        {
          program: 'redis-server',
          args: [
            ...['--port', host.port('redis'), '--bind', host.address(), '--protected-mode', 'no', '--dir', host.folder],
            ...['--save', '', '--appendonly', 'yes', '--repl-diskless-sync-delay', 0],
            ...['--replica-announce-ip', host.address(), '--replica-announce-port', host.advertised('redis')],
            ...[...settings, ...follows],
          ],
        },
        { program: 'redis-server', args: [`${host.folder}/sentinel.conf`, '--sentinel'] },
      ];
    },
    async form(hosts) {
      for (const host of hosts) {
        await refreshEvery(host, FORMING_MS);
        const known = await askSentinel(host);
        const others = hosts.length - 1;
        if (known['num-other-sentinels'] !== others || known['num-slaves'] !== others)
          throw new Error(`the sentinel of ${host.id} does not know all others yet`);
      }
      for (const host of hosts) await refreshEvery(host, USUAL_MS);
    },
    async whole(hosts) {
      const masters = new Set(await Promise.all(hosts.map(masterBy)));
      const [master] = masters;
      if (masters.size !== 1 || master === undefined) return false;
      return (await Promise.all(hosts.map(isStreaming))).every((streams) => streams);
    },
    async primary(hosts) {
      const named = await Promise.all(hosts.map((host) => masterBy(host).catch(() => undefined)));
      const votes = (node: NodeId) => named.filter((other) => other === node).length;
      return named.filter((node) => node !== undefined).sort((a, b) => votes(b) - votes(a))[0];
    },
    clock,
    repair: repairLog,
  };
}

function sentinelFile(host: Host): string {
  const majority = Math.floor(host.nodes.length / 2) + 1;
  const [first] = host.nodes as [NodeId];
  const master = host.advertised('redis', first);
  return [
    ...[`port ${host.port('sentinel')}`, `bind ${host.address()}`, `dir ${host.folder}`],
    ...[`sentinel announce-ip ${host.address()}`, `sentinel announce-port ${host.advertised('sentinel')}`],
    `sentinel monitor ${GROUP} ${host.address(first)} ${master} ${majority}`,
    ...[`sentinel down-after-milliseconds ${GROUP} 1000`, `sentinel failover-timeout ${GROUP} 4000`],
    ...[`sentinel parallel-syncs ${GROUP} 1`, ''],
  ].join('\n');
}

/**
 * How often a sentinel asks the master for its replicas: so often until it knows them, and then as it is by default.
 * Redis before 7.0 has no such command, and forms in ten seconds more.
 */
async function refreshEvery(host: Host, ms: number): Promise<void> {
  await ask(host, 'sentinel', 'SENTINEL', 'DEBUG', 'info-period', ms).catch((error: unknown) => {
    if (!(error instanceof RespError)) throw error;
  });
}

/** The numbers that a sentinel tells of the group. */
async function askSentinel(host: Host): Promise<Readonly<Record<string, number>>> {
  const [group = []] = (await ask(host, 'sentinel', 'SENTINEL', 'MASTERS')) as readonly (readonly string[])[];
  const pairs = group.flatMap((word, i) => (i % 2 === 0 ? [[word, Number(group[i + 1])] as const] : []));
  return Object.fromEntries(pairs);
}

/** What the master may say to a write. */
function stagedFor(command: string, { waitFor = 0 }: Variant): readonly Staged[] {
  const refused: Staged = {
    ...{ says: 'a replica that was a master', to: `\r\n${command}\r\n`, is: 'fail' },
    response: () => "-READONLY You can't write against a read only replica.\r\n",
  };
  const alone: Staged = {
    ...{ says: 'no replica that has it', to: '\r\nWAIT\r\n', is: 'info' },
    response: () => ':0\r\n',
  };
  return waitFor > 0 ? [refused, alone] : [refused];
}

const registers = (name: string, variant: Variant = {}): Database<Register> => ({
  ...(grouped(variant) as Database<Register>),
  name,
  datatype: 'register',
  claims: [{ model: 'linearizable', ...lasting }],
  staged: stagedFor('SET', variant),
  connect: async (host) => registersOf(host, variant.waitFor ?? 0),
});

const sets = (name: string, variant: Variant = {}): Database<Elements> => ({
  ...(grouped(variant) as Database<Elements>),
  name,
  datatype: 'set-full',
  staged: stagedFor('SADD', variant),
  // What was read and not acknowledged may go, as when a master that is cut off shows what no replica has.
  claims: [{ model: 'set', ...lasting }],
  connect: async (host) => elementsBy(new MasterSession(host, variant.waitFor ?? 0)),
});

export const redises = [
  registers('redis/sentinel'),
  sets('redis/sentinel-set'),
  sets('redis/sentinel-set-fsync', { settings: ['--appendfsync', 'always'] }),
  sets('redis/sentinel-set-wait', { waitFor: 1 }),
];
