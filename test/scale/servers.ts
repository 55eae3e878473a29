/** A Redis server on a free port of 127.0.0.1 that keeps nothing on disk, and commands of the built checkout. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A module of the build, whether this runs from source or compiled. */
export const built = (path: string) =>
  new URL(`${import.meta.url.endsWith('.ts') ? '../../dist' : '../..'}/${path}`, import.meta.url);
export const MAIN = built('../bin.mjs').pathname;

/** Whether there is a server here; where CI says that there must be one, that there is none is a failure. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) {
  if (process.env.CI === 'true') throw new Error('redis-server is not installed: .ci/run installs it');
  process.stderr.write('SKIPPED: tests of the queue, as redis-server is not installed.\n');
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export const serverWords = (port: number, folder: string): readonly string[] => [
  ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
];

/** What a test has started: all of it is ended with it. */
export class Started {
  private readonly all = new Map<string, ChildProcess>();

  start(name: string, command: string, words: readonly string[], cwd: string): ChildProcess {
    const child = spawn(command, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.all.set(name, child);
    return child;
  }

  kill(name: string): void {
    this.all.get(name)?.kill('SIGKILL');
  }

  interrupt(name: string): void {
    this.all.get(name)?.kill('SIGINT');
  }

  end(): void {
    for (const child of this.all.values()) child.kill('SIGKILL');
  }
}

/** Waits until something listens on the port. */
export async function answering(port: number): Promise<void> {
  let isThere = false;
  const ask = () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      isThere = true;
      socket.destroy();
    });
    socket.on('error', () => setTimeout(ask, 50));
  };
  ask();
  await until(() => isThere, `port ${port} answers`);
}

/** Waits for something to be so; throws where it never is. */
export async function until(is: () => boolean, says: string, mostMs = 120_000): Promise<void> {
  const began = Date.now();
  while (!is()) {
    if (Date.now() - began > mostMs) throw new Error(`after ${mostMs / 1000} s still not: ${says}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
