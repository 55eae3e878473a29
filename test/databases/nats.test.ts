/** How NATS' answers become ok, fail and info: a server that routes by subject says what a test wants it to. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Database, DatabaseSession, Host } from '../../databases/database.ts';
import { natses } from '../../databases/nats.ts';
import { Nats } from '../../databases/wire/nats.ts';
import { Refused } from '../../systems/node.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

interface Request {
  readonly subject: string;
  readonly reply: string;
  readonly body: string;
}

/** What the server does with a request: the response's text, a status, or the end of the connection. */
type Answer = (request: Request) => { readonly text?: string; readonly status?: string } | 'closes' | 'nothing';

/** Every response goes to all connections whose subscription has its subject, as in a cluster. */
async function serving(answer: Answer, heard: Request[] = []): Promise<number> {
  const sockets = new Map<Socket, string>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('INFO {}\r\n');
    let text = '';
    socket.on('data', (data) => {
      text += data;
      const subscribed = /SUB (\S+)\.\* 1\r\n/.exec(text)?.[1];
      if (subscribed !== undefined) sockets.set(socket, subscribed);
      text = text.replace(/^.*SUB \S+ 1\r\n/s, '');
      for (let at = /^PUB (\S+) (\S+) (\d+)\r\n/.exec(text); at; at = /^PUB (\S+) (\S+) (\d+)\r\n/.exec(text)) {
        const [line, subject, reply, size] = at as unknown as [string, string, string, string];
        const end = line.length + Number(size);
        if (text.length < end + 2) return;
        const request = { subject, reply, body: text.slice(line.length, end) };
        text = text.slice(end + 2);
        heard.push(request);
        respond(socket, request);
      }
    });
  });
  function respond(socket: Socket, request: Request) {
    const said = answer(request);
    if (said === 'nothing') return;
    if (said === 'closes') return void socket.destroy();
    const { text = '', status } = said;
    const headers = status === undefined ? '' : `NATS/1.0 ${status}\r\n\r\n`;
    const size = headers.length + Buffer.byteLength(text);
    for (const [other, inbox] of sockets)
      if (request.reply.startsWith(`${inbox}.`))
        if (status === undefined) other.write(`MSG ${request.reply} 1 ${size}\r\n${text}\r\n`);
        else other.write(`HMSG ${request.reply} 1 ${headers.length} ${size}\r\n${headers}${text}\r\n`);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => {
    server.close();
    for (const socket of sockets.keys()) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

async function session(answer: Answer) {
  const heard: Request[] = [];
  const port = await serving(answer, heard);
  const host = { id: 'n1', nodes: ['n1', 'n2', 'n3'], port: () => port } as unknown as Host;
  const database = natses[0] as unknown as Database;
  const opened = (await database.connect(host)) as unknown as DatabaseSession<{
    add(element: number): null;
    read(input: null): readonly number[];
  }>;
  cleanUp.push(() => opened.close());
  return { api: opened.api, heard };
}

it('takes no response to somebody else’s request for its own, though the cluster knows all of their subjects', async () => {
  let held: Request | undefined;
  const port = await serving((request) => {
    // The first waits for good; the second is answered.
    if (held) return { text: JSON.stringify({ for: request.body }) };
    held = request;
    return 'nothing';
  });
  const [one, other] = [await Nats.open(port), await Nats.open(port)];
  cleanUp.push(() => one.close());
  cleanUp.push(() => other.close());
  let taken: unknown;
  const first = one.ask('s.k', 'one').then(
    (response) => {
      taken = response;
    },
    () => {},
  );
  while (!held) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await other.ask('s.k', 'other')).toEqual({ for: 'other' });
  // What had been sent to the first before has come when this has.
  expect(await one.ask('s.k', 'again')).toEqual({ for: 'again' });
  expect(taken).toBeUndefined();
  one.close();
  await first;
});

it('a publish is ok once the stream says where it stands', async () => {
  const { api, heard } = await session(() => ({ text: '{"stream":"splitbrain","seq":7}' }));
  expect(await api.add!(5, 'k')).toBe(null);
  expect(heard).toMatchObject([{ subject: 'splitbrain.k', body: '5' }]);
});

it.each([
  ['an error of the stream', { text: '{"error":{"code":503,"description":"no"},"seq":0}' }],
  ['nobody that listens', { status: '503' }],
])('is a definite failure: %s', async (_, said) => {
  const { api } = await session(() => said);
  await expect(api.add!(1, 'k')).rejects.toBeInstanceOf(Refused);
});

it.each([
  ['a connection that breaks off', (): 'closes' => 'closes'],
  ['a response that is no acknowledgement', () => ({ text: '{"ok":true}' })],
  ['a response that is no JSON', () => ({ text: '{"seq":' })],
])('leaves open what happened: %s', async (_, answer) => {
  const { api, heard } = await session(answer);
  const error = await api.add!(1, 'k').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(Refused);
  expect(heard).toHaveLength(1);
});

it('reads the messages of one subject from the first to the last', async () => {
  const kept = ['k', 'other', 'k'].map((key, i) => ({ subject: `splitbrain.${key}`, data: btoa(String(10 + i)) }));
  const { api } = await session(({ subject, body }) => {
    if (subject.includes('STREAM.INFO')) return { text: '{"state":{"first_seq":1,"last_seq":3}}' };
    const { seq } = JSON.parse(body) as { seq: number };
    return { text: JSON.stringify({ message: kept[seq - 1] }) };
  });
  expect(await api.read!(null, 'k')).toEqual([10, 12]);
});

it('a session whose connection is closed says that it is over, as nothing was asked', async () => {
  const { api } = await session(({ body }) => (body === '1' ? 'closes' : { text: '{"seq":1}' }));
  await api.add!(1, 'k').catch(() => {});
  await expect(api.add!(2, 'k')).rejects.toMatchObject({ name: 'Refused', isClosed: true });
});
