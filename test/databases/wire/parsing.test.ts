/**
 * Replies of servers, cut into pieces at random places: whatever comes together or apart, each answers its own request.
 */
import { describe, expect, it } from 'vitest';
import { Postgres, SqlError } from '../../../databases/wire/postgres.ts';
import { type Reply, Resp, RespError } from '../../../databases/wire/resp.ts';
import { drawsFrom } from '../../../harness/setting/random.ts';
import { Refused } from '../../../systems/node.ts';
import { AUTHENTICATED, completed, errorOf, READY, row } from './postgres-messages.ts';
import { closing, type Draw, server, writePieces } from './server.ts';

function replyOf(draw: Draw, depth = 0): { readonly value: Reply; readonly bytes: string } {
  const kind = Math.floor(draw() * (depth > 2 ? 4 : 5));
  const text = 'é\r\n$-1'.slice(0, Math.floor(draw() * 6));
  if (kind === 0) return { value: 'OK', bytes: '+OK\r\n' };
  if (kind === 1) return { value: -7, bytes: ':-7\r\n' };
  if (kind === 2) return { value: null, bytes: draw() < 0.5 ? '$-1\r\n' : '*-1\r\n' };
  if (kind === 3) return { value: text, bytes: `$${Buffer.byteLength(text)}\r\n${text}\r\n` };
  const items = Array.from({ length: Math.floor(draw() * 4) }, () => replyOf(draw, depth + 1));
  return {
    value: items.map(({ value }) => value),
    bytes: `*${items.length}\r\n${items.map(({ bytes }) => bytes).join('')}`,
  };
}

describe('Redis', () => {
  it('reads 2,000 random replies in random pieces', async () => {
    const { port, socket } = await server();
    const resp = closing(await Resp.open(port));
    const draw = () => drawn('reply');
    const drawn = drawsFrom(3);
    for (let round = 0; round < 40; round++) {
      const replies = Array.from({ length: 50 }, () => replyOf(draw));
      const asked = replies.map(() => resp.ask('GET', 'k'));
      await writePieces(await socket(), Buffer.from(replies.map(({ bytes }) => bytes).join('')), draw);
      expect(await Promise.all(asked)).toEqual(replies.map(({ value }) => value));
    }
  });

  it('tells an error of the server from a connection that breaks off, and from one that is closed', async () => {
    const { port, socket } = await server();
    const resp = await Resp.open(port);
    const [refused, open] = [resp.ask('SET', 'a', 1), resp.ask('SET', 'b', 1)];
    (await socket()).write('-READONLY You cannot\r\n');
    await expect(refused).rejects.toBeInstanceOf(RespError);
    (await socket()).destroy();
    await expect(open).rejects.toThrow(/closed|ECONNRESET/);
    await expect(open).rejects.not.toBeInstanceOf(Refused);
    await expect(resp.ask('GET', 'a')).rejects.toBeInstanceOf(Refused);
    await expect(Resp.open(1)).rejects.toBeInstanceOf(Refused);
  });

  it('gives up a connection that speaks another protocol', async () => {
    const { port, socket } = await server();
    const resp = await Resp.open(port);
    const asked = resp.ask('GET', 'a');
    (await socket()).write('HTTP/1.1 400 Bad Request\r\n\r\n');
    await expect(asked).rejects.toThrow(/no reply of Redis begins with/);
  });
});

describe('PostgreSQL', () => {
  async function session() {
    const { port, socket } = await server();
    const opening = Postgres.open(port);
    (await socket()).write(Buffer.concat([AUTHENTICATED, READY]));
    const sql = closing(await opening);
    return { sql, socket: await socket() };
  }

  it('reads 60 random responses in random pieces', async () => {
    const { sql, socket } = await session();
    const drawn = drawsFrom(5);
    const draw = () => drawn('row');
    for (let round = 0; round < 60; round++) {
      const rows = Array.from({ length: Math.floor(draw() * 4) }, () =>
        Array.from({ length: 1 + Math.floor(draw() * 3) }, () =>
          draw() < 0.2 ? null : 'ü'.repeat(Math.floor(draw() * 5)),
        ),
      );
      const asked = sql.query('select');
      const done = completed('SELECT 1');
      await writePieces(socket, Buffer.concat([...rows.map(row), done, READY]), draw);
      expect(await asked).toEqual({ rows, tag: 'SELECT 1' });
    }
  });

  it('tells an error with its class, and one after which nothing more comes', async () => {
    const { sql, socket } = await session();
    const asked = sql.query('commit');
    socket.write(Buffer.concat([errorOf('40001'), READY]));
    await expect(asked).rejects.toMatchObject({ name: 'SqlError', state: '40001' });
    const fatal = sql.query('commit');
    socket.write(errorOf('57P01'));
    await expect(fatal).rejects.toBeInstanceOf(SqlError);
    const open = sql.query('commit');
    socket.destroy();
    await expect(open).rejects.toThrow(/closed|ECONNRESET/);
  });

  it('is told of a ROLLBACK that comes without an error', async () => {
    const { sql, socket } = await session();
    const asked = sql.query('commit');
    socket.write(Buffer.concat([completed('ROLLBACK'), READY]));
    expect((await asked).tag).toBe('ROLLBACK');
  });
});
