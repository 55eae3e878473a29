/** OVSDB's JSON-RPC: however the stream is cut, each response answers its own request, and nothing strange is read. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { JsonRpc } from '../../../databases/wire/json-rpc.ts';
import { JsonTexts, MOST_BYTES } from '../../../databases/wire/json-texts.ts';
import { drawsFrom } from '../../../harness/setting/random.ts';
import { Refused } from '../../../systems/node.ts';
import { closing, type Draw, piecesOf, server, writePieces } from './server.ts';

const wholeBelow = (draw: Draw, below: number) => Math.floor(draw() * below);
const STRINGS = ['', '{', '}"', '\\', '"}]\\"', 'é{', '𝒳', '\n[\u0000'];

function randomValue(draw: Draw, depth = 0): unknown {
  const kind = wholeBelow(draw, depth > 3 ? 3 : 5);
  if (kind === 0) return STRINGS[wholeBelow(draw, STRINGS.length)];
  if (kind === 1) return wholeBelow(draw, 1000) - 500;
  if (kind === 2) return draw() < 0.5 ? null : draw() < 0.5;
  const items = Array.from({ length: wholeBelow(draw, 4) }, () => randomValue(draw, depth + 1));
  return kind === 3 ? items : Object.fromEntries(items.map((item, i) => [`${STRINGS[i]}`, item]));
}

function drawn(seed: number): Draw {
  const draws = drawsFrom(seed);
  return () => draws('json');
}

describe('a stream of JSON objects', () => {
  it('is cut into 1,000 random ones, whatever pieces it comes in', () => {
    const draw = drawn(1);
    for (let round = 0; round < 100; round++) {
      const objects = Array.from({ length: 10 }, () => ({ of: randomValue(draw) }));
      const texts = objects.map((object) => JSON.stringify(object, null, draw() < 0.5 ? 0 : 1));
      const bytes = Buffer.from(texts.map((text) => ['', ' ', '\r\n\t'][wholeBelow(draw, 3)] + text).join(''));
      const stream = new JsonTexts();
      expect(piecesOf(bytes, draw).flatMap((piece) => stream.take(piece))).toEqual(texts);
    }
  });

  it('either ends up as texts or is refused, where 1,000 streams have random bytes in random places', () => {
    const draw = drawn(2);
    let refused = 0;
    for (let round = 0; round < 1000; round++) {
      const bytes = Buffer.from(JSON.stringify({ of: randomValue(draw) }).repeat(3));
      for (let i = wholeBelow(draw, 4); i >= 0; i--) bytes[wholeBelow(draw, bytes.length)] = wholeBelow(draw, 256);
      const stream = new JsonTexts();
      try {
        // Nothing that is no object by its first byte ever comes out.
        const texts = piecesOf(bytes, draw).flatMap((piece) => stream.take(piece));
        expect(texts.filter((text) => !/^\{.*[}\]]$/s.test(text))).toEqual([]);
      } catch (error) {
        refused++;
        expect((error as Error).message).toMatch(/^no JSON object begins with/);
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  it('is refused where one is too long or too deep', () => {
    const long = new JsonTexts();
    const piece = Buffer.alloc(1 << 20, 'x');
    long.take(Buffer.from('{"'));
    const fill = () => {
      for (let i = 0; i <= MOST_BYTES >> 20; i++) long.take(piece);
    };
    expect(fill).toThrow('a JSON object of more than 16 MiB');
    expect(() => new JsonTexts().take(Buffer.from('{"a":'.repeat(65)))).toThrow('nested more than 64 deep');
    const deep = `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`;
    expect(new JsonTexts().take(Buffer.from(deep))).toEqual([deep]);
  });
});

describe('JSON-RPC', () => {
  async function session() {
    const { port, socket } = await server();
    const rpc = closing(await JsonRpc.open(port));
    return { rpc, socket: await socket() };
  }

  it('gives each of 200 requests its own response, in any order and in pieces', async () => {
    const { rpc, socket } = await session();
    const draw = drawn(3);
    for (let round = 0; round < 10; round++) {
      const results = Array.from({ length: 20 }, () => randomValue(draw));
      const asked = results.map(() => rpc.ask('transact', []));
      const responses = results.map((result, i) => ({ id: round * 20 + i + 1, result, error: null }));
      const shuffled = responses.map((one) => [draw(), one] as const).sort(([a], [b]) => a - b);
      const others = ['{"id":null,"method":"update","params":[]}', '{"id":"x","result":1}', '{}'];
      const bytes = others.join('') + shuffled.map(([, one]) => JSON.stringify(one)).join('');
      await writePieces(socket, Buffer.from(bytes), draw);
      expect(await Promise.all(asked)).toEqual(results);
    }
  });

  it('tells the server that somebody is there', async () => {
    const { socket } = await session();
    socket.write('{"method":"echo","params":[1,"a"],"id":"echo"}');
    const [data] = await once(socket, 'data');
    expect(JSON.parse(String(data))).toEqual({ id: 'echo', result: [1, 'a'], error: null });
  });

  it('tells an error of the server, a connection that breaks off, and one that is closed', async () => {
    const { rpc, socket } = await session();
    const [named, bare, strange] = [rpc.ask('a', []), rpc.ask('b', []), rpc.ask('c', [])];
    socket.write('{"id":1,"error":{"error":"unknown database"}}{"id":2,"error":"canceled"}{"id":3,"error":[7]}');
    await expect(named).rejects.toMatchObject({ name: 'RpcError', message: 'unknown database' });
    await expect(bare).rejects.toMatchObject({ name: 'RpcError', message: 'canceled' });
    await expect(strange).rejects.toMatchObject({ name: 'RpcError', message: 'an error without a name' });
    const open = rpc.ask('d', []);
    socket.destroy();
    await expect(open).rejects.toThrow(/closed|ECONNRESET/);
    await expect(open).rejects.not.toBeInstanceOf(Refused);
    await expect(rpc.ask('e', [])).rejects.toMatchObject({ name: 'Refused', isClosed: true });
    await expect(JsonRpc.open(1)).rejects.toBeInstanceOf(Refused);
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', '[1]', '{]', '{"id":1,'.repeat(99)])('gives up on %s', async (junk) => {
    const { rpc, socket } = await session();
    const asked = rpc.ask('transact', []);
    socket.write(junk);
    await expect(asked).rejects.toThrow(/no JSON object begins|JSON/);
  });
});
