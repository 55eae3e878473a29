/** How PostgreSQL's answers become ok, fail and info, with a server that says what a test wants it to. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Host } from '../../../databases/database.ts';
import { PostgresSession } from '../../../databases/postgres/session.ts';
import { Refused } from '../../../systems/node.ts';
import { AUTHENTICATED, completed, errorOf, READY, row } from '../wire/postgres-messages.ts';

/** What the server does about a statement: sends these bytes, or closes the connection. */
type Script = (sql: string) => readonly Buffer[] | 'closes' | undefined;

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** A session with a primary that follows the script, and else does what it is asked. */
async function session(script: Script) {
  const statements: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let isOpen = false;
    socket.on('data', (data) => {
      if (!isOpen) {
        isOpen = true;
        socket.write(Buffer.concat([AUTHENTICATED, READY]));
        return;
      }
      // One statement at a time is all that the client sends.
      const sql = data.toString('utf8', 5, data.length - 1);
      if (/pg_is_in_recovery/.test(sql)) {
        socket.write(Buffer.concat([row(['f']), completed('SELECT 1'), READY]));
        return;
      }
      statements.push(sql);
      const does = script(sql) ?? [completed(sql === 'commit' ? 'COMMIT' : 'DONE'), READY];
      if (does === 'closes') socket.destroy();
      else socket.write(Buffer.concat(does));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const host = { id: 'n1', nodes: ['n1'], link: () => port, port: () => port } as unknown as Host;
  const opened = new PostgresSession(host, { level: 'serializable', readsAtStandbys: false });
  cleanUp.push(() => {
    opened.close();
    server.close();
  });
  return { txn: opened.api.txn, statements };
}

const APPEND = [['append', "it's", 7]] as const;
const at =
  (when: RegExp, does: readonly Buffer[] | 'closes'): Script =>
  (sql) =>
    when.test(sql) ? does : undefined;

it('a commit is ok, and a key is data', async () => {
  const { txn, statements } = await session(() => undefined);
  expect(await txn(APPEND)).toEqual(APPEND);
  expect(statements.map((sql) => sql.split(' ')[0])).toEqual(['begin', 'insert', 'commit']);
  expect(statements[1]).toContain("'it''s'");
});

it.each([
  ['a COMMIT that answers ROLLBACK without an error', at(/^commit/, [completed('ROLLBACK'), READY])],
  ['a serialization failure at COMMIT', at(/^commit/, [errorOf('40001'), READY])],
  ['a broken constraint at COMMIT', at(/^commit/, [errorOf('23505'), READY])],
  ['an error before COMMIT', at(/^insert/, [errorOf('40001'), READY])],
  ['a connection that breaks off before COMMIT', at(/^insert/, 'closes')],
  ['a server that ends before COMMIT', at(/^insert/, [errorOf('57P01')])],
])('is a definite failure: %s', async (_, script) => {
  const { txn } = await session(script);
  await expect(txn(APPEND)).rejects.toBeInstanceOf(Refused);
});

it.each([
  ['a connection that breaks off at COMMIT', at(/^commit/, 'closes')],
  ['a server that ends at COMMIT', at(/^commit/, [errorOf('57P01')])],
  ['an error of another class at COMMIT', at(/^commit/, [errorOf('XX000'), READY])],
])('leaves open what happened: %s', async (_, script) => {
  const { txn } = await session(script);
  await expect(txn(APPEND)).rejects.toThrow();
  const again = await session(script);
  await expect(again.txn(APPEND)).rejects.not.toBeInstanceOf(Refused);
  expect(again.statements.filter((sql) => sql === 'commit')).toHaveLength(1);
});

it('an abort that the client asks for is rolled back, and nothing is committed', async () => {
  const { txn, statements } = await session(() => undefined);
  await expect(txn([...APPEND, ['abort']])).rejects.toThrow(/aborted, as asked/);
  expect(statements).toContain('rollback');
  expect(statements).not.toContain('commit');
});
