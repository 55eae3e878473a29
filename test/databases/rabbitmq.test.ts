/**
 * RabbitMQ's client and adapter, against a server that a test scripts: what is right is read whatever pieces it comes
 * in, what is junk ends the connection and nothing else, and responses become ok, fail and info.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database, Host } from '../../databases/database.ts';
import { rabbits } from '../../databases/rabbitmq/variants.ts';
import { Amqp } from '../../databases/wire/amqp.ts';
import { parse } from '../../databases/wire/amqp-frames.ts';
import { drawsFrom } from '../../harness/setting/random.ts';
import { Refused } from '../../systems/node.ts';
import { type Draw, piecesOf, server } from './wire/server.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** Frames as the specification draws them, written down a second time, in hexadecimal digits. */
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const textHex = (text: string) => Buffer.from(text).toString('hex');
const frameHex = (type: number, payload: string) => `${hex(type, 2)}0001${hex(payload.length / 2, 8)}${payload}ce`;
const methodHex = (name: string, fields = '') =>
  frameHex(
    1,
    `${name
      .split('.')
      .map((part) => hex(Number(part), 4))
      .join('')}${fields}`,
  );
const contentHex = (text: string, inPieces: number) => {
  const body = textHex(text);
  const size = Math.max(2, 2 * Math.ceil(body.length / 2 / inPieces));
  const pieces = body.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
  return frameHex(2, `003c0000${hex(body.length / 2, 16)}0000`) + pieces.map((piece) => frameHex(3, piece)).join('');
};
const shortHex = (text: string) => hex(Buffer.byteLength(text), 2) + textHex(text);
const got = (text: string, inPieces = 1) =>
  methodHex('60.71', `${hex(1, 16)}00${shortHex('')}${shortHex('k')}${hex(0, 8)}`) + contentHex(text, inPieces);
const ACK = methodHex('60.80', `${hex(1, 16)}00`);
const NACK = methodHex('60.120', `${hex(1, 16)}00`);
const EMPTY = methodHex('60.72', '00');
const DECLARED = methodHex('50.11', `${shortHex('k')}${hex(3, 8)}${hex(0, 8)}`);
const CLOSED = methodHex('20.40', `${hex(404, 4)}${shortHex('no queue')}00000000`);

/** What a server says to a method; `closes` ends the connection. Those of a login are answered as they should be. */
type Answers = Readonly<Record<string, string | 'closes'>>;
const LOGIN: Answers = {
  greeting: methodHex('10.10', '0009'),
  '10.11': methodHex('10.30', hex(0, 16)),
  '10.40': methodHex('10.41', '00'),
  '20.10': methodHex('20.11', hex(0, 8)),
  '85.10': methodHex('85.11'),
};

/** Methods that came, in order, without those of the login. */
async function serving(own: Answers, cut: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes]) {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket.setNoDelay().on('error', () => {}));
    let bytes = Buffer.alloc(0);
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      for (let end = next(bytes); end > 0; end = next(bytes)) {
        const name = nameOf(bytes);
        bytes = bytes.subarray(end);
        if (name === undefined) continue;
        if (!name.startsWith('10.') && !(name in LOGIN)) heard.push(name);
        void say(socket, own[name] ?? LOGIN[name], cut);
      }
    });
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  cleanUp.push(() => {
    listening.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (listening.address() as { port: number }).port, heard };
}

/** Of the greeting or of a method; contents have none. */
function nameOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0x41) return 'greeting';
  return bytes[0] === 1 ? `${bytes.readUInt16BE(7)}.${bytes.readUInt16BE(9)}` : undefined;
}

function next(bytes: Buffer): number {
  if (bytes[0] === 0x41) return bytes.length >= 8 ? 8 : 0;
  if (bytes.length < 8) return 0;
  const end = 8 + bytes.readUInt32BE(3);
  return bytes.length >= end ? end : 0;
}

async function say(socket: Socket, said: string | undefined, cut: (bytes: Buffer) => readonly Buffer[]): Promise<void> {
  if (said === undefined) return;
  if (said === 'closes') return void socket.destroy();
  for (const piece of cut(Buffer.from(said, 'hex'))) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function draws(seed: number): Draw {
  const drawn = drawsFrom(seed);
  return () => drawn('amqp');
}

describe('frames', () => {
  it('are read whatever pieces they come in, 400 times', () => {
    const draw = draws(3);
    for (let round = 0; round < 400; round++) {
      const text = 'ü7'.repeat(Math.floor(draw() * 20));
      const inPieces = 1 + Math.floor(draw() * 3);
      const cases = [
        { said: got(text, inPieces), body: text },
        { said: ACK, body: '' },
        { said: frameHex(8, '') + EMPTY, body: '' },
      ];
      const { said, body } = cases[Math.floor(draw() * cases.length)]!;
      let bytes = Buffer.alloc(0);
      const found: unknown[] = [];
      for (const piece of piecesOf(Buffer.from(said, 'hex'), draw)) {
        bytes = Buffer.concat([bytes, piece]);
        const parsed = parse(bytes);
        if (parsed) found.push([parsed.end, 'body' in parsed.value && parsed.value.body.toString()]);
      }
      expect(found).toEqual([[said.length / 2, body]]);
    }
  });

  it('are refused, awaited or read where 3,000 have random bytes in random places, and never more than there is', () => {
    const draw = draws(4);
    const whole = Buffer.from(got('12345') + CLOSED, 'hex');
    const seen = { refused: 0, awaited: 0, read: 0 };
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(whole);
      for (let i = Math.floor(draw() * 3); i >= 0; i--) bytes[Math.floor(draw() * bytes.length)] = draw() * 256;
      try {
        const parsed = parse(bytes);
        if (parsed) expect(parsed.end).toBeLessThanOrEqual(bytes.length);
        seen[parsed ? 'read' : 'awaited']++;
      } catch (error) {
        expect((error as Error).message).toMatch(/^no frame|^a frame|^no content|^a content|cut short$/);
        seen.refused++;
      }
    }
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
  });

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'no frame of AMQP'],
    ['a frame of four gigabytes', Buffer.from('010001ffffffff', 'hex'), 'no frame of AMQP'],
    [
      'a content of two gigabytes',
      Buffer.from(got('').replace(`${hex(0, 16)}0000ce`, `${hex(2 ** 31, 16)}0000ce`), 'hex'),
      'no content has',
    ],
  ])('end a connection: %s', (_, bytes, says) => {
    expect(() => parse(bytes)).toThrow(says);
  });
});

type Api = Readonly<Record<string, (input: unknown, key?: string) => Promise<unknown>>>;

async function session(answers: Answers, cut?: (bytes: Buffer) => readonly Buffer[]) {
  const { port, heard } = await serving({ '50.10': DECLARED, ...answers }, cut);
  const database = rabbits[0] as unknown as Database;
  const opened = await database.connect({ port: () => port } as unknown as Host);
  cleanUp.push(() => opened.close());
  return { api: opened.api as unknown as Api, heard };
}

const outcome = (task: Promise<unknown>) =>
  task.then(
    () => 'ok',
    (error: unknown) => (error instanceof Refused ? 'fail' : 'info'),
  );

describe('a queue', () => {
  it('takes in and gives out, and is declared once a session', async () => {
    const draw = draws(5);
    const { api, heard } = await session({ '60.40': ACK, '60.70': got('7', 2) }, (bytes) => piecesOf(bytes, draw));
    expect(await api.enqueue!(7, 'k')).toBe(null);
    expect(await api.dequeue!(null, 'k')).toBe(7);
    expect(heard).toEqual(['50.10', '60.40', '60.70']);
  });

  it('gives nothing where it is empty', async () => {
    const { api } = await session({ '60.70': EMPTY });
    expect(await api.dequeue!(null, 'k')).toBe(null);
  });

  it.each([
    ['info', 'a message that is not confirmed', { '60.40': NACK }],
    ['info', 'a channel that is closed over it', { '60.40': CLOSED }],
    ['info', 'the end of the connection', { '60.40': 'closes' }],
    ['info', 'the response to something else', { '60.40': EMPTY }],
    ['fail', 'a queue that cannot be declared', { '50.10': CLOSED }],
  ] as const)('%s: %s', async (wanted, _, answers) => {
    const { api } = await session(answers);
    expect(await outcome(api.enqueue!(1, 'k'))).toBe(wanted);
  });

  it('says that its session is over once the server closed the channel', async () => {
    const { api } = await session({ '60.40': CLOSED });
    await api.enqueue!(1, 'k').catch(() => {});
    await expect(api.enqueue!(2, 'k')).rejects.toMatchObject({ name: 'Refused', isClosed: true });
  });
});

it('nobody is let in by silence or by junk', async () => {
  const { port } = await server();
  await expect(Amqp.open(port, 300)).rejects.toThrow('closed');
  const { port: other } = await serving({ greeting: methodHex('10.30') });
  await expect(Amqp.open(other, 300)).rejects.toThrow('10.30 came in place of 10.10');
});
