/** How the votes of five instances become ok, fail and info, with instances that answer what and when a test wants. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database, DatabaseSession, Host } from '../../../databases/database.ts';
import { redisLocks } from '../../../databases/redis/locks.ts';
import type { GuardedLocks } from '../../../systems/lock/guarded.ts';
import { Refused } from '../../../systems/node.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** What an instance does about a script: it does it, finds nothing to do, or answers when nobody waits any more. */
type Instance = 'does' | 'not' | 'late';

async function serving(instance: Instance, heard: string[]): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const text = data.toString();
      const what = ['PEXPIRE', "'DEL'", "'NX'"].find((word) => text.includes(word)) ?? 'INCR';
      heard.push(what);
      const nothing = what === "'NX'" ? '$-1\r\n' : ':0\r\n';
      const answer = instance === 'not' && what !== 'INCR' ? nothing : ':1\r\n';
      setTimeout(() => socket.write(answer), instance === 'late' && what !== 'INCR' ? 150 : 0);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  return (server.address() as { port: number }).port;
}

async function sessionWith(instances: readonly Instance[]) {
  const heard: string[] = [];
  const nodes = instances.map((_, i) => `n${i + 1}`);
  const ports = await Promise.all(instances.map((instance) => serving(instance, heard)));
  const link = (_: string, node: string) => ports[nodes.indexOf(node)]!;
  const host = { id: 'n1', nodes, port: (name: string) => link(name, 'n1'), link } as unknown as Host;
  const redlock = redisLocks.find(({ name }) => name === 'redis/redlock-fenced') as unknown as Database;
  const session = (await redlock.connect(host)) as unknown as DatabaseSession<GuardedLocks>;
  cleanUp.push(() => session.close());
  return { api: session.api, heard };
}

const grant = { session: 's', token: 1 };
const asks = {
  acquire: ({ api }) => api.acquire!({ ttlMs: 2000, wait: false, grant: null }, 'k'),
  renew: ({ api }) => api.renew!({ ttlMs: 2000, grant }, 'k'),
  release: ({ api }) => api.release!({ grant }, 'k'),
} satisfies Record<string, (one: Awaited<ReturnType<typeof sessionWith>>) => Promise<unknown>>;

async function outcomeOf(f: keyof typeof asks, instances: readonly Instance[]): Promise<'ok' | 'fail' | 'info'> {
  const session = await sessionWith(instances);
  return asks[f](session).then(
    () => 'ok',
    (error) => (error instanceof Refused ? 'fail' : 'info'),
  );
}

describe.each([
  ['acquire', 'five do it', ['does', 'does', 'does', 'does', 'does'], 'ok'],
  ['acquire', 'another has it', ['not', 'not', 'not', 'not', 'not'], 'fail'],
  // What is done late is taken back by what is asked for after it.
  ['acquire', 'most are late', ['does', 'does', 'late', 'late', 'late'], 'fail'],
  ['renew', 'most do it', ['does', 'does', 'does', 'late', 'not'], 'ok'],
  ['renew', 'most do not', ['does', 'late', 'not', 'not', 'not'], 'fail'],
  ['renew', 'most are late', ['does', 'does', 'late', 'late', 'late'], 'info'],
  ['release', 'one does it', ['does', 'not', 'not', 'late', 'late'], 'ok'],
  ['release', 'most do not', ['not', 'not', 'not', 'late', 'late'], 'fail'],
  // They do it all the same: another may have the lock from then on.
  ['release', 'all are late', ['late', 'late', 'late', 'late', 'late'], 'info'],
] as const)('%s, where %s', (f, _, instances, outcome) => {
  it(`is ${outcome}`, async () => {
    expect(await outcomeOf(f, instances)).toBe(outcome);
  });
});

it('a lock that too few grant is let go everywhere', async () => {
  const session = await sessionWith(['does', 'does', 'does', 'not', 'not']);
  await asks.acquire(session);
  expect(session.heard.filter((what) => what === "'DEL'")).toEqual([]);
  const refused = await sessionWith(['does', 'does', 'not', 'not', 'not']);
  await expect(asks.acquire(refused)).rejects.toBeInstanceOf(Refused);
  expect(refused.heard.filter((what) => what === "'DEL'")).toHaveLength(5);
});
