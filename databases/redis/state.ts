/** What a node of Redis tells of itself. */
import type { Executable, Host } from '../database.ts';
import { briefly } from '../wire/briefly.ts';
import { type Reply, Resp } from '../wire/resp.ts';

/** The server, of which every process is one. */
export const redisServer: Executable = {
  version: ['--version'],
  install: 'apt-get install redis-server',
  overwritesEnvironment: true,
  tools: ['redis-check-aof'],
};

/** The same, where sentinels are wanted, too. */
export const redisWithSentinel: Executable = {
  ...redisServer,
  install: 'apt-get install redis-server redis-sentinel',
};

/**
 * Cuts off what is no command at the end of its log of commands, as its own message says: a file system may have made
 * the length of a file durable and not its last bytes, and the server refuses to start on the zeros in their place.
 */
export async function repairLog(host: Host): Promise<void> {
  await host.runTold('y\n', 'redis-check-aof', '--fix', 'appendonlydir/appendonly.aof.manifest');
}

/** How long a node may take to answer a connection, and then a question. */
const CONNECT_MS = 500;
const STATE_MS = 800;

/** Asks one of a node's processes once. Rejects where it does not answer in time. */
export async function ask(host: Host, port: string, ...words: readonly (string | number)[]): Promise<Reply> {
  return briefly(Resp.open(host.port(port), CONNECT_MS), STATE_MS, (resp) => resp.ask(...words));
}

/**
 * Whether a replica hears its master, and a master its replicas: until one has said so for the first time, which it
 * does a second after it was copied, nothing is sent to it (`offset=0`), and what is acknowledged is there alone.
 */
export async function isStreaming(host: Host): Promise<boolean> {
  const told = String(await ask(host, 'redis', 'INFO', 'replication'));
  return !/master_link_status:down|^slave\d+:.*(state=(?!online)|offset=0,)/m.test(told);
}

/** The node's own wall clock in ms. */
export async function clock(host: Host): Promise<number> {
  const [seconds, micros] = (await ask(host, 'redis', 'TIME')) as readonly string[];
  return Number(seconds) * 1000 + Number(micros) / 1000;
}
