/** Hostile clients of `serve`: requests of all shapes, resets at any moment, downloads that are broken off. */
import { connect, type Socket } from 'node:net';
import { below, oneOf, type Random, spoiltText } from './spoil.ts';

const PATHS = [
  '/',
  '/live',
  '/results/big.log',
  '/results/../secret',
  '/results/%2e%2e/x',
  '/%',
  '/results/x%00.json',
  '//',
];
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE', 'get', ''];

/** The bytes of a request that is sound, nearly so, or none. */
function requestOf(random: Random, port: number): string {
  const host = oneOf(random, [`127.0.0.1:${port}`, 'evil.example', '', `localhost:${port}`]);
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
  const more = oneOf(random, [
    '',
    upgrade,
    'Origin: http://evil.example\r\n',
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    'Range: bytes=0-\r\n',
  ]);
  const request = `${oneOf(random, METHODS)} ${oneOf(random, PATHS)} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
  return random() < 0.3 ? spoiltText(request, random) : request;
}

/** Sends one, and breaks off: before it, within it, after the first bytes of the answer, or never. */
export function attackServer(port: number, random: Random): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    const how = below(random, 5);
    const end = () => {
      if (how % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
      resolve();
    };
    socket.on('error', end).on('close', () => resolve());
    socket.setTimeout(50, end);
    const request = requestOf(random, port);
    if (how === 0) return end();
    socket.write(how === 1 ? request.slice(0, below(random, request.length)) : request, 'latin1');
    if (how === 1 || how === 2) setImmediate(end);
    else socket.once('data', end);
  });
}
