/** Ports for a run, below those that the kernel gives to who connects: each was free a moment ago. */
import { createServer } from 'node:net';
import { HarnessFailure } from '../../failure.ts';

const FIRST = 10_000;
const LAST = 32_000;

/** Gives each port once. Runs at the same time begin at different places. */
export class Ports {
  private next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

  async free(): Promise<number> {
    for (let tries = 0; tries < LAST - FIRST; tries++) {
      const port = this.next;
      this.next = port >= LAST ? FIRST : port + 1;
      if (await isFree(port)) return port;
    }
    throw new HarnessFailure(`no port of 127.0.0.1 from ${FIRST} to ${LAST} is free`);
  }
}

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
