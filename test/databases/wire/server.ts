/** A server whose bytes a test writes, in random pieces where it likes. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** Closes it at the end of the test. */
export function closing<C extends { close(): void }>(client: C): C {
  cleanUp.push(() => client.close());
  return client;
}

/** A server of one connection. */
export async function server() {
  const taken: { socket?: Socket } = {};
  const listening = createServer((socket) => {
    taken.socket = socket.on('error', () => {});
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  cleanUp.push(() => {
    taken.socket?.destroy();
    listening.close();
  });
  const { port } = listening.address() as { port: number };
  const socket = async () => {
    while (!taken.socket) await new Promise((resolve) => setImmediate(resolve));
    return taken.socket;
  };
  return { port, socket };
}

export type Draw = () => number;

/** The bytes in pieces of random lengths. */
export function piecesOf(bytes: Buffer, draw: Draw): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(draw() * draw() * (bytes.length - at));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Each comes by itself. */
export async function writePieces(socket: Socket, bytes: Buffer, draw: Draw): Promise<void> {
  for (const piece of piecesOf(bytes, draw)) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
