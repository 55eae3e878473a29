/**
 * Real databases: how soon each answers its first call, how soon a partition lets nothing pass and that nothing passes
 * while it lasts, and what a proxy adds to a round trip. `node dist/bench/databases.js [ready|cuts|trips]`, all without
 * a word; a name of a database after `ready` or `cuts` measures it alone. Medians of five.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Database } from '../databases/database.ts';
import { databases } from '../databases/registry.ts';
import { ActiveFaults } from '../harness/clusters/active-faults.ts';
import { newTemporaryPath } from '../harness/clusters/children/marks.ts';
import { Databases } from '../harness/clusters/databases/cluster.ts';
import { attempt, newWrite, probeFor } from '../harness/clusters/databases/conform/probe.ts';
import { executablesOf } from '../harness/clusters/databases/executables.ts';
import type { NodeNetwork } from '../harness/clusters/network/node-network.ts';
import { Proxies } from '../harness/clusters/network/proxies.ts';
import type { Fault } from '../harness/faults/fault.ts';

const TIMES = 5;
/** From start to the first answered call, in ms; those without a number are measured alone. */
const READY_MS: Readonly<Record<string, number | undefined>> = {
  'redis/sentinel-set': 4000,
  etcd: 5000,
  'postgres/repeatable-read': 10_000,
  'nats/jetstream': undefined,
  'redis/cluster': undefined,
};
const CUT_MS = 50;
const CUTS = 1000;
const CUTS_EACH = 12;
const TRIP_US = 30;
const TRIPS = 5000;

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function says(what: string, measured: string, promised?: string): void {
  console.log(`  ${what.padEnd(26)} ${measured}${promised === undefined ? '' : `; promised ${promised}`}`);
}

function launched(database: Database): Promise<Databases> {
  const temporary = newTemporaryPath();
  const nodes = Array.from({ length: database.fixed?.nodes ?? 3 }, (_, i) => `n${i + 1}`);
  const programs = executablesOf(database);
  const links = { seed: 1, calm: false, odd: {} };
  return Databases.launch({ database, programs, nodes, links, callTimeoutMs: 1000, logFolder: temporary, temporary });
}

async function readyMs(database: Database): Promise<number> {
  const probe = probeFor(database)!;
  const beganMs = performance.now();
  const cluster = await launched(database);
  try {
    for (;;) {
      const write = newWrite();
      const outcome = await attempt(async () => cluster.open(0, 'n1'), probe.write(write), write, 1000);
      if (outcome.type === 'ok') return performance.now() - beganMs;
      await pause(10);
    }
  } finally {
    await cluster.stop();
  }
}

async function ready(only: string | undefined): Promise<void> {
  console.log('\nfrom start to the first answered call');
  for (const [name, promised] of Object.entries(READY_MS)) {
    if (only !== undefined && only !== name) continue;
    const database = databases.find((one) => one.name === name)!;
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) times.push(await readyMs(database));
    const all = times.map((ms) => (ms / 1000).toFixed(2)).join(', ');
    says(
      name,
      `${(median(times) / 1000).toFixed(2)} s of ${all}`,
      promised === undefined ? undefined : `${promised / 1000} s`,
    );
  }
}

/** Partitions of a database under load: how many bytes passed from `begin` to `end`. */
async function cutsOf(database: Database): Promise<void> {
  const cluster = await launched(database);
  const probe = probeFor(database)!;
  let isOver = false;
  const load = cluster.nodes.map(async (node) => {
    while (!isOver) {
      const write = newWrite();
      await attempt(async () => cluster.open(0, node), probe.write(write), write, 500);
      await pause(5);
    }
  });
  const crossed: number[] = [];
  const began: number[] = [];
  try {
    for (let i = 0; i < CUTS_EACH; i++) {
      const alone = cluster.nodes[i % cluster.nodes.length]!;
      const others = cluster.nodes.filter((node) => node !== alone);
      const cut = others.flatMap((other) => [
        [alone, other],
        [other, alone],
      ]);
      const bytes = () => bytesOf(cluster.network, cut);
      const fault = { id: i + 1, fromMs: 0, toMs: 1, kind: 'partition', cut } as unknown as Fault;
      const beganMs = performance.now();
      const begin = cluster.begin(fault);
      // What begins a partition does so at once; what follows it is the audit.
      const before = await bytes();
      await begin;
      began.push(performance.now() - beganMs);
      await pause(1000);
      crossed.push((await bytes()) - before);
      await cluster.end(fault);
      await pause(500);
    }
  } finally {
    isOver = true;
    await Promise.all(load);
    await cluster.stop();
  }
  const sum = crossed.reduce((a, b) => a + b, 0);
  says(
    database.name,
    `${sum} bytes in ${crossed.length} cuts, begun in ${median(began).toFixed(0)} ms with the audit`,
    '0',
  );
}

/** A server's end and a client's end of one connection by way of a proxy, and when each heard last. */
async function stream(proxies: Proxies, from: string, to: string, heard: { atMs: number }) {
  const all: Socket[] = [];
  const server: Server = createServer((socket) => all.push(listen(socket)));
  function listen(socket: Socket): Socket {
    return socket
      .on('error', () => {})
      .on('data', () => {
        heard.atMs = performance.now();
      });
  }
  const target = await portOf(server);
  const link = await freePort();
  await proxies.open(link, 'peer', to, target, from);
  const client = listen(connect({ host: '127.0.0.1', port: link }));
  await once(client, 'connect');
  all.push(client);
  const writing = setInterval(() => {
    for (const socket of all) if (!socket.writableNeedDrain) socket.write(Buffer.alloc(1000));
  }, 1);
  return () => {
    clearInterval(writing);
    for (const socket of all) socket.destroy();
    server.close();
  };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Bytes that went these ways so far. */
async function bytesOf(network: NodeNetwork, ways: readonly (readonly string[])[]): Promise<number> {
  const each = await Promise.all(ways.map(([from = '', to = '']) => network.delivered(from, to)));
  return each.reduce((sum, one) => sum + one, 0);
}

/** Cuts of two nodes that talk all the time. */
async function syntheticCuts(): Promise<void> {
  const faults = new ActiveFaults(['n1', 'n2']);
  const ownerOf = async () => undefined;
  const proxies = new Proxies({ seed: 1, faults, elapsed: () => performance.now(), ownerOf, around: async () => [] });
  const heard = { atMs: 0 };
  const close = [await stream(proxies, 'n1', 'n2', heard), await stream(proxies, 'n2', 'n1', heard)];
  const bytes = () =>
    bytesOf(proxies, [
      ['n1', 'n2'],
      ['n2', 'n1'],
    ]);
  const last: number[] = [];
  let crossed = 0;
  for (let id = 1; id <= CUTS; id++) {
    const cut = [
      ['n1', 'n2'],
      ['n2', 'n1'],
    ];
    const fault = { id, fromMs: 0, toMs: 1, kind: 'partition', cut } as unknown as Fault;
    const beganMs = performance.now();
    faults.begin(fault, ['n1', 'n2']);
    void proxies.changed();
    const before = await bytes();
    await pause(20);
    crossed += (await bytes()) - before;
    last.push(Math.max(0, heard.atMs - beganMs));
    faults.end(fault);
    void proxies.changed();
    await pause(5);
  }
  for (const task of close) task();
  await proxies.close();
  says('synthetic streams', `${crossed} bytes in ${CUTS} cuts`, '0');
  const worst = Math.max(...last).toFixed(1);
  says('begin to the last byte', `${median(last).toFixed(2)} ms, at most ${worst} ms`, `${CUT_MS} ms`);
}

async function cuts(only: string | undefined): Promise<void> {
  console.log('\nwhat passes a cut');
  if (only === undefined) await syntheticCuts();
  for (const name of Object.keys(READY_MS))
    if (only === undefined || only === name) await cutsOf(databases.find((one) => one.name === name)!);
}

/** In a process of its own: a server that sends everything back, and a client that asks it by way of each port. */
async function tripsBy(): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => void socket.on('error', () => {}).pipe(socket));
  process.send!(await portOf(server));
  process.on('message', async (port: number) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const times: number[] = [];
    for (let i = 0; i < TRIPS; i++) {
      const beganMs = performance.now();
      socket.write('x');
      await once(socket, 'data');
      times.push((performance.now() - beganMs) * 1000);
    }
    socket.destroy();
    process.send!(median(times));
  });
}

async function trips(): Promise<void> {
  console.log('\na round trip of one byte');
  const faults = new ActiveFaults(['n1', 'n2']);
  const ownerOf = async () => undefined;
  const proxies = new Proxies({ seed: 1, faults, elapsed: () => performance.now(), ownerOf, around: async () => [] });
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--trips'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [target] = (await once(child, 'message')) as [number];
  const link = await freePort();
  await proxies.open(link, 'peer', 'n2', target, 'n1');
  const median5 = async (port: number) => {
    const all: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      child.send(port);
      all.push(((await once(child, 'message')) as [number])[0]);
    }
    return median(all);
  };
  const straight = await median5(target);
  const by = await median5(link);
  child.kill();
  await proxies.close();
  says('straight', `${straight.toFixed(1)} us`);
  says('by way of a proxy', `${by.toFixed(1)} us, so that it adds ${(by - straight).toFixed(1)} us`, `${TRIP_US} us`);
}

const [what, only] = process.argv.slice(2);
if (what === '--trips') await tripsBy();
else {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
  if (what === undefined || what === 'trips') await trips();
  if (what === undefined || what === 'cuts') await cuts(only);
  if (what === undefined || what === 'ready') await ready(only);
  process.exit();
}
