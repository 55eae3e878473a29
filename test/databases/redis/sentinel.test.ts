/** How Redis' answers become ok, fail and info, with a sentinel and a master that say what a test wants them to. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Database, DatabaseSession, Host } from '../../../databases/database.ts';
import { redises } from '../../../databases/redis/sentinel.ts';
import { Refused } from '../../../systems/node.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** A server that answers commands by their first word, or closes where the answer is `closes`. */
async function serving(answers: Readonly<Record<string, string>>, heard: string[] = []): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const word = data.toString().split('\r\n')[2]!;
      heard.push(word);
      const answer = answers[word] ?? '+OK\r\n';
      if (answer === 'closes') socket.destroy();
      else socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  return (server.address() as { port: number }).port;
}

const MASTER = '*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6379\r\n';

/** A session of the database with these servers, and the commands that its master heard. */
async function session(name: string, master: Readonly<Record<string, string>>, sentinel = MASTER) {
  const heard: string[] = [];
  const ports = { sentinel: await serving({ SENTINEL: sentinel }), redis: await serving(master, heard) };
  const host = {
    ...{ id: 'n1', nodes: ['n1', 'n2', 'n3'] },
    port: (port: 'sentinel' | 'redis') => ports[port],
    link: () => ports.redis,
    behind: (port: number) => (port === 6379 ? 'n2' : undefined),
  } as unknown as Host;
  const database = redises.find((one) => one.name === name) as unknown as Database;
  const opened = (await database.connect(host)) as unknown as DatabaseSession<{
    add(element: number): null;
    cas(change: readonly [number | null, number]): null;
  }>;
  cleanUp.push(() => opened.close());
  return { api: opened.api, heard };
}

const WAITS = 'redis/sentinel-set-wait';

it('a write is ok once the replicas that are waited for have it', async () => {
  const { api, heard } = await session(WAITS, { SADD: ':1\r\n', WAIT: ':1\r\n' });
  expect(await api.add!(1, 'k')).toBe(null);
  expect(heard).toEqual(['SADD', 'WAIT']);
});

it.each([
  ['a master that refuses the command', { SADD: '-READONLY no\r\n' }, MASTER],
  ['a sentinel that names nobody', {}, '*-1\r\n'],
  ['a sentinel that refuses', {}, '-ERR no such master\r\n'],
  ['a sentinel that breaks off', {}, 'closes'],
])('is a definite failure: %s', async (_, master, sentinel) => {
  const { api } = await session(WAITS, master, sentinel);
  await expect(api.add!(1, 'k')).rejects.toBeInstanceOf(Refused);
});

it.each([
  ['a connection that breaks off after the write has left', { SADD: 'closes' }],
  ['a wait that breaks off', { SADD: ':1\r\n', WAIT: 'closes' }],
  ['a wait that is refused', { SADD: ':1\r\n', WAIT: '-ERR no\r\n' }],
  ['too few replicas', { SADD: ':1\r\n', WAIT: ':0\r\n' }],
])('leaves open what happened: %s', async (_, master) => {
  const { api, heard } = await session(WAITS, master);
  const error = await api.add!(1, 'k').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(Refused);
  // Once, and never again by itself.
  expect(heard.filter((word) => word === 'SADD')).toHaveLength(1);
});

it('a swap that finds another value is an answer', async () => {
  const { api } = await session('redis/sentinel', { EVAL: ':0\r\n' });
  await expect(api.cas!([null, 1], 'k')).rejects.toMatchObject({ message: 'mismatch', answer: true });
});
