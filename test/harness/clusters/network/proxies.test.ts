import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ActiveFaults } from '../../../../harness/clusters/active-faults.ts';
import { Proxies } from '../../../../harness/clusters/network/proxies.ts';
import type { Fault } from '../../../../harness/faults/fault.ts';
import { drawsFrom } from '../../../../harness/setting/random.ts';

/** Two nodes: what n2 listens on sends back all it gets, with each byte one higher. */
async function pair(
  ownerOf = async (): Promise<string | undefined> => 'n1',
  elapsed: () => number = () => performance.now(),
) {
  const faults = new ActiveFaults(['n1', 'n2']);
  const around = async () => [];
  const proxies = new Proxies({ seed: 1, faults, elapsed, ownerOf, around });
  const heard: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    heard.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(data.map((byte) => (byte + 1) % 256)));
    socket.on('end', () => socket.end());
  });
  const target = await listening(server);
  const [link, shared] = [await freePort(), await freePort()];
  await proxies.open(link, 'peer', 'n2', target, 'n1');
  await proxies.open(shared, 'peer', 'n2', target);
  cleanUp.push(() => {
    void proxies.close();
    server.close();
    for (const socket of heard) socket.destroy();
  });
  const begin = (fault: Omit<Fault, 'fromMs' | 'toMs'>) => {
    faults.begin({ ...fault, fromMs: 0, toMs: 1 } as Fault, ['n1', 'n2']);
    void proxies.changed();
  };
  const end = (id: number) => {
    faults.end({ id } as Fault);
    void proxies.changed();
  };
  return { proxies, heard, link, shared, begin, end };
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A client that collects what comes back. */
async function client(port: number) {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const got: Buffer[] = [];
  socket.on('data', (data) => got.push(data));
  socket.on('error', () => {});
  cleanUp.push(() => socket.destroy());
  await once(socket, 'connect');
  return { socket, text: () => Buffer.concat(got) };
}

/** Turns of the event loop until it holds: nothing here waits by the clock. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
const some = () => new Promise((resolve) => setTimeout(resolve, 30));

const BOTH = [
  ['n1', 'n2'],
  ['n2', 'n1'],
] as const;

it('hands on everything in order, whatever is cut and healed meanwhile, and nothing while it is cut', async () => {
  const { proxies, link, begin, end } = await pair();
  const { socket, text } = await client(link);
  const draw = drawsFrom(7);
  const sent: Buffer[] = [];
  let cutId = 0;
  for (let step = 0; step < 120; step++) {
    const next = draw('step');
    if (next < 0.5) {
      const data = Buffer.alloc(1 + Math.floor(draw('size') * 5000), Math.floor(draw('byte') * 256));
      sent.push(data);
      socket.write(data);
    } else if (next < 0.7 && cutId === 0) {
      cutId = step + 1;
      begin({ id: cutId, kind: 'partition', cut: draw('way') < 0.5 ? BOTH : [BOTH[0]] } as unknown as Fault);
    } else if (next < 0.8 && cutId !== 0) {
      end(cutId);
      cutId = 0;
    } else await some();
    if (cutId === 0) continue;
    const before = await proxies.delivered('n1', 'n2');
    await some();
    expect(await proxies.delivered('n1', 'n2')).toBe(before);
  }
  if (cutId !== 0) end(cutId);
  const all = Buffer.concat(sent).map((byte) => (byte + 1) % 256);
  await until(() => text().length >= all.length);
  expect(Buffer.compare(text(), all)).toBe(0);
});

it('tells nobody of an end through a cut, and tells it once that is over', async () => {
  const { heard, link, begin, end } = await pair();
  const { socket } = await client(link);
  socket.write('a');
  await until(() => heard.length === 1);
  let ended = false;
  heard[0]!.on('end', () => {
    ended = true;
  });
  begin({ id: 1, kind: 'partition', cut: BOTH } as unknown as Fault);
  socket.destroy();
  await some();
  expect(ended || heard[0]!.destroyed).toBe(false);
  end(1);
  await until(() => ended || heard[0]!.destroyed);
});

it('leaves a new connection unanswered while either direction is cut, and joins it afterwards', async () => {
  for (const way of BOTH) {
    const { heard, link, begin, end, proxies } = await pair();
    begin({ id: 1, kind: 'partition', cut: [way] } as unknown as Fault);
    const { socket, text } = await client(link);
    socket.write('a');
    await some();
    expect(heard.length).toBe(0);
    expect(proxies.losses.effectOf({ id: 1 }).cut).toBeGreaterThan(0);
    end(1);
    await until(() => text().toString() === 'b');
  }
});

it('lets no more than a window pass where only the way back is cut', async () => {
  const { heard, link, begin, proxies } = await pair();
  const { socket, text } = await client(link);
  socket.write('a');
  await until(() => text().length === 1);
  begin({ id: 1, kind: 'partition', cut: [BOTH[1]] } as unknown as Fault);
  for (let i = 0; i < 64; i++) socket.write(Buffer.alloc(16_384));
  await until(() => (heard[0]?.bytesRead ?? 0) > 60_000);
  await some();
  expect(await proxies.delivered('n1', 'n2')).toBeLessThan(200_000);
  expect(text().length).toBe(1);
});

it('makes chunks late in order, and counts those that it made late', async () => {
  const { link, begin, proxies } = await pair();
  const { socket, text } = await client(link);
  begin({
    id: 1,
    kind: 'link',
    among: ['n1', 'n2'],
    drop: 0,
    duplicate: 0,
    delayMs: 0,
    jitterMs: 0,
  } as unknown as Fault);
  socket.write('a');
  await until(() => text().length === 1);
  expect(proxies.losses.effectOf({ id: 1 }).touched).toBe(0);
  begin({
    id: 2,
    kind: 'link',
    among: ['n1', 'n2'],
    drop: 0,
    duplicate: 0,
    delayMs: 20,
    jitterMs: 30,
  } as unknown as Fault);
  const beganMs = performance.now();
  for (let i = 0; i < 20; i++) {
    socket.write(String.fromCharCode(i));
    await some();
  }
  await until(() => text().length === 21);
  expect(performance.now() - beganMs).toBeGreaterThan(40);
  expect([...text().subarray(1)]).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(proxies.losses.effectOf({ id: 2 }).touched).toBeGreaterThan(20);
});

it('refuses a connection whose source nobody can name', async () => {
  const { shared, heard, proxies } = await pair(async () => undefined);
  const socket = connect({ host: '127.0.0.1', port: shared });
  await new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  expect(heard.length).toBe(0);
  expect(proxies.unknown).toBe(1);
});

it('lets flow what flowed while the cluster was formed, when the clock begins anew', async () => {
  let zeroMs = performance.now() - 3_600_000;
  const { link } = await pair(undefined, () => performance.now() - zeroMs);
  const old = await client(link);
  old.socket.write(Buffer.from([1]));
  await until(() => old.text().length === 1);
  zeroMs = performance.now();
  old.socket.write(Buffer.from([2]));
  // Somebody else's twenty round trips take longer than the one that was begun before them.
  const other = await client(link);
  for (let trips = 1; trips <= 20; trips++) {
    other.socket.write(Buffer.from([trips]));
    await until(() => other.text().length === trips);
  }
  expect([...old.text()]).toEqual([2, 3]);
});
