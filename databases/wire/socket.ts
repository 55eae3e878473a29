/** How all wire clients connect. */
import { connect, type Socket } from 'node:net';
import { Refused } from '../../systems/node.ts';

/**
 * Connects to a port, of 127.0.0.1 where no other host is named. Rejects with
 * `Refused` where that cannot be done in time: nothing was asked.
 */
export function connected(port: number, timeoutMs: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const refused = (error: Error) => {
      clearTimeout(timer);
      reject(new Refused(error.message));
    };
    socket.once('error', refused);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', refused);
      resolve(socket);
    });
  });
}
