/**
 * ZooKeeper's client and adapter, against a server that a test scripts: what is right is read whatever pieces it comes
 * in, what is junk ends the connection and nothing else, and responses become ok, fail and info.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database, Host } from '../../databases/database.ts';
import { JuteReader } from '../../databases/wire/jute.ts';
import { fourLetterWord, ZooKeeper } from '../../databases/wire/zookeeper.ts';
import { zookeepers } from '../../databases/zookeeper/variants.ts';
import { drawsFrom, wholeBelow } from '../../harness/setting/random.ts';
import { Refused } from '../../systems/node.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** Numbers and texts as Jute has them, written down a second time. */
const number = (value: number, bytes = 4) => {
  const text = (value < 0 ? 2n ** BigInt(8 * bytes) + BigInt(value) : BigInt(value)).toString(16);
  return Buffer.from(text.padStart(2 * bytes, '0'), 'hex');
};
const text = (value: string) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
const framed = (...parts: readonly Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([number(content.length), content]);
};
const GRANTED = framed(number(0), number(600_000), number(7, 8), text('secret-of-16-byt'), Buffer.from([0]));
const [CREATE, GET, SET, SYNC, CHILDREN] = [1, 4, 5, 9, 8];

interface Request {
  readonly id: number;
  readonly operation: number;
  readonly path: string;
  readonly rest: Buffer;
}

/** What the server makes of a request: bytes, as they are, or the end of the connection. */
type Answer = (request: Request) => Buffer | 'closes';

const reply = (id: number, code: number, ...fields: readonly Buffer[]) =>
  framed(number(id), number(12, 8), number(code), ...fields);

/** Grants a session, and then answers. `cut` says where the next piece of what it sends ends. */
async function serving(answer: Answer, cut: (length: number) => number = (length) => length): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay().on('error', () => {}));
    let bytes = Buffer.alloc(0);
    let isGranted = false;
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const end = 4 + bytes.readUInt32BE();
        const content = bytes.subarray(4, end);
        bytes = bytes.subarray(end);
        void send(socket, isGranted ? answer(requestIn(content)) : GRANTED, cut);
        isGranted = true;
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

function requestIn(content: Buffer): Request {
  const end = 12 + content.readUInt32BE(8);
  const path = content.toString('utf8', 12, end);
  return { id: content.readInt32BE(0), operation: content.readInt32BE(4), path, rest: content.subarray(end) };
}

async function send(socket: Socket, said: Buffer | 'closes', cut: (length: number) => number): Promise<void> {
  if (said === 'closes') return void socket.destroy();
  for (let at = 0; at < said.length; ) {
    const end = at + cut(said.length - at);
    socket.write(said.subarray(at, end));
    at = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A tree of nodes, as a server has it. */
function tree(): Answer {
  const nodes = new Map<string, { text: Buffer; version: number }>();
  const state = (version: number) =>
    Buffer.concat([...[1, 2, 3, 4].map((n) => number(n, 8)), number(version), Buffer.alloc(32)]);
  const textIn = (rest: Buffer) => rest.subarray(4, 4 + rest.readInt32BE());
  const made: Answer = ({ id, path, rest }) => {
    const above = path.slice(0, path.lastIndexOf('/'));
    if (above !== '' && !nodes.has(above)) return reply(id, -101);
    if (nodes.has(path)) return reply(id, -110);
    nodes.set(path, { text: textIn(rest), version: 0 });
    return reply(id, 0, text(path));
  };
  const set: Answer = ({ id, path, rest }) => {
    const written = textIn(rest);
    const { version } = nodes.get(path)!;
    const wanted = rest.readInt32BE(4 + written.length);
    if (wanted !== -1 && wanted !== version) return reply(id, -103);
    nodes.set(path, { text: written, version: version + 1 });
    return reply(id, 0, state(version + 1));
  };
  const got: Answer = ({ id, path }) => {
    const { text: kept, version } = nodes.get(path)!;
    return reply(id, 0, text(kept.toString()), state(version));
  };
  const listed: Answer = ({ id, path }) => {
    const below = [...nodes.keys()].filter((other) => other.startsWith(`${path}/`));
    return reply(id, 0, number(below.length), ...below.map((other) => text(other.slice(path.length + 1))));
  };
  return (request) => {
    const { id, operation, path } = request;
    if (operation === SYNC) return reply(id, 0, text(path));
    if (operation === CREATE) return made(request);
    if (!nodes.has(path)) return reply(id, -101);
    return { [GET]: got, [SET]: set, [CHILDREN]: listed }[operation]!(request);
  };
}

type Api = Readonly<Record<string, (input: unknown, key?: string) => Promise<unknown>>>;

async function sessionAt(port: number, name = 'zookeeper'): Promise<Api> {
  const database = zookeepers.find((one) => one.name === name) as unknown as Database;
  const session = await database.connect({ port: () => port } as unknown as Host);
  cleanUp.push(() => session.close());
  return session.api as unknown as Api;
}

const failed = (error: unknown) => [error instanceof Refused ? 'fail' : 'info'];
const outcome = (task: Promise<unknown>) => task.then(() => ['ok'], failed).then(([type]) => type);

/** What a call comes to where this is the value, and the value then. */
function mapDoes(f: string, input: unknown, is: number | null) {
  if (f === 'read') return { output: ['ok', is], next: is };
  if (f === 'write') return { output: ['ok', null], next: input as number };
  const [old, next] = input as readonly [number | null, number];
  return old === is ? { output: ['ok', null], next } : { output: ['fail'], next: is };
}

describe('a register', () => {
  it('does what a map does, in 120 random calls whose responses come in random pieces', async () => {
    const drawn = drawsFrom(11);
    const below = (n: number) => wholeBelow(drawn('call'), n);
    const api = await sessionAt(await serving(tree(), (length) => 1 + below(length)));
    const values = new Map<string, number>();
    for (let call = 1; call <= 120; call++) {
      const key = ['a', 'b/ü', ''][below(3)]!;
      const is = values.get(key) ?? null;
      const f = ['read', 'write', 'cas'][below(3)]!;
      const input = { read: null, write: call, cas: [below(2) === 0 ? is : call + 0.5, call] }[f];
      const said = await api[f]!(input, key).then((value) => ['ok', value], failed);
      const { output, next } = mapDoes(f, input, is);
      expect(said).toEqual(output);
      if (next !== null) values.set(key, next);
    }
    expect(values.size).toBe(3);
  });

  it.each([
    ['zookeeper', [SYNC, GET]],
    ['zookeeper/local-reads', [GET]],
  ])('%s asks for what is read in so many requests', async (name, wanted) => {
    const asked: number[] = [];
    const answer = tree();
    const port = await serving((one) => {
      asked.push(one.operation);
      return answer(one);
    });
    const api = await sessionAt(port, name);
    await api.read!(null, 'k');
    expect(asked).toEqual(wanted);
  });

  it('is compared again where another client was faster, and set once', async () => {
    const answer = tree();
    const faster: number[] = [];
    const port = await serving((one) => {
      if (one.operation !== SET || one.rest.readInt32BE(one.rest.length - 4) === -1) return answer(one);
      // Between the look and the swap another client sets the same value, once.
      if (faster.push(one.id) > 1) return answer(one);
      answer({ ...one, rest: Buffer.concat([text('1'), number(-1)]) });
      return answer(one);
    });
    const api = await sessionAt(port);
    await api.write!(1, 'k');
    await api.cas!([1, 2], 'k');
    expect(await api.read!(null, 'k')).toBe(2);
    expect(faster).toHaveLength(2);
  });
});

describe('a set', () => {
  it('has what was added, each key its own', async () => {
    const api = await sessionAt(await serving(tree()), 'zookeeper/set');
    expect(await api.read!(null, 'k')).toEqual([]);
    for (const element of [3, 1, 2]) await api.add!(element, 'k');
    await api.add!(9, 'other');
    await api.add!(3, 'k');
    expect(await api.read!(null, 'k')).toEqual([3, 1, 2]);
  });
});

describe('a write', () => {
  it.each([
    ['too many requests', -127, 'fail'],
    ['a session that has expired', -112, 'fail'],
    ['a session that has moved', -118, 'fail'],
    ['a quota', -125, 'fail'],
    ['a connection of the server’s own that broke off', -4, 'info'],
    ['a timeout of the server’s own', -122, 'info'],
    ['an error that nobody knows', -999, 'info'],
  ])('that is answered by %s', async (_, code, wanted) => {
    const api = await sessionAt(await serving(({ id }) => reply(id, code)));
    expect(await outcome(api.write!(1, 'k'))).toBe(wanted);
  });

  it.each([
    ['the end of the connection', (): 'closes' => 'closes'],
    ['the response to another request', ({ id }: Request) => reply(id + 1, 0)],
    ['half a response', ({ id }: Request) => framed(number(id), number(1))],
    ['a response of four gigabytes', () => Buffer.from('ffffffff', 'hex')],
    ['a response of one gigabyte', () => Buffer.from('40000000', 'hex')],
    ['another protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('is open after %s, and the next one says that the session is over', async (_, answer: Answer) => {
    const api = await sessionAt(await serving(answer));
    expect(await outcome(api.write!(1, 'k'))).toBe('info');
    await expect(api.write!(2, 'k')).rejects.toMatchObject({ name: 'Refused', isClosed: true });
  });
});

it('a read believes no length and no count that is not there: 3,000 random messages', () => {
  const drawn = drawsFrom(5);
  const below = (n: number) => wholeBelow(drawn('message'), n);
  let [whole, longer] = [0, 0];
  for (let round = 0; round < 3000; round++) {
    const content = Buffer.from(Array.from({ length: below(40) }, () => (below(2) ? 0 : below(256))));
    const reader = new JuteReader(content);
    try {
      const read = [() => reader.text(), () => reader.texts().join(''), () => String(reader.int() % 2)][below(3)]!();
      if (read.length > content.length) longer++;
      whole++;
    } catch (error) {
      expect((error as Error).message).toBe('a response of ZooKeeper is cut short');
    }
  }
  expect(longer).toBe(0);
  expect(whole).toBeGreaterThan(300);
  expect(whole).toBeLessThan(2700);
});

it('no session is granted by junk, by silence, or by a server that grants none', async () => {
  const junk = async (said: Buffer) => {
    const server = createServer((socket) => socket.on('error', () => {}).write(said));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => server.close());
    return ZooKeeper.open((server.address() as { port: number }).port, 300);
  };
  await expect(junk(framed(number(0), number(0)))).rejects.toThrow('no session was granted');
  await expect(junk(framed(number(0)))).rejects.toThrow('cut short');
  await expect(junk(Buffer.from('HTTP/1.1 400'))).rejects.toThrow('no message of ZooKeeper');
  await expect(junk(Buffer.alloc(0))).rejects.toThrow('closed');
});

it('a server that never ends what it says of itself is left alone', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (word) =>
      word.toString() === 'mntr' ? socket.write('x'.repeat(2_000_000)) : socket.end('well'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  const { port } = server.address() as { port: number };
  await expect(fourLetterWord(port, 'mntr', 5000)).rejects.toThrow('more than 1048576 bytes');
  expect(await fourLetterWord(port, 'ruok', 5000)).toBe('well');
});
