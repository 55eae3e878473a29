/** Servers that do not answer as they should end a login, and nothing else. */
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { login } from '../../../databases/wire/mysql-login.ts';

const packet = (sequence: number, body: readonly number[]) => Buffer.from([body.length, 0, 0, sequence, ...body]);

it.each([
  ['another protocol', packet(0, [9, 0x35, 0]), /another protocol/],
  ['a greeting that is cut', packet(0, [10]), /./],
  ['an error that is cut', packet(0, [0xff]), /./],
  ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /./],
])('%s is an error of the login', async (_, bytes, says) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(login({ host: '127.0.0.1', port, user: 'me' }, 2000)).rejects.toThrow(says);
  } finally {
    server.close();
  }
});
